"""Read a response-adaptive design from TOML (``kind = "response_adaptive"``); refusals with place and remedy."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.sentence import counted
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import RESPONSE_ADAPTIVE, design_path
from escc_bayes.trial.reading.design import arms_from
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.truth import accrual_from, control_from, dropout_from, rates_of
from escc_bayes.trial.reading.validate import PATIENCE
from escc_bayes.trial.response_adaptive.design import AdaptiveDesign
from escc_bayes.trial.response_adaptive.rule import Adaptation
from escc_bayes.trial.truth.expected_events import month_of_events

NEEDED = ("name", "arms", "control", "effect", "accrual", "analyses", "adaptation", "test")
KEYS = ("kind", "title", "dropout", "trend", *NEEDED)
MOST_UPDATES, BY_PATIENTS = 24, "n/2N"
# Factors of the hazard for each year that are looked at where the design states none.
TRENDS = (1.0, 0.8)


def load_adaptive(name_or_path: str | Path) -> AdaptiveDesign:
    """Read a design by path, or a bundled one by name."""
    path = design_path(name_or_path)
    return adaptive_from(read_toml(path), str(path), folder=path.parent)


def adaptive_from(raw: Mapping[str, object], where: str, *, folder: Path = Path()) -> AdaptiveDesign:
    """Build a design from a parsed table; ``where`` begins every message."""
    section = sections(raw, where, needed=NEEDED, known=KEYS, page="response_adaptive", kind=RESPONSE_ADAPTIVE)
    arms, allocation = arms_from(*section("arms"))
    if "allocation" in section("arms")[0] and allocation[0] != allocation[1]:
        raise DesignError(f"{where}, [arms], allocation: it begins one to one and then follows the data; remove it")
    control, origin = control_from(*section("control"), folder)
    accrual = accrual_from(*section("accrual"))
    design = AdaptiveDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arms=arms,
        control=control,
        origin=origin,
        ratio=one_number(*section("effect"), "hr"),
        accrual=accrual,
        dropout=dropout_from(*section("dropout")),
        events=events_from(*section("analyses"), round(accrual.patients)),
        adaptation=adaptation_from(*section("adaptation"), accrual.duration),
        trends=trends_from(*section("trend")),
        alpha=alpha_from(*section("test")),
        digest=digest({**raw, "rates": rates_of(control)}),
    )
    if month_of_events(design.events, design.arms_under(design.ratio)) > PATIENCE:
        raise DesignError(
            f"{where}, [analyses], events: {design.events} are never expected under the stated hazard "
            "ratio; ask for fewer"
        )
    return design


def one_number(raw: Mapping[str, object], at: str, key: str) -> float:
    """Read the one hazard ratio."""
    checks.refuse_unknown_keys(raw, (key,), at)
    return checks.number(raw.get(key), f"{at}, {key}", above=0.0, below=20.0)


def events_from(raw: Mapping[str, object], at: str, patients: int) -> int:
    """Read the events of the one analysis."""
    checks.refuse_unknown_keys(raw, ("events",), at)
    given = raw.get("events")
    number = given[0] if isinstance(given, list) and len(given) == 1 else given
    events = checks.whole_number(number, f"{at}, events", least=2)
    if events > patients:
        raise DesignError(f"{at}, events: {counted(events, 'event')} of {patients} patients; ask for fewer")
    return events


def adaptation_from(raw: Mapping[str, object], at: str, accrual_months: float) -> Adaptation:
    """Read when allocation is computed anew, the power, and the bounds of the share on treatment."""
    checks.refuse_unknown_keys(raw, ("updates", "power", "bounds"), at)
    updates = checks.increasing(raw.get("updates"), f"{at}, updates", above=0.0)
    if len(updates) > MOST_UPDATES:
        raise DesignError(f"{at}, updates: {len(updates)}; allocation is computed anew {MOST_UPDATES} times at most")
    if updates[-1] >= accrual_months:
        raise DesignError(
            f"{at}, updates: in month {updates[-1]:g} nobody enters any more (the last does in month "
            f"{accrual_months:.1f}); leave it out"
        )
    given = raw.get("power", BY_PATIENTS)
    power = (
        None
        if given == BY_PATIENTS
        else checks.number(given, f'{at}, power (or "{BY_PATIENTS}")', least=0.0, below=10.0)
    )
    bounds = raw.get("bounds", [0.1, 0.9])
    if not isinstance(bounds, list) or len(bounds) != 2:
        raise DesignError(f"{at}, bounds: give the least and the largest share on treatment, such as [0.2, 0.8]")
    low, high = (checks.number(one, f"{at}, bounds", least=0.0) for one in bounds)
    if not 0.0 < low <= 0.5 <= high < 1.0:
        raise DesignError(f"{at}, bounds: {bounds!r}; they lie between 0 and 1, on both sides of a half")
    return Adaptation(updates, power, (low, high))


def trends_from(raw: Mapping[str, object], at: str) -> tuple[float, ...]:
    """Read the factors of both arms' hazard for each year of entry; no trend is always looked at."""
    checks.refuse_unknown_keys(raw, ("yearly",), at)
    given = raw.get("yearly", list(TRENDS))
    listed = given if isinstance(given, list) else [given]
    numbers = [checks.number(one, f"{at}, yearly", above=0.0, below=5.0) for one in listed]
    return tuple(dict.fromkeys((1.0, *numbers)))


def alpha_from(raw: Mapping[str, object], at: str) -> float:
    """Read the one-sided alpha of the log-rank test."""
    checks.refuse_unknown_keys(raw, ("alpha",), at)
    return checks.number(raw.get("alpha"), f"{at}, alpha", above=0.0, below=0.5)
