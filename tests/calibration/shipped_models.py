"""Is the posterior of every shipped model exact on average? Simulation-based calibration of each of ``models/*.toml``.

Parameters from the prior, event times from the parameters for the patients of the bundled cohort that the model is of,
posterior from the times: the rank of each true value among 99 draws is uniform if prior, likelihood and engine agree
(Talts et al. 2018, arXiv 1804.06788). Event times are drawn here by hand: piece by piece, by the inverse of the Weibull
cumulative hazard, and transition by transition. Censored between months 24 and 60.

By ``laplace``; where its diagnostics refuse, by ``nuts``, as the verbs do, and counted. A cohort that no model can be
made of (nobody followed after progression) is drawn again and counted: ranks are uniform within any set of data.
``python -m tests.calibration.shipped_models [NAME ..]`` writes ``shipped_models.json``.
"""

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy import stats

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.shipped import models_folder
from escc_bayes.foundation.errors import CohortError, EsccBayesError
from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec
from escc_bayes.spec.trajectories import trajectories
from tests.calibration.drawn_truths import event_times

STORED = Path(__file__).with_name("shipped_models.json")
REPLICATES, KEPT, BINS, SEED, DRAWS = 200, 99, 10, 20261130, 1000
EARLIEST, LATEST = 24.0, 60.0
OF = {"larynx": "larynx", "cui": "cui156"}
LAPLACE = RunSettings("laplace", draws=DRAWS)


def shipped():
    """Return the names of the models in ``models/``, but for those whose measurements are drawn as well.

    ``trajectory_calibration`` has them.
    """
    names = {path.stem for path in models_folder().glob("*.toml")}
    return tuple(sorted(name for name in names if not trajectories(load_spec(name))))


def cohort_of(name):
    """Return the bundled cohort that a model is of."""
    return example_cohort(OF.get(name.split("_")[0], "escc79"))


def months_of(hazard, psi, unit, start):
    """Return when the hazards of patients, log ratios ``psi`` (n,) over the baseline, end the stretch from ``start``.

    ``unit`` (n,) are standard exponential numbers; ``start`` (n,) months already lived.
    """
    if isinstance(hazard, WeibullHazard):
        level, shape = hazard.log_cumulative[0] + psi, np.exp(hazard.log_shape[0])
        passed = np.exp(level) * (start / hazard.reference_time) ** shape
        return hazard.reference_time * ((unit + passed) / np.exp(level)) ** (1.0 / shape)
    rates, edges = np.exp(hazard.log_rates[0] + psi[:, None]), [0.0, *hazard.cuts.tolist()]
    ends = np.array([*edges[1:], np.inf])
    lived = np.clip(np.minimum(start[:, None], ends) - np.array(edges), 0.0, None)
    return event_times(rates, edges, unit + (rates * lived).sum(axis=1))


def one_endpoint(plan, beta, values, rng):
    """Return the plan with follow-up drawn from its parameters."""
    zero, n = np.zeros(plan.rows.n), plan.rows.n
    (hazard,) = parameters.baseline_hazards(plan.baseline, values)
    died = months_of(hazard, plan.design.centred @ beta, rng.standard_exponential(n), zero)
    censored = rng.uniform(EARLIEST, LATEST, n)
    time, event = np.minimum(died, censored).clip(1e-6), (died <= censored).astype(float)
    if plan.spec.outcome.visits is not None:
        return between_visits(plan, died, censored, rng)
    if plan.spec.external:
        plan = replace(plan, spec=replace(plan.spec, external=survivors(plan, hazard, beta, rng)))
    return replace(plan, rows=replace(plan.rows, time=time, event=event, entry=zero))


def survivors(plan, hazard, beta, rng):
    """Return the counts of the plan with survivors drawn from survival averaged over the patients."""
    found = []
    for one in plan.spec.external:
        ends = hazard.cumulative(np.array([one.start, one.stop]))[0]
        start, stop = np.exp(-np.exp(plan.design.centred @ beta)[:, None] * ends).mean(axis=0)
        found.append(replace(one, alive=int(rng.binomial(one.at_risk, stop / start))))
    return tuple(found)


def between_visits(plan, died, censored, rng):
    """Return the plan with events found at planned visits, but for a third that are deaths, seen without one."""
    start = plan.spec.outcome.landmark or 0.0
    visits = np.append(plan.spec.outcome.visits.planned - start, np.inf)
    visits = visits[visits >= 0.0]
    dies = rng.random(died.size) < 1.0 / 3.0
    before, after = (visits[np.searchsorted(visits, died) + step] for step in (-1, 0))
    left, right = np.where(dies, died, before), np.where(dies, died, after)
    last = visits[np.searchsorted(visits, censored, side="right") - 1]
    seen = right <= censored
    time = np.where(seen, right, np.where(dies, censored, last)).clip(1e-6)
    rows = replace(plan.rows, time=time, event=seen.astype(float), entry=np.zeros(died.size))
    return replace(plan, rows=replace(rows, left=np.where(seen, left.clip(0.0, time), time)))


def everybody_progresses(cohort, states):
    """Return a cohort in which each patient has all transitions, for their columns."""
    n = cohort.rows
    one, two = (EndpointData(np.full(n, month), np.ones(n), np.zeros(n)) for month in (1.0, 2.0))
    return with_endpoints(cohort, {states.progression: one, states.death: two})


def with_endpoints(cohort, endpoints):
    """Return a cohort with other follow-up."""
    return replace(cohort, endpoints=MappingProxyType({**cohort.endpoints, **endpoints}))


def illness_death(plan, beta, values, rng, cohort):
    """Return the plan of a cohort drawn from the hazards of the three transitions of ``plan``."""
    states, n = plan.spec.outcome.states, len(cohort)
    psi = (plan.design.centred @ beta).reshape(3, n)
    hazards, zero = parameters.baseline_hazards(plan.baseline, values), np.zeros(n)
    unit, censored = rng.standard_exponential((3, n)), rng.uniform(EARLIEST, LATEST, n)
    first, direct = (months_of(hazards[k], psi[k], unit[k], zero) for k in (0, 1))
    after = months_of(hazards[2], psi[2], unit[2], np.minimum(first, LATEST))
    death = np.where(first < direct, after, direct)
    pfs, last = np.minimum(np.minimum(first, direct), censored).clip(1e-6), np.minimum(death, censored).clip(1e-6)
    seen = EndpointData(pfs, (np.minimum(first, direct) <= censored).astype(float), zero)
    return make_plan(
        plan.spec,
        with_endpoints(
            cohort,
            {states.progression: seen, states.death: EndpointData(last, (death <= censored).astype(float), zero)},
        ),
    )


def drawn(name, place):
    """Return a plan with outcomes drawn from its prior, the true parameters, and how many cohorts were drawn anew."""
    spec, cohort = load_spec(name), cohort_of(name)
    stacked = spec.outcome.states is not None
    plan = make_plan(spec, everybody_progresses(cohort, spec.outcome.states) if stacked else cohort)
    for again in range(20):
        values = prior_draws(plan, 1, SEED + 1000 * place + again)
        beta = parameters.coefficients(plan.design.blocks, values, 1)[0]
        rng = np.random.default_rng([SEED, place, again])
        try:
            made = illness_death(plan, beta, values, rng, cohort) if stacked else one_endpoint(plan, beta, values, rng)
        except CohortError:
            continue
        return made, values, again
    raise AssertionError(f"{name}: no cohort in 20 draws")


def quantities(plan, values):
    """Return coefficients, SDs, shares, shape and the first level of each baseline by name, (draws,) each."""
    draws = values["baseline"].shape[0]
    beta = parameters.coefficients(plan.design.blocks, values, draws)
    found = {label: beta[:, j] for j, label in enumerate(plan.design.labels)}
    for name, value in values.items():
        if name.startswith(("sd_", "share_", "log_shape")):
            found[name] = value[:, 0]
    for k, level in enumerate(values["baseline"].T):
        found[f"baseline {k + 1}"] = level
    return found


def ranks_of(name, replicates=REPLICATES):
    """Return ranks of the true values among 99 draws by quantity, and how often laplace, and every engine, refused."""
    found, replaced, refused, anew = {}, 0, 0, 0
    for place in range(replicates):
        plan, true, again = drawn(name, place)
        anew += again
        try:
            posterior = fit_or_replace(plan, LAPLACE, seed=place, progress=silent)
        except EsccBayesError:
            refused += 1
            continue
        replaced += posterior.record.engine != "laplace"
        if not posterior.diagnostics.fit_for_use:
            refused += 1
            continue
        flat = {key: value.reshape(-1, *value.shape[2:]) for key, value in posterior.values.items()}
        exact = quantities(plan, true)
        for key, value in quantities(plan, flat).items():
            kept = value[:: value.size // KEPT][:KEPT]
            found.setdefault(key, []).append(int((kept < exact[key][0]).sum()))
    return {"replicates": replicates, "by_nuts": replaced, "refused": refused, "drawn_anew": anew, "ranks": found}


def uniform_p(ranks):
    """Return the P value of chi-square over ten bins of ranks 0 to 99."""
    counts = np.bincount(np.array(ranks) // ((KEPT + 1) // BINS), minlength=BINS)
    return float(stats.chisquare(counts).pvalue)


def holm(p_values):
    """Return Holm's adjusted P values (Holm 1979)."""
    values = np.asarray(p_values)
    order = np.argsort(values)
    stepped = np.maximum.accumulate(values[order] * (values.size - np.arange(values.size)))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for asked in sys.argv[1:] or shipped():
        made[asked] = ranks_of(asked)
        print(asked, {k: v for k, v in made[asked].items() if k != "ranks"}, flush=True)
        STORED.write_text(json.dumps(dict(sorted(made.items()))) + "\n")
