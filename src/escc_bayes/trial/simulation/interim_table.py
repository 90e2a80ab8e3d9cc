"""What a trial with several looks does at each of them: when it comes, and how many trials it ends, and how."""

from dataclasses import asdict, dataclass

from escc_bayes.trial.design.trial_plan import expected_looks
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics

COLUMNS = (
    *("scenario", "rule", "look", "when", "month", "events"),
    *("success", "success_mc_error", "futility", "futility_mc_error", "trials"),
)


@dataclass(frozen=True, slots=True)
class InterimRow:
    """One look of one rule under one scenario.

    Attributes
    ----------
    when : its triggers, in words.
    month, events : expected if no trial ended before; None under the design prior, where they differ between trials.
    success, futility : shares of all trials that end here.
    """

    scenario: str
    rule: str
    look: int
    when: str
    month: float | None
    events: float | None
    success: float
    success_mc_error: float
    futility: float
    futility_mc_error: float
    trials: int


def interim_table(found: OperatingCharacteristics) -> tuple[InterimRow, ...]:
    """Return every look of every rule under every scenario; none for a design with one look."""
    design = found.design
    if len(design.looks) == 1:
        return ()
    named = [name for name in (TRUTH, NULL, BELIEVED) if name != BELIEVED or design.design_prior is not None]
    nulls = {effect: expected_looks(design, effect) for effect in {of.null_effect for of in found.plan.rules}}
    rows = []
    for scenario in named:
        for planned in found.plan.rules:
            rule = planned.rule
            expected = {TRUTH: found.plan.looks, NULL: nulls[planned.null_effect]}.get(scenario)
            for k, look in enumerate(design.looks):
                month = expected[k].month if expected is not None else None
                events = expected[k].events if expected is not None else None
                won, lost = (found.of(scenario, rule.name, f"{how}_at_look_{k + 1}") for how in ("success", "futility"))
                rows.append(
                    InterimRow(
                        *(scenario, rule.name, k + 1, look.words(), month, events),
                        *(won.value, won.mc_error, lost.value, lost.mc_error, won.trials),
                    )
                )
    return tuple(rows)


def interim_rows(found: tuple[InterimRow, ...]) -> list[dict[str, object]]:
    """Return the rows of ``interim_looks.csv``."""
    return [{key: "" if value is None else value for key, value in asdict(row).items()} for row in found]
