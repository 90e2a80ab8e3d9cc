"""Truths drawn from the prior: where does each lie among the draws of its posterior?

If prior, likelihood and engine agree, the share of draws below a truth is uniform, a 95 % interval holds 95 % of the
truths, and posterior means err by 0 on average, in posterior SDs (Cook, Gelman & Rubin 2006, J Comput Graph Stat
15:675; Talts et al. 2018, arXiv 1804.06788): whatever the prior shrinks, and where it is most of what is known.

A study is stored cohort by cohort, as lists: ``engine``, and of each quantity ``below`` (the share of draws below the
truth) and ``error`` (posterior mean less truth, in posterior SDs).
"""

import json

import numpy as np
from scipy.stats import chisquare

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings, silent

LAPLACE = RunSettings("laplace", draws=1000)
BINS, MEAN_ERRORS = 10, 3.0


def fitted(plan, seed):
    """Return the posterior as the verbs make it: ``laplace``, and ``nuts`` where that refuses."""
    return fit_or_replace(plan, LAPLACE, seed=seed, progress=silent)


def standing(posterior, draws, truths):
    """Return where truths lie among draws, both by name, and by which engine."""
    return {
        "engine": posterior.record.engine,
        "fit_for_use": bool(posterior.diagnostics.fit_for_use),
        "below": {name: round(float((own < truths[name]).mean()), 4) for name, own in draws.items()},
        "error": {name: round(float((own.mean() - truths[name]) / own.std()), 4) for name, own in draws.items()},
    }


def gathered(cohorts):
    """Return the cohorts of a study as lists."""
    found = {key: [one[key] for one in cohorts] for key in ("engine", "fit_for_use")}
    for key in ("below", "error"):
        found[key] = {name: [one[key][name] for one in cohorts] for name in cohorts[0][key]}
    return found


def write(path, study, cohorts):
    """Store one study beside those that are there; figures first."""
    made = json.loads(path.read_text()) if path.exists() else {}
    found = gathered(cohorts)
    made[study] = {"figures": figures(found), **found}
    path.write_text(json.dumps(made) + "\n")
    print(study, made[study]["figures"], flush=True)


def held(below):
    """Return the share of truths that 95 % intervals hold."""
    inside = np.asarray(below)
    return float(np.mean((inside >= 0.025) & (inside <= 0.975)))


def uniform_p(below):
    """Return P of chi-square over ten bins."""
    return float(chisquare(np.histogram(below, BINS, (0.0, 1.0))[0]).pvalue)


def figures(found):
    """Return what a reader asks: cohorts, by which engine, and of each quantity coverage, mean error and P of ranks."""
    cohorts = len(found["engine"])
    told = {"cohorts": cohorts, "by_nuts": sum(engine != "laplace" for engine in found["engine"])}
    for name, below in found["below"].items():
        error = np.array(found["error"][name])
        told[name] = {
            "coverage": round(held(below), 4),
            "mean_error_in_sd": round(float(error.mean()), 4),
            "mc_error": round(float(error.std(ddof=1) / np.sqrt(cohorts)), 4),
            "uniform_p": round(uniform_p(below), 4),
        }
    return told


def assert_calibrated(found, cohorts):
    """95 % intervals hold 90 to 99 %, no mean error beyond 3 Monte Carlo errors; no posterior unfit for use."""
    assert len(found["engine"]) == cohorts
    assert all(found["fit_for_use"])
    for name, below in found["below"].items():
        error = np.array(found["error"][name])
        assert 0.90 <= held(below) <= 0.99, name
        assert abs(error.mean()) <= MEAN_ERRORS * error.std(ddof=1) / np.sqrt(cohorts), name


def assert_repeats(found, stored, place):
    """A cohort fitted again lies where it lay: to rounding by ``laplace``, to chance by ``nuts``."""
    assert found["engine"] == stored["engine"][place]
    near = 1e-3 if found["engine"] == "laplace" else 0.1
    for name, below in found["below"].items():
        assert abs(below - stored["below"][name][place]) <= near, (place, name)
