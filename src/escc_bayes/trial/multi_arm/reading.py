"""Read a design of several treatments from TOML (``kind = "multi_arm"``); refusals with place and remedy."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import MULTI_ARM, design_path
from escc_bayes.trial.multi_arm.design import ALL, ANY, MultiArmDesign, Selection
from escc_bayes.trial.reading.design import MOST_LOOKS, listed
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.spending import BOUNDARY_FORMS, SPENDING_FORMS, spending_from
from escc_bayes.trial.reading.truth import accrual_from, control_from, dropout_from, rates_of
from escc_bayes.trial.reading.validate import PATIENCE
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.truth.expected_events import month_of_events

NEEDED = ("name", "arms", "control", "effect", "accrual", "analyses", "test")
KEYS = ("kind", "title", "dropout", "selection", *NEEDED)
FEWEST, MOST = 2, 5


def load_multi_arm(name_or_path: str | Path) -> MultiArmDesign:
    """Read a design of several treatments by path, or a bundled one by name."""
    path = design_path(name_or_path)
    return multi_arm_from(read_toml(path), str(path), folder=path.parent)


def multi_arm_from(raw: Mapping[str, object], where: str, *, folder: Path = Path()) -> MultiArmDesign:
    """Build a design from a parsed table; ``where`` begins every message."""
    section = sections(raw, where, needed=NEEDED, known=KEYS, page="multi_arm", kind=MULTI_ARM)
    arms, allocation = arms_from(*section("arms"))
    control, origin = control_from(*section("control"), folder)
    looks = looks_from(*section("analyses"))
    alpha, spending, stop = test_from(*section("test"), len(looks))
    design = MultiArmDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arms=arms,
        allocation=allocation,
        control=control,
        origin=origin,
        ratios=ratios_from(*section("effect"), arms[1:]),
        accrual=accrual_from(*section("accrual")),
        dropout=dropout_from(*section("dropout")),
        looks=looks,
        selection=selection_from(*section("selection"), len(looks), len(arms) - 1) if "selection" in raw else None,
        alpha=alpha,
        spending=spending,
        stop=stop,
        digest=digest({**raw, "rates": rates_of(control)}),
    )
    refuse_impossible(design, where)
    return design


def arms_from(raw: Mapping[str, object], at: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Read the names of control and treatments, and the parts in which patients are allotted to them."""
    checks.refuse_unknown_keys(raw, ("control", "treatments", "allocation"), at)
    given = raw.get("treatments")
    if not isinstance(given, list) or not FEWEST <= len(given) <= MOST:
        raise DesignError(f"{at}, treatments: name {FEWEST} to {MOST} in a list; was given {given!r}")
    names = [checks.text(raw.get("control"), f"{at}, control")]
    names += [checks.text(one, f"{at}, treatments") for one in given]
    for name in names:
        if names.count(name) > 1:
            raise DesignError(f"{at}: two arms are called '{name}'; name them apart")
        if name in {ANY, ALL}:
            raise DesignError(f"{at}: '{name}' is what results call {name} of the treatments; name the arm otherwise")
    parts = raw.get("allocation", [1] * len(names))
    if not isinstance(parts, list) or len(parts) != len(names):
        raise DesignError(f"{at}, allocation: give {len(names)} parts, the control's first; was given {parts!r}")
    numbers = tuple(checks.number(part, f"{at}, allocation") for part in parts)
    if not min(numbers) > 0.0:
        raise DesignError(f"{at}, allocation: {parts!r} leaves an arm without patients; all parts must be above 0")
    return tuple(names), numbers


def ratios_from(raw: Mapping[str, object], at: str, treatments: tuple[str, ...]) -> tuple[float, ...]:
    """Read the hazard ratio of each treatment over the control."""
    checks.refuse_unknown_keys(raw, ("hr",), at)
    given = raw.get("hr")
    if not isinstance(given, list) or len(given) != len(treatments):
        raise DesignError(
            f"{at}, hr: give {len(treatments)}, of {', '.join(treatments)} over the control; was given {given!r}"
        )
    return tuple(checks.number(one, f"{at}, hr", above=0.0, below=20.0) for one in given)


def looks_from(raw: Mapping[str, object], at: str) -> tuple[int, ...]:
    """Read the events of all patients at which the trial is analysed."""
    checks.refuse_unknown_keys(raw, ("events",), at)
    looks = tuple(int(number) for number in listed(raw, "events", at, whole=True))
    if not looks or len(looks) > MOST_LOOKS:
        raise DesignError(f"{at}: state events = [..], of all patients, 1 to {MOST_LOOKS} looks")
    return looks


def test_from(raw: Mapping[str, object], at: str, looks: int) -> tuple[float, AlphaSpending, str]:
    """Read alpha, how it is spent over the looks, and when the trial stops."""
    checks.refuse_unknown_keys(raw, ("alpha", "spending", "boundaries", "stop"), at)
    alpha = checks.number(raw.get("alpha"), f"{at}, alpha", above=0.0, below=0.5)
    spending = spending_from(raw, at, looks, alpha)
    if spending is None and looks > 1:
        raise DesignError(
            f"{at}: {looks} looks share alpha; add spending = {SPENDING_FORMS}, or boundaries = {BOUNDARY_FORMS}"
        )
    stop = checks.one_of(raw.get("stop", ANY), (ANY, ALL), f"{at}, stop")
    return alpha, spending or AlphaSpending("obrien_fleming"), stop


def selection_from(raw: Mapping[str, object], at: str, looks: int, treatments: int) -> Selection:
    """Read at which look treatments are dropped, and by which rule."""
    checks.refuse_unknown_keys(raw, ("look", "keep", "least_z"), at)
    if looks == 1:
        raise DesignError(f"{at}: one look leaves none at which to drop a treatment; add one, or remove [selection]")
    look = checks.whole_number(raw.get("look", 1), f"{at}, look", least=1, most=looks - 1)
    keep = raw.get("keep")
    if keep is not None:
        keep = checks.whole_number(keep, f"{at}, keep", least=1, most=treatments - 1)
    least = checks.number(raw["least_z"], f"{at}, least_z", least=-8.0, below=8.0) if "least_z" in raw else None
    if keep is None and least is None:
        raise DesignError(f"{at}: state the rule: keep = 1 (the best by Z), least_z = 0.0 (those with more), or both")
    return Selection(look - 1, keep, least)


def refuse_impossible(design: MultiArmDesign, where: str) -> None:
    """Raise for an empty arm, and for events that never come."""
    at = f"{where}, [analyses], events"
    if min(design.patients) < 1:
        raise DesignError(f"{where}, [arms], allocation: {design.patients} patients leave an arm empty; enter more")
    if design.looks[-1] > sum(design.patients):
        raise DesignError(f"{at}: {design.looks[-1]} events of {sum(design.patients)} patients; ask for fewer")
    # Once arms are dropped, how many events are left depends on which.
    certain = design.looks if design.selection is None else design.looks[: design.selection.look + 1]
    if month_of_events(certain[-1], design.arms_under(design.ratios)) > PATIENCE:
        raise DesignError(f"{at}: {certain[-1]} are never expected under the stated hazard ratios; ask for fewer")
