"""Read a single-arm design from TOML (``kind = "single_arm"``); refusals with place and remedy."""

import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.sentence import counted
from escc_bayes.foundation.toml import read_toml
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.design import mixture_from
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.kind import SINGLE_ARM, design_path
from escc_bayes.trial.reading.criteria import level, plain_number, probability
from escc_bayes.trial.reading.design import follow_up_from, lag_from, looks_from
from escc_bayes.trial.reading.design_file import sections
from escc_bayes.trial.reading.effect import effect_from
from escc_bayes.trial.reading.historical import historical_from
from escc_bayes.trial.reading.priors import log_hr_prior
from escc_bayes.trial.reading.truth import accrual_from, control_from, dropout_from, rates_of
from escc_bayes.trial.reading.validate import PATIENCE
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.rules import Criterion, Milestone, OneSampleLogRank, SingleArmPosterior, SingleArmRule
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ControlHazard, PiecewiseControl

KEYS = (
    "kind",
    "name",
    "title",
    "arm",
    "reference",
    "effect",
    "accrual",
    "dropout",
    "analyses",
    "design_prior",
    "analysis_prior",
    "rule",
)
NEEDED = ("name", "arm", "reference", "effect", "accrual", "analyses", "rule")
COHORT = ("cohort", "events")
# Draws of a reference that others' patients tell, and half an event for each piece without.
DRAWS, PRIOR_EVENTS = 1000, 0.5
FORMS = (
    '"one-sample log-rank one-sided 0.05", "survival at 12 one-sided 0.05", "survival at 12 > 0.5 one-sided 0.05" or '
    '"P(HR < 1 | data) > 0.95"'
)
NUMBER = r"([0-9.]+)"
LOG_RANK = rf"one-sample log-?rank(?: test)? one-sided {NUMBER}"
SURVIVAL = rf"survival at {NUMBER}(?: months)?(?:\s*>\s*{NUMBER})? one-sided {NUMBER}"
POSTERIOR = rf"P\(\s*HR\s*<\s*{NUMBER}\s*\|\s*data\s*\)\s*>\s*{NUMBER}"


def load_single_arm(name_or_path: str | Path) -> SingleArmDesign:
    """Read a single-arm design by path, or a bundled one by name."""
    path = design_path(name_or_path)
    return single_arm_from(read_toml(path), str(path), folder=path.parent)


def single_arm_from(raw: Mapping[str, object], where: str, *, folder: Path = Path()) -> SingleArmDesign:
    """Build a design from a parsed table; ``where`` begins every message."""
    section = sections(raw, where, needed=NEEDED, known=KEYS, page="single_arm", kind=SINGLE_ARM)
    reference, origin = reference_from(*section("reference"), folder)
    effect, effect_origin = effect_from(*section("effect"), reference, ())
    accrual = accrual_from(*section("accrual"))
    dropout = dropout_from(*section("dropout"))
    looks = looks_from(*section("analyses"))
    if len(looks) != 1:
        raise DesignError(f"{where}, [analyses]: {counted(len(looks), 'look')}; a single-arm design has one analysis")
    believed = raw.get("design_prior")
    prior, drift = prior_from(*section("analysis_prior"), folder) if "analysis_prior" in raw else (None, 0.0)
    design = SingleArmDesign(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        arm=checks.text(raw["arm"], f"{where}, arm"),
        reference=reference,
        origin=origin,
        effect=effect,
        effect_origin=effect_origin,
        accrual=accrual,
        dropout=one_rate(dropout, f"{where}, [dropout]"),
        look=looks[0],
        rules=rules_from(raw["rule"], where, reference, accrual, prior, drift),
        digest=digest({**raw, "rates": rates_of(reference)}),
        follow_up=follow_up_from(*section("analyses")),
        lag=lag_from(*section("analyses")),
        believed=None if believed is None else believed_from(*section("design_prior"), folder),
        prior=prior,
        drift=drift,
    )
    refuse_impossible(design, where)
    return design


def believed_from(raw: Mapping[str, object], at: str, folder: Path) -> NormalMixture:
    """Read what is believed of the log hazard ratio over the reference."""
    checks.refuse_unknown_keys(raw, ("log_hr",), at)
    return mixture_from(log_hr_prior(raw.get("log_hr"), f"{at}, log_hr", folder))


def one_rate(rates: tuple[float, float], at: str) -> float:
    """Return the dropout rate of the one arm."""
    if rates[0] != rates[1]:
        raise DesignError(f"{at}: there is one arm; write yearly or monthly as one share")
    return rates[0]


def reference_from(raw: Mapping[str, object], at: str, folder: Path) -> tuple[ControlHazard, str]:
    """Read the reference: as ``[control]`` of a two-arm design, or from a cohort, or its events and person-months.

    Of patients: rates in pieces, lambda_j ~ Gamma(d_j + 1/2, y_j), a draw for every trial.
    """
    if not any(key in raw for key in COHORT):
        return control_from(raw, at, folder)
    body = dict(raw)
    given = body.pop("cuts", [])
    cuts = checks.increasing(given, f"{at}, cuts", above=0.0) if given else ()
    old = historical_from(body, at, cuts, folder)
    random = np.random.default_rng(np.random.SeedSequence(20251))
    rates = random.standard_gamma(old.events + PRIOR_EVENTS, size=(DRAWS, old.events.size)) / old.months
    return PiecewiseControl(rates, cuts), (
        f"reference hazard of {old.name or 'the patients stated'}, {old.events.sum():.0f} events in "
        f"{old.months.sum():.0f} person-months; a draw of it is true for every trial"
    )


def prior_from(raw: Mapping[str, object], at: str, folder: Path) -> tuple[Normal, float]:
    """Read ``[analysis_prior]``: a normal on the log hazard ratio, and the SD of the drift of concurrent controls."""
    checks.refuse_unknown_keys(raw, ("log_hr", "drift"), at)
    prior = log_hr_prior(raw.get("log_hr"), f"{at}, log_hr", folder)
    if not isinstance(prior, Normal):
        raise DesignError(
            f"{at}, log_hr: the posterior of a single arm takes a normal; write {{ normal = [0.0, 10.0] }}"
        )
    drift = checks.number(raw.get("drift", 0.0), f"{at}, drift", least=0.0, below=5.0)
    return prior, drift


def rules_from(
    value: object, where: str, reference: ControlHazard, accrual: Accrual, prior: Normal | None, drift: float
) -> tuple[SingleArmRule, ...]:
    """Read the list under ``[[rule]]``."""
    if not isinstance(value, list) or not value:
        raise DesignError(f"{where}: write each rule as [[rule]] with double brackets")
    found = []
    for one in value:
        raw = checks.table(one, f"{where}, [[rule]]")
        name = checks.identifier(raw.get("name"), f"{where}, [[rule]], name")
        at = f"{where}, rule '{name}'"
        checks.refuse_unknown_keys(raw, ("name", "success"), at)
        text = checks.text(raw.get("success"), f"{at}, success").strip()
        found.append(SingleArmRule(name, criterion_from(text, f"{at}, success", reference, accrual, prior, drift)))
    names = [rule.name for rule in found]
    for name in names:
        if names.count(name) > 1:
            raise DesignError(f"{where}: two rules are called '{name}'; name them apart")
    return tuple(found)


def criterion_from(
    text: str, at: str, reference: ControlHazard, accrual: Accrual, prior: Normal | None, drift: float
) -> Criterion:
    """Read one criterion."""
    if seen := re.fullmatch(LOG_RANK, text, re.IGNORECASE):
        return OneSampleLogRank(level(seen[1], at))
    if seen := re.fullmatch(SURVIVAL, text, re.IGNORECASE):
        return milestone_from(seen, at, reference, round(accrual.patients))
    if seen := re.fullmatch(POSTERIOR, text, re.IGNORECASE):
        if prior is None:
            raise DesignError(f"{at}: a posterior needs a prior; add [analysis_prior] with log_hr, and drift")
        hr = plain_number(seen[1], at)
        if not hr > 0.0:
            raise DesignError(f"{at}: a hazard ratio is above 0, was given {seen[1]}")
        return SingleArmPosterior(hr, probability(seen[2], at), prior, drift)
    raise DesignError(f"{at}: '{text}' cannot be understood; write {FORMS}")


def milestone_from(seen: re.Match[str], at: str, reference: ControlHazard, patients: int) -> Milestone:
    """Read survival at a month: above the reference's there, or above a share."""
    month = plain_number(seen[1], at)
    if not month > 0.0:
        raise DesignError(f"{at}: the month must be above 0, was given {seen[1]}")
    hazard = float(reference.cumulative(np.array([month]))[0])
    least = probability(seen[2], at) if seen[2] is not None else math.exp(-hazard)
    found = Milestone(month, least, level(seen[3], at), patients, -math.log(least) / hazard)
    if found.needed > patients:
        raise DesignError(
            f"{at}: not even all {patients} patients without the event at {counted(month, 'month')} exclude "
            f"{least:.3g} at one-sided {found.alpha:g} ({least**patients:.3g}); enter more, or raise the level"
        )
    return found


def refuse_impossible(design: SingleArmDesign, where: str) -> None:
    """Raise for a look that never comes, or comes before a milestone is known of every patient."""
    at, look = f"{where}, [analyses]", design.look
    if look.events is not None and not look.first:
        if look.events > design.patients:
            raise DesignError(
                f"{at}, events: {counted(look.events, 'event')} of {design.patients} patients; ask for fewer"
            )
        if design.data_month(design.effect) > PATIENCE:
            raise DesignError(
                f"{at}, events: {look.events} events are never expected under the stated effect; ask for fewer"
            )
    for rule in design.rules:
        if not isinstance(rule.criterion, Milestone):
            continue
        month = rule.criterion.month
        known = look.follow_up is not None and look.follow_up >= month
        known |= (
            look.month is not None and not look.first and look.month - design.lag >= design.accrual.duration + month
        )
        if not known or (design.follow_up is not None and design.follow_up < month):
            raise DesignError(
                f"{at}: rule '{rule.name}' counts patients without the event at {counted(month, 'month')}, and not "
                "all are "
                f"followed so long by the analysis; state minimum_follow_up = {month:g} or more, or a later month"
            )
