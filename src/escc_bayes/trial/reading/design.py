"""Read a trial design from TOML: a closed vocabulary, every refusal with its place and its remedy."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.design.design import ThresholdRequest, TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import KINDS, design_path
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.posterior.borrowing import Borrowing
from escc_bayes.trial.reading.borrowing import borrowing_from
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.effect import effect_from
from escc_bayes.trial.reading.priors import analysis_prior_from, design_prior_from
from escc_bayes.trial.reading.requests import estimation_from, nulls_from, sizing_from, threshold_from
from escc_bayes.trial.reading.rules import rules_from
from escc_bayes.trial.reading.scope import refuse_outside
from escc_bayes.trial.reading.truth import (
    accrual_from,
    control_from,
    dropout_from,
    rates_of,
    scans_from,
    strata_from,
    switching_from,
)
from escc_bayes.trial.reading.validate import refuse_impossible

TOP_KEYS = (
    "name",
    "title",
    "arms",
    "control",
    "effect",
    "accrual",
    "dropout",
    "analyses",
    "design_prior",
    "analysis_prior",
    "rule",
    "stratum",
    "borrowing",
    "switching",
    "scans",
    "sizing",
    "threshold",
    "estimation",
    "null",
)
MOST_LOOKS = 20
# What a look may wait for, and what else is said of looks.
TRIGGERS = ("events", "calendar", "minimum_follow_up")
LOOK_KEYS = (*TRIGGERS, "whichever", "follow_up", "reporting_lag")
LONGEST_LAG = 24.0
NEEDED = ("name", "arms", "control", "effect", "accrual", "analyses", "analysis_prior", "rule")


@careful
def load_design(name_or_path: str | Path) -> TrialDesign:
    """Read a design by path, or a bundled one by name.

    Raises
    ------
    DesignError, TomlError : with file, key, what was given and what to do; also for a design that cannot work.

    Examples
    --------
    >>> load_design("rt_consolidation").arms
    ('no radiotherapy', 'radiotherapy')
    """
    path = design_path(name_or_path)
    return design_from(read_toml(path), str(path), folder=path.parent)


def design_from(raw: Mapping[str, object], where: str, *, folder: Path = Path()) -> TrialDesign:
    """Build a design from a parsed table; ``where`` begins every message, files are relative to ``folder``."""
    if raw.get("kind") in KINDS:
        raise DesignError(
            f"{where}: a design of kind '{raw['kind']}' is read by `plan` and `monitor` alone; two arms and "
            "one endpoint have no kind"
        )
    refuse_outside(raw, where)
    section = sections(raw, where, needed=NEEDED, known=TOP_KEYS, page="trial_design")
    arms, allocation = arms_from(*section("arms"))
    followed = follow_up_from(*section("analyses"))
    looks = looks_from(*section("analyses"))
    control, origin = control_from(*section("control"), folder)
    believed, bias = design_prior_from(*section("design_prior"), folder) if "design_prior" in raw else (None, None)
    analysis = analysis_prior_from(*section("analysis_prior"), folder)
    strata = strata_from(raw["stratum"], where) if "stratum" in raw else ()
    effect, effect_origin = effect_from(*section("effect"), control, strata)
    rules = rules_from(raw["rule"], where, len(looks), borrowing="borrowing" in raw)
    borrowing = borrowing_from(*section("borrowing"), analysis, folder) if "borrowing" in raw else None
    design = TrialDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arms=arms,
        allocation=allocation,
        control=control,
        control_origin=origin,
        effect=effect,
        effect_origin=effect_origin,
        accrual=accrual_from(*section("accrual")),
        dropout=dropout_from(*section("dropout")),
        looks=looks,
        follow_up=followed,
        lag=lag_from(*section("analyses")),
        design_prior=believed,
        analysis_prior=analysis,
        rules=rules,
        borrowing=borrowing,
        switching=switching_from(*section("switching")) if "switching" in raw else None,
        bias=bias,
        sizing=sizing_from(*section("sizing"), rules) if "sizing" in raw else None,
        threshold=threshold_of(raw, where, folder, rules),
        estimation=estimation_from(*section("estimation"), len(looks)) if "estimation" in raw else None,
        strata=strata,
        scans=scans_from(*section("scans")) if "scans" in raw else None,
        # What other files gave belongs to the design as much as its own words.
        digest=digest(
            {**raw, "resolved": repr((believed, analysis)), "rates": rates_of(control), **counted(borrowing)}
        ),
    )
    refuse_impossible(design, where)
    return design


def counted(borrowing: Borrowing | None) -> dict[str, object]:
    """Return what cohort files gave to borrow, for the digest; nothing where the design states it."""
    if borrowing is None:
        return {}
    found = [source.historical for source in borrowing.sources]
    return {"historical": [[old.events.tolist(), old.months.tolist()] for old in found]}


def threshold_of(
    raw: Mapping[str, object], where: str, folder: Path, rules: tuple[DecisionRule, ...]
) -> ThresholdRequest | None:
    """Read ``[threshold]`` and the nulls it must hold; None without."""
    if "threshold" not in raw:
        if "null" in raw:
            raise DesignError(f"{where}: [[null]] belongs to [threshold]; add it, or remove the nulls")
        return None
    at = f"{where}, [threshold]"

    def nulls(rule: DecisionRule) -> tuple[TrialDesign, ...]:
        return nulls_from(raw, where, rule, lambda changed, at: design_from(changed, at, folder=folder))

    return threshold_from(checks.table(raw["threshold"], at), at, rules, nulls)


def arms_from(raw: Mapping[str, object], at: str) -> tuple[tuple[str, str], tuple[float, float]]:
    """Read names and allocation of control and treatment."""
    checks.refuse_unknown_keys(raw, ("control", "treatment", "allocation"), at)
    names = checks.text(raw.get("control"), f"{at}, control"), checks.text(raw.get("treatment"), f"{at}, treatment")
    if names[0] == names[1]:
        raise DesignError(f"{at}: both arms are called '{names[0]}'; name them apart")
    given = raw.get("allocation", [1, 1])
    if not isinstance(given, list) or len(given) != 2:
        raise DesignError(f"{at}, allocation: expected [control, treatment], such as [1, 2]; was given {given!r}")
    parts = [checks.number(part, f"{at}, allocation") for part in given]
    if not min(parts) > 0.0:
        raise DesignError(f"{at}, allocation: {given!r} leaves an arm without patients; both parts must be above 0")
    return names, (parts[0], parts[1])


def looks_from(raw: Mapping[str, object], at: str) -> tuple[Look, ...]:
    """Read when the trial is analysed; several triggers of a look: whichever is later, or first."""
    checks.refuse_unknown_keys(raw, LOOK_KEYS, at)
    if not raw:
        raise DesignError(f"{at}: no analysis is stated; write events = [180], calendar = [36.0] or minimum_follow_up")
    if "follow_up" in raw and not set(raw) & {*TRIGGERS, "whichever"}:
        return (Look(follow_up=follow_up_from(raw, at)),)
    events = tuple(int(number) for number in listed(raw, "events", at, whole=True))
    months = listed(raw, "calendar", at, whole=False)
    if events and months and len(events) != len(months):
        raise DesignError(f"{at}: {len(events)} event counts and {len(months)} months; give one of each for every look")
    count = max(len(events), len(months), 1)
    if count > MOST_LOOKS:
        raise DesignError(f"{at}: {count} looks; a trial is analysed {MOST_LOOKS} times at most, state fewer")
    follow_up = None
    if "minimum_follow_up" in raw:
        follow_up = checks.number(raw["minimum_follow_up"], f"{at}, minimum_follow_up", least=0.0)
    first = checks.one_of(raw.get("whichever", "last"), ("first", "last"), f"{at}, whichever") == "first"
    if first and (not events or not months or follow_up is not None):
        raise DesignError(
            f"{at}, whichever: 'first' is of events and calendar, and of these two alone; state both and no "
            "minimum_follow_up, or remove it"
        )
    return tuple(
        Look(
            first=first,
            events=events[k] if events else None,
            month=months[k] if months else None,
            follow_up=follow_up if k == count - 1 else None,
        )
        for k in range(count)
    )


def follow_up_from(raw: Mapping[str, object], at: str) -> float | None:
    """Read for how many months every patient is followed, and no longer; None: until the trial ends."""
    return checks.number(raw["follow_up"], f"{at}, follow_up", above=0.0) if "follow_up" in raw else None


def lag_from(raw: Mapping[str, object], at: str) -> float:
    """Read how many months later what happens is known; 0: at once."""
    lag = checks.number(raw.get("reporting_lag", 0.0), f"{at}, reporting_lag", least=0.0)
    if lag > LONGEST_LAG:
        raise DesignError(f"{at}, reporting_lag: {lag:g} months; a lag is in months, and {LONGEST_LAG:g} is the most")
    return lag


def listed(raw: Mapping[str, object], key: str, at: str, *, whole: bool) -> tuple[float, ...]:
    """Return a list of increasing numbers above 0; a look out of order is a look after the final one."""
    if key not in raw:
        return ()
    value = raw[key] if isinstance(raw[key], list) else [raw[key]]
    assert isinstance(value, list)
    if whole:
        value = [checks.whole_number(number, f"{at}, {key}", least=1) for number in value]
    return checks.increasing(value, f"{at}, {key}, looks in order and the final one last", above=0.0)
