"""Read a design of two endpoints from TOML (``kind = "pfs_os"``); refusals with place and remedy."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import PFS_OS, design_path
from escc_bayes.trial.reading.design import MOST_LOOKS, arms_from
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.priors import yes_or_no
from escc_bayes.trial.reading.spending import SPENDING_FORMS, spending_from
from escc_bayes.trial.reading.truth import HIGHEST_RATE, accrual_from, dropout_from
from escc_bayes.trial.reading.validate import PATIENCE
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, OS, PFS, EndpointLook, EndpointTest, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.truth import Transitions, from_medians

NEEDED = ("name", "arms", "control", "treatment", "accrual", "analyses", *ENDPOINTS)
KEYS = ("kind", "title", "dropout", "co_primary", *NEEDED)
HAZARDS = ("progression", "death", "after")
MEDIANS = ("pfs_median", "os_median", "death")


def load_two_endpoints(name_or_path: str | Path) -> TwoEndpointDesign:
    """Read a design of two endpoints by path, or a bundled one by name."""
    path = design_path(name_or_path)
    return two_endpoints_from(read_toml(path), str(path))


def two_endpoints_from(raw: Mapping[str, object], where: str) -> TwoEndpointDesign:
    """Build a design from a parsed table; ``where`` begins every message."""
    section = sections(raw, where, needed=NEEDED, known=KEYS, page="two_endpoints", kind=PFS_OS)
    arms, allocation = arms_from(*section("arms"))
    together = yes_or_no(raw.get("co_primary", False), f"{where}, co_primary")
    accrual = accrual_from(*section("accrual"))
    looks = looks_from(raw["analyses"], f"{where}, analyses", round(accrual.patients))
    design = TwoEndpointDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arms=arms,
        allocation=allocation,
        truth=(transitions_from(*section("control")), transitions_from(*section("treatment"))),
        accrual=accrual,
        dropout=dropout_from(*section("dropout")),
        looks=looks,
        tests=(
            test_from(*section(PFS), PFS, len(looks), co_primary=together),
            test_from(*section(OS), OS, len(looks), co_primary=together),
        ),
        co_primary=together,
        digest=digest(dict(raw)),
    )
    if min(design.patients) < 1:
        raise DesignError(f"{where}, [arms], allocation: {design.patients} patients leave an arm empty; enter more")
    return design


def transitions_from(raw: Mapping[str, object], at: str) -> Transitions:
    """Read three hazards per month, or the medians of PFS and OS with the hazard of death without progression."""
    checks.refuse_unknown_keys(raw, tuple(dict.fromkeys((*HAZARDS, *MEDIANS))), at)
    for keys in (HAZARDS, MEDIANS):
        if set(raw) == set(keys):
            first, second, third = (number_from(raw, key, at) for key in keys)
            return Transitions(first, second, third) if keys is HAZARDS else from_medians(first, second, third, at)
    raise DesignError(
        f"{at}: state the hazards progression, death and after (per month: to progression, to death without it, to "
        f"death after it), or pfs_median, os_median and death; was given {list(raw)}"
    )


def number_from(raw: Mapping[str, object], key: str, at: str) -> float:
    """Read a hazard or a median: above 0, death without progression also 0."""
    most = HIGHEST_RATE if key in HAZARDS else PATIENCE
    value = checks.number(raw[key], f"{at}, {key}", least=0.0, below=most)
    if value == 0.0 and key != "death":
        raise DesignError(f"{at}, {key}: must be above 0, was given 0")
    return value


def looks_from(value: object, at: str, patients: int) -> tuple[EndpointLook, ...]:
    """Read the looks, each by the events of one endpoint: ``[{ pfs = 200 }, { os = 250 }]``."""
    if not isinstance(value, list) or not value or len(value) > MOST_LOOKS:
        raise DesignError(f"{at}: write the looks in order, such as analyses = [{{ pfs = 200 }}, {{ os = 250 }}]")
    found: list[EndpointLook] = []
    for place, one in enumerate(value, start=1):
        here = f"{at}, look {place}"
        raw = checks.table(one, here)
        checks.refuse_unknown_keys(raw, ENDPOINTS, here)
        if len(raw) != 1:
            raise DesignError(f"{here}: a look comes at events of one endpoint, was given {list(raw)}")
        ((endpoint, events),) = raw.items()
        count = checks.whole_number(events, f"{here}, {endpoint}", least=2)
        if count > patients:
            raise DesignError(
                f"{at}, look {place}: {count} {endpoint.upper()} events of {patients} patients; ask fewer"
            )
        before = [look.events for look in found if look.endpoint == endpoint]
        if before and count <= before[-1]:
            raise DesignError(
                f"{at}, look {place}: {count} {endpoint.upper()} events after {before[-1]}; order the looks"
            )
        found.append(EndpointLook(endpoint, count))
    return tuple(found)


def test_from(raw: Mapping[str, object], at: str, endpoint: str, looks: int, *, co_primary: bool) -> EndpointTest:
    """Read the test of one endpoint: its alpha, how it is spent, at which looks, and what it passes on."""
    checks.refuse_unknown_keys(raw, ("alpha", "spending", "looks", "passes"), at)
    alpha = checks.number(raw.get("alpha"), f"{at}, alpha", above=0.0, below=0.5)
    passes = checks.number(raw.get("passes", 0.0 if co_primary else 1.0), f"{at}, passes", least=0.0)
    if passes > 1.0 or (co_primary and passes > 0.0):
        why = "co-primary endpoints pass no alpha" if co_primary else f"{passes:g} of alpha is more than all of it"
        raise DesignError(f"{at}, passes: {why}; remove it, or state a share up to 1")
    given = raw.get("looks", list(range(1, looks + 1)))
    listed = given if isinstance(given, list) else [given]
    places = [checks.whole_number(one, f"{at}, looks", least=1, most=looks) for one in listed]
    if not places or places != sorted(set(places)):
        raise DesignError(f"{at}, looks: {given!r}; name looks in order, counted from 1")
    spending = spending_from({key: raw[key] for key in ("spending",) if key in raw}, at, len(places), alpha)
    if spending is None and len(places) > 1:
        raise DesignError(f"{at}: {len(places)} looks share its alpha; add spending = one of {SPENDING_FORMS}")
    if spending is not None and not spending.is_function:
        raise DesignError(f"{at}, spending: alpha that may grow is spent by a function; write one of {SPENDING_FORMS}")
    return EndpointTest(
        endpoint, alpha, spending or AlphaSpending("obrien_fleming"), tuple(place - 1 for place in places), passes
    )
