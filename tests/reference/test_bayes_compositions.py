"""Odd compositions against long runs of plain PyMC models of them (``bayes_compositions.py``)."""

import json
from pathlib import Path

import numpy as np
import pytest
from pymc.model.transform.conditioning import remove_value_transforms
from tests.reference.bayes_compositions import CUTS, DRAWS, KNOTS, LIFE_TABLE, MODELS, patients

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.prior import log_prior as prior_of_parameters
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

REFERENCE = json.loads(Path(__file__).with_name("bayes_compositions.json").read_text(encoding="utf-8"))
COVARIATES = {
    "arm": {"kind": "binary", "levels": ["a", "b"]},
    "grade": {"kind": "ordered", "levels": ["I", "II", "III"]},
    "age": {"kind": "continuous", "center": 60.0, "scale": 10.0},
    "site": {"kind": "nominal", "levels": ["s1", "s2"]},
    "sex": {"kind": "binary", "levels": ["male", "female"]},
}
PFS, OS = {"time": "pfs", "event": "pfs_event"}, {"time": "os", "event": "os_event"}
LATE, BETWEEN = {"entry": "enter"}, {"left": "left", "right": "right"}


def normal(mean, sd):
    return {"normal": [mean, sd]}


def half(scale):
    return {"halfnormal": scale}


WALK = {"family": "piecewise_exponential", "cuts": CUTS, "at": "reference", "sd": half(0.5)}
APART = {"family": "piecewise_exponential", "cuts": CUTS, "at": "reference", "smoothing": "independent"}
WEIBULL = {"family": "weibull", "reference_time": 12.0, "at": "reference"}
RATE = {"baseline_log_rate": normal(-3.0, 1.0)}
SHAPED = {"baseline_log_cumulative_hazard": normal(-0.3, 0.8), "log_shape": normal(0.0, 0.4)}
GRADE = {"covariate": "grade", "structure": "fixed", "prior": normal(0.0, 1.0)}
WITHIN = {"structure": "subgroup", "within": "grade", "prior": normal(0.0, 0.7), "sd": half(0.5)}
SUBGROUP = {"covariate": "arm"} | WITHIN
SPLINE = {"covariate": "age", "structure": "spline", "knots": KNOTS, "prior": normal(0.0, 0.5), "sd": half(0.5)}
CHANGES = {"covariate": "age", "structure": "time_varying", "cuts": [10.0], "prior": normal(0.0, 0.5), "sd": half(0.5)}
STATES = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "reset"}
DEATHS = {"transitions": ["death_without_progression", "death_after_progression"], "shared": True}
COUNTS = [
    {"start": 0.0, "stop": 12.0, "at_risk": 90, "alive": 35, "study": "X", "sd": 0.3},
    {"start": 12.0, "stop": 30.0, "at_risk": 20, "alive": 4, "group": {"grade": "III"}, "study": "X", "sd": 0.3},
]
# Endpoints, what the schema adds, and the specification.
ASKED = {
    "subgroup_strata_late": (
        {"pfs": PFS | LATE},
        {"weight": "times", "weight_kind": "frequency"},
        {"baseline": WALK | {"strata": "site"}, "priors": RATE, "effect": [GRADE, SUBGROUP, CHANGES]},
    ),
    "cure_spline_late": (
        {"pfs": PFS | LATE},
        {},
        {
            "baseline": WEIBULL,
            "priors": SHAPED,
            "cure": {"fraction": normal(-1.0, 0.8)},
            "effect": [{"covariate": "arm", "structure": "fixed", "prior": normal(0.0, 0.8)}, SPLINE],
        },
    ),
    "reset_shared_across_strata": (
        {"pfs": PFS, "os": OS},
        {},
        {
            "outcome": STATES,
            "baseline": APART | {"strata": "site"},
            "priors": RATE,
            "effect": [
                {"covariate": "age", "structure": "across_transitions", "prior": normal(0.0, 0.5), "sd": half(0.4)},
                {"covariate": "arm", "structure": "fixed", "prior": normal(0.0, 0.7)} | DEATHS,
            ],
        },
    ),
    "intervals_monotone_interaction": (
        {"pfs": BETWEEN},
        {},
        {
            "baseline": WEIBULL,
            "priors": SHAPED,
            "effect": [
                {"covariate": "age", "structure": "monotone", "knots": KNOTS, "prior": normal(0.3, 0.8)},
                GRADE,
                {"covariate": "arm", "structure": "interaction", "by": "grade", "prior": normal(0.0, 0.7)}
                | {"ratio": normal(0.0, 0.4)},
            ],
        },
    ),
    "counts_drift_walk": (
        {"pfs": PFS},
        {},
        {
            "baseline": WALK | {"at": "mean"},
            "priors": RATE,
            "external": COUNTS,
            "effect": [
                {"covariate": "grade", "structure": "ordered", "prior": normal(0.3, 0.8)},
                {"covariate": "age", "structure": "linear", "prior": normal(0.0, 0.5)},
            ],
        },
    ),
    "background_spline_subgroup": (
        {"os": OS},
        {},
        {
            "outcome": {"endpoint": "os"},
            "background": {"table": "life_table.csv", "age": "age", "sex": "sex"},
            "baseline": APART,
            "priors": RATE,
            "effect": [SPLINE, GRADE, SUBGROUP],
        },
    ),
}


@pytest.fixture
def folder(tmp_path):
    """A folder with the life table of the plain model."""
    rows = [f"{age},{sex},{LIFE_TABLE[sex][age >= 60]}" for age in range(30, 100) for sex in LIFE_TABLE]
    (tmp_path / "life_table.csv").write_text("\n".join(["age,sex,rate", *rows]) + "\n", encoding="utf-8")
    return tmp_path


def posed(name, folder):
    """Return the specification and the cohort of a composition."""
    endpoints, more, asked = ASKED[name]
    schema = {"id": "id", "endpoints": endpoints, "covariates": COVARIATES} | more
    cohort = read_cohort(patients(), schema_from(schema, "composed"), provenance="simulated", name="composed")
    raw = {"name": name, "outcome": {"endpoint": "pfs"}} | asked
    return spec_from(raw, "composed.toml", folder=folder), cohort


@pytest.mark.parametrize("name", ASKED)
def test_the_density_equals_that_of_plain_pymc(name, folder):
    """Ours and the plain model's at two points, to 8 digits; the plain model is the one whose draws are stored."""
    plan = make_plan(*posed(name, folder))
    coords, rng = coordinates(plan)[0], np.random.default_rng(3)
    plain = remove_value_transforms(MODELS[name]()[0])
    theirs = plain.compile_logp(jacobian=False, mode="FAST_COMPILE")
    for _ in range(2):
        x, u = 0.4 * rng.standard_normal((1, coords.latents)), 0.4 * rng.standard_normal((1, len(coords.hypers)))
        values = parameter_values(coords, x, u)
        psi = predictors(coords, x, u, log_scales(coords, u))
        ours = cells_of(plan).given(log_shape(coords, u)).value(psi)[0]
        ours += sum(float(one.sum()) for one in prior_of_parameters(plan, values).values())
        point = {one.name: values[one.name].reshape(one.type.shape) for one in plain.value_vars}
        assert ours == pytest.approx(float(theirs(point)), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
@pytest.mark.parametrize("name", DRAWS)
def test_the_posterior_equals_that_of_plain_pymc(name, engine, folder):
    """Means within 4 joint Monte Carlo errors of 8,000 to 16,000 plain draws, SDs within 8 %."""
    posterior = fit(*posed(name, folder), seed=5, engine=engine, draws={"laplace": 4000, "nuts": 1000}[engine])
    for quantity, expected in REFERENCE[name].items():
        parameter, _, place = quantity.rstrip("]").partition("[")
        drawn = posterior.values[parameter].reshape(-1, posterior.values[parameter].shape[-1])[:, int(place or 0)]
        # Effective draws are at least a third of those kept.
        error = np.hypot(drawn.std() / np.sqrt(drawn.size / 3.0), expected["mcse"])
        assert abs(drawn.mean() - expected["mean"]) < 4.0 * error, quantity
        assert drawn.std() == pytest.approx(expected["sd"], rel=0.08), quantity
