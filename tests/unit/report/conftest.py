"""Bundles on posteriors made by hand: draws from the prior, no sampling, no PyMC."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.loo import LooRow
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.record import Record
from escc_bayes.report.page.behind import information_of
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.compared import comparable, compared
from escc_bayes.sensitivity.attribution import attribute
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

LEVEL, CHAINS, DRAWS = 0.95, 4, 60
MALICIOUS = "<script>alert(1)</script>"


def made_by_hand(spec, cohort, *, seed=1):
    """Return a posterior whose draws come from the prior and whose diagnostics are good."""
    plan = make_plan(spec, cohort)
    values = {name: v.reshape(CHAINS, DRAWS, -1) for name, v in prior_draws(plan, CHAINS * DRAWS, seed).items()}
    stats = {"diverging": np.zeros((CHAINS, DRAWS), dtype=bool)}
    record = Record(
        spec.digest, cohort.digest, seed, cohort.provenance, "nuts", (("draws", DRAWS),), (("escc-bayes", "0.1.0"),)
    )
    return Posterior(plan, values, stats, Diagnostics(0, 1.002, 1500.0, 1200.0, "baseline"), record, seed)


def bundle_of(cohort, *specs):
    """Return what ``gather`` returns, with posteriors made by hand."""
    posteriors = {s.name: made_by_hand(s, cohort) for s in specs}
    classical = {s.name: fit_classical(s, cohort) for s in specs}
    groups = comparable(posteriors)
    return Bundle(
        cohort=cohort,
        posteriors=posteriors,
        confirmations={},
        classical=classical,
        comparisons={key: compared(names, posteriors, classical, LEVEL) for key, names in groups.items()},
        loo={key: loo_rows(names) for key, names in groups.items() if len(names) > 1},
        attribution={name: attribute(posteriors[name], classical[name], cohort) for name in posteriors},
        baselines={e: baselines(cohort, e, level=LEVEL) for e in dict.fromkeys(s.outcome.endpoint for s in specs)},
        prior_checks={s.name: prior_check(s, cohort, seed=1, draws=200, level=LEVEL) for s in specs},
        level=LEVEL,
        seed=1,
        information=information_of(cohort, posteriors, classical, 1, LEVEL),
    )


def loo_rows(names):
    return tuple(
        LooRow(n, i, -150.0 - i, 10.0, -1.0 * i, 0.5 * i, 1.0 - i, 3.0, 0.4, 79, 31, "abc") for i, n in enumerate(names)
    )


def model(name, family="piecewise", *, outcome=None, effects=()):
    """Return a small model: survival of 70 % at 12 months."""
    form = {"family": "weibull", "reference_time": 12.0, "at": "reference"}
    if family == "piecewise":
        sd = {"halfnormal": 0.5}
        form = {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "smoothing": "random_walk", "sd": sd}
    priors = {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.4}}
    if family == "weibull":
        priors["log_shape"] = {"normal": [0.0, 0.3]}
    given = {"name": name, "outcome": outcome or {"endpoint": "os"}, "baseline": form, "priors": priors}
    return spec_from({**given, "effect": list(effects)}, name)


def fixed(covariate, structure="fixed"):
    return {"covariate": covariate, "structure": structure, "prior": {"hr_median": 1.0, "hr_upper": 4.0}}


@pytest.fixture(scope="session")
def naive(simulated79):
    """SIMULATED, on a NAIVE clock: two models of one outcome, with levels and a number."""
    outcome = {"endpoint": "os", "time_zero": "naive"}
    effects = [fixed("alc_post"), fixed("age", "linear")]
    return bundle_of(
        simulated79,
        model("one", outcome=outcome, effects=effects),
        model("two", "weibull", outcome=outcome, effects=effects),
    )


@pytest.fixture(scope="session")
def hostile():
    """Observed data whose words try to break out of the page."""
    rng = np.random.default_rng(4)
    group = np.repeat([MALICIOUS, 'plain" & $a_1$'], 15)
    frame = pd.DataFrame({"t": rng.uniform(1.0, 40.0, 30), "d": [1, 0, 1] * 10, "g": group})
    schema = {
        "endpoints": {"os": {"time": "t", "event": "d", "label": "Survival <b>"}},
        "covariates": {
            "g": {"kind": "nominal", "levels": [MALICIOUS, 'plain" & $a_1$'], "label": "<img src=x onerror=alert(2)>"}
        },
    }
    cohort = read_cohort(frame, schema_from(schema, "hostile"), name="<i>cohort</i>")
    return bundle_of(cohort, model("solo", effects=[fixed("g")]))
