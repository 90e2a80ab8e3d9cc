"""What a trial with several looks does at each of them: when it comes, and how many trials it ends, and how."""

from dataclasses import asdict, dataclass

from escc_bayes.trial.design.null_truth import null_effect, own_null
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics
from escc_bayes.trial.truth.expected_events import expected_events

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
    rows = []
    for scenario in named:
        for rule in design.rules:
            effects = {TRUTH: design.effect, NULL: null_effect(own_null(design, rule), design)}
            for k, look in enumerate(design.looks):
                effect = effects.get(scenario)
                month = design.month_of(look, effect) if effect is not None else None
                events = None
                if effect is not None and month is not None:
                    events = sum(expected_events(month, *arm) for arm in design.arms_under(effect))
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
