"""Read a design that re-estimates its events from TOML (``kind = "reestimation"``); refusals with place and remedy."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import REESTIMATION, design_path
from escc_bayes.trial.reading.design import arms_from, listed
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.effect import effect_from
from escc_bayes.trial.reading.spending import BOUNDARY_FORMS, SPENDING_FORMS, spending_from
from escc_bayes.trial.reading.truth import accrual_from, control_from, dropout_from, rates_of
from escc_bayes.trial.reading.validate import PATIENCE
from escc_bayes.trial.reestimation.design import ReestimationDesign
from escc_bayes.trial.reestimation.power import UNWEIGHTED, WEIGHTED
from escc_bayes.trial.reestimation.rule import Reestimation
from escc_bayes.trial.significance.alpha_spending import AlphaSpending

NEEDED = ("name", "arms", "control", "effect", "accrual", "analyses", "reestimation", "test")
KEYS = ("kind", "title", "dropout", *NEEDED)


def load_reestimation(name_or_path: str | Path) -> ReestimationDesign:
    """Read a design by path, or a bundled one by name."""
    path = design_path(name_or_path)
    return reestimation_from(read_toml(path), str(path), folder=path.parent)


def reestimation_from(raw: Mapping[str, object], where: str, *, folder: Path = Path()) -> ReestimationDesign:
    """Build a design from a parsed table; ``where`` begins every message."""
    section = sections(raw, where, needed=NEEDED, known=KEYS, page="reestimation", kind=REESTIMATION)
    arms, allocation = arms_from(*section("arms"))
    control, origin = control_from(*section("control"), folder)
    effect, effect_origin = effect_from(*section("effect"), control, ())
    interim, planned = looks_from(*section("analyses"))
    alpha, spending, test = test_from(*section("test"))
    first, last = spending.boundaries((interim / planned, 1.0), alpha).tolist()
    rule = rule_from(*section("reestimation"), interim, planned, (first, last))
    design = ReestimationDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arms=arms,
        allocation=allocation,
        control=control,
        origin=origin,
        effect=effect,
        effect_origin=effect_origin,
        accrual=accrual_from(*section("accrual")),
        dropout=dropout_from(*section("dropout")),
        rule=rule,
        alpha=alpha,
        spending=spending,
        test=test,
        digest=digest({**raw, "rates": rates_of(control)}),
    )
    refuse_impossible(design, where)
    return design


def looks_from(raw: Mapping[str, object], at: str) -> tuple[int, int]:
    """Read the events of the interim look and those planned for the end."""
    checks.refuse_unknown_keys(raw, ("events",), at)
    looks = [int(number) for number in listed(raw, "events", at, whole=True)]
    if len(looks) != 2:
        raise DesignError(f"{at}, events: give two, of the interim look and planned for the end; was given {looks}")
    return looks[0], looks[1]


def test_from(raw: Mapping[str, object], at: str) -> tuple[float, AlphaSpending, str]:
    """Read alpha, how the two looks share it, and which test decides."""
    checks.refuse_unknown_keys(raw, ("alpha", "spending", "boundaries", "statistic"), at)
    alpha = checks.number(raw.get("alpha"), f"{at}, alpha", above=0.0, below=0.5)
    spending = spending_from(raw, at, 2, alpha)
    if spending is None:
        raise DesignError(
            f"{at}: two looks share alpha; add spending = {SPENDING_FORMS}, or boundaries = {BOUNDARY_FORMS}"
        )
    statistic = raw.get("statistic", WEIGHTED)
    return alpha, spending, checks.one_of(statistic, (WEIGHTED, UNWEIGHTED), f"{at}, statistic")


def rule_from(
    raw: Mapping[str, object], at: str, interim: int, planned: int, boundaries: tuple[float, float]
) -> Reestimation:
    """Read the cap on events, the conditional power that is wanted, and where the promising zone begins."""
    checks.refuse_unknown_keys(raw, ("most_events", "conditional_power", "from"), at)
    most = checks.whole_number(raw.get("most_events"), f"{at}, most_events", least=1)
    if most <= planned:
        raise DesignError(f"{at}, most_events: {most} are no more than the {planned} planned; state more")
    wanted = checks.number(raw.get("conditional_power", 0.9), f"{at}, conditional_power", above=0.0, below=1.0)
    low = checks.number(raw.get("from", 0.0), f"{at}, from", least=0.0, below=1.0)
    if low >= wanted:
        raise DesignError(f"{at}, from: the zone begins at {low:g}, not below the {wanted:g} that are wanted")
    return Reestimation(interim, planned, most, *boundaries, low, wanted)


def refuse_impossible(design: ReestimationDesign, where: str) -> None:
    """Raise for events that never come, and for an unweighted test whose zone would cost alpha."""
    at, rule = f"{where}, [reestimation]", design.rule
    if min(design.patients) < 1:
        raise DesignError(f"{where}, [arms], allocation: {design.patients} patients leave an arm empty; enter more")
    if rule.most > sum(design.patients) or design.month_of(rule.most) > PATIENCE:
        raise DesignError(
            f"{at}, most_events: {rule.most} events are never expected of {sum(design.patients)} patients under the "
            "stated effect; ask for fewer, or enter more patients"
        )
    least = rule.lowest_safe()
    if design.test == UNWEIGHTED and rule.low < least:
        raise DesignError(
            f"{at}, from: the unweighted test keeps alpha where events rise at a conditional power of {least:.3f} or "
            f'more, and the zone begins at {rule.low:g}; write from = {least + 5e-4:.3f}, or statistic = "weighted"'
        )
