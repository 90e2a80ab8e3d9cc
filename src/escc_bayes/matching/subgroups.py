"""The treatment's effect within levels of other covariates, unshrunk and shrunk, with the test of interaction.

Unshrunk: b_k, log hazard ratio in level k by weighted Cox with a baseline of its own for each level; V their robust
covariance. Shrunk: the weighted posterior of the structure ``subgroup`` (docs/methods/subgroup.md), the other covariate
an effect beside it. docs/methods/matching.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.logrank import quadratic_form, upper_tail
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import joined_notes, p_words
from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, EstimandError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import stream
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.as_read import covariate_read
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.matched_cohort import matched_cohort, with_levels_met
from escc_bayes.matching.models import subgroup_model
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request
from escc_bayes.spec.plan import make_plan

UNSHRUNK, SHRUNK = "cox", "bayes_shrunk"
FEW = 5


@dataclass(frozen=True, slots=True)
class Levels:
    """Log hazard ratios of k levels with their covariance (k, k); NaN where a level has none."""

    log_hr: FloatArray
    covariance: FloatArray

    @property
    def known(self) -> IntArray:
        """Which levels have an estimate."""
        return np.flatnonzero(np.isfinite(self.log_hr))


@dataclass(frozen=True, slots=True)
class Told:
    """A hazard ratio with its limits; NaN where there is none, and the note says why."""

    hr: float
    lower: float
    upper: float
    note: str


def subgroup_rows(patients: Patients, design: Design, asked: Request) -> list[Row]:
    """Return ``subgroups.csv``: of each level of each covariate asked for a row unshrunk and a row shrunk.

    Raises
    ------
    CohortError : a covariate has no levels, or has missing values among those who stay.
    """
    own = followed(patients, asked.endpoint, design)
    return [row for name in asked.subgroups for row in rows_of(name, patients, design, asked, own)]


def rows_of(name: str, patients: Patients, design: Design, asked: Request, own: Followed) -> list[Row]:
    """Return the rows of one covariate."""
    data = patients.cohort.covariate(name)
    where = patients.cohort.source
    if not data.schema.categorical:
        raise CohortError(
            f"{where}: subgroups of '{name}', which is a number; cut it into classes in the schema (cuts)"
        )
    values = data.values[own.rows]
    if np.isnan(values).any():
        raise CohortError(
            f"{where}: {int(np.isnan(values).sum())} of those who stay have no '{name}', which subgroups need of "
            "everybody; add it to the covariates to match on, which leaves them out first"
        )
    code = values.astype(np.int64)
    found = within_levels(own, code, len(data.schema.levels))
    drawn = shrunk(patients, design, asked, name)
    tested = interaction(found)
    rows = []
    for place, word in enumerate(data.schema.levels):
        of = counts(own, code == place)
        for method, told in (
            (UNSHRUNK, unshrunk_numbers(found, place, of, asked)),
            (SHRUNK, shrunk_numbers(drawn, word, patients, asked)),
        ):
            rows.append(row(f"{name}: {word}", method, told, of, tested, patients, design, asked))
    common = shrunk_numbers(drawn, None, patients, asked)
    rows.append(row(f"{name}: common", SHRUNK, common, counts(own, code >= 0), tested, patients, design, asked))
    return rows


def within_levels(own: Followed, code: IntArray, size: int) -> Levels:
    """Return weighted Cox of the treatment within each level, a baseline for each, with the robust covariance."""
    log_hr, covariance = np.full(size, np.nan), np.full((size, size), np.nan)
    told = [k for k in range(size) if all(own.event[(code == k) & own.of_group(arm)].any() for arm in (0, 1))]
    if not told:
        return Levels(log_hr, covariance)
    inside = np.isin(code, told)
    X = own.treated[inside, None] * (code[inside, None] == np.array(told))
    weight, time, event = own.weight[inside], own.time[inside], own.event[inside]
    entry = None if own.entry is None else own.entry[inside]
    cluster = np.unique(own.cluster[inside], return_inverse=True)[1]
    plain = cox(X, time, event, entry=entry, weight=weight, strata=code[inside])
    fit = with_robust_errors(plain, X, time, event, entry=entry, weight=weight, strata=code[inside], cluster=cluster)
    finite = np.flatnonzero(~fit.infinite)
    at = np.array(told)[finite]
    log_hr[at] = fit.coef[finite]
    covariance[np.ix_(at, at)] = fit.covariance[np.ix_(finite, finite)]
    return Levels(log_hr, covariance)


def interaction(found: Levels) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and P that all levels have one log hazard ratio (Wald, robust)."""
    known = found.known
    if known.size < 2:
        return math.nan, 0, math.nan
    apart = np.eye(known.size)[1:] - np.eye(known.size)[:1]
    variance = apart @ found.covariance[np.ix_(known, known)] @ apart.T
    chi2, df = quadratic_form(apart @ found.log_hr[known], variance, scale=float(np.trace(variance)))
    return chi2, df, upper_tail(chi2, df)


def shrunk(patients: Patients, design: Design, asked: Request, name: str) -> Posterior | str:
    """Return the weighted posterior of the structure ``subgroup``; without one, the reason."""
    cohort = with_levels_met(matched_cohort(patients, asked.treatment, design, sampling=True), name)
    try:
        plan = make_plan(subgroup_model(cohort, asked.endpoint, asked.treatment, name), cohort)
    except (CohortError, LandmarkError, SpecError) as error:
        return str(error)
    return fit_or_replace(plan, RunSettings("laplace"), seed=stream(asked.seed, "subgroups", name))


def unshrunk_numbers(found: Levels, place: int, of: tuple[int, int], asked: Request) -> Told:
    """Return hazard ratio and confidence limits of a level."""
    b, z = found.log_hr[place], float(ndtri(0.5 + asked.level / 2.0))
    if not math.isfinite(b):
        return Told(math.nan, math.nan, math.nan, "a group has no events in this level")
    se = math.sqrt(found.covariance[place, place])
    middle, lower, upper = (float(np.exp(b + sign * z * se)) for sign in (0.0, -1.0, 1.0))
    return Told(middle, lower, upper, f"{counted(of[1], 'event')} only" if of[1] < FEW else "")


def shrunk_numbers(drawn: Posterior | str, level: str | None, patients: Patients, asked: Request) -> Told:
    """Return hazard ratio and credible limits of a level; of None, the common one."""
    if isinstance(drawn, str):
        return Told(math.nan, math.nan, math.nan, drawn)
    control, treated = patients.levels
    ratio = HazardRatio(asked.treatment, treated, control, within=level)
    try:
        e = drawn.estimate(ratio, level=asked.level)
    except EstimandError:
        return Told(math.nan, math.nan, math.nan, "nobody of the design is in this level")
    unfit = "" if drawn.verdict == "ok" else drawn.verdict
    return Told(e.value, e.lower, e.upper, joined_notes(unfit, e.remark))


def counts(own: Followed, inside: np.ndarray) -> tuple[int, int]:
    """Return patients and events of a level."""
    return int(inside.sum()), int(own.event[inside].sum())


def row(
    within: str,
    method: str,
    told: Told,
    of: tuple[int, int],
    tested: tuple[float, int, float],
    patients: Patients,
    design: Design,
    asked: Request,
) -> Row:
    """Return one row."""
    control, treated = patients.levels
    return {
        "endpoint": asked.endpoint,
        "term": asked.treatment,
        "contrast": f"{treated} vs {control}",
        "within": within,
        "method": method,
        "design": design.method,
        "hr": told.hr,
        "lower": told.lower,
        "upper": told.upper,
        "level": asked.level,
        "interval": "confidence" if method == UNSHRUNK else "credible",
        "n": of[0],
        "events": of[1],
        "chi2": tested[0],
        "df": tested[1],
        "p_interaction": tested[2],
        "p_low": tested[2],
        "p_high": tested[2],
        "clock": patients.clock(asked.treatment),
        "provenance": patients.cohort.provenance,
        "note": told.note,
    }


def subgroup_words(rows: Sequence[Row], cohort: Cohort) -> list[str]:
    """Return a sentence on the interaction with each covariate; of several reconstructions with the range of P."""
    said = {}
    for one in rows:
        name = covariate_read(cohort, str(one["within"]).rpartition(": ")[0])
        p = number(one["p_interaction"])
        if math.isnan(p):
            said[name] = f"Interaction with {name}: fewer than two levels have events in both groups; not tested."
            continue
        low, high = number(one["p_low"]), number(one["p_high"])
        over = "" if low == high else f", median of the reconstructions ({p_words(low)} to {p_words(high)[4:]})"
        test = f"chi-squared {number(one['chi2']):.2f} on {one['df']} df, {p_words(p)} (robust Wald{over})"
        said[name] = f"Interaction with {name}: {test}."
    return list(said.values())
