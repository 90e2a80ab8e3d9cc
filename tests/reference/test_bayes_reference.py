"""Our NUTS posteriors against long runs of plainly written PyMC models (``bayes_reference.py``)."""

import json
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

REFERENCE = json.loads(Path(__file__).with_name("bayes_reference.json").read_text())
STAGE = {"covariate": "stage", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}
AGE = {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
SEX = {"covariate": "sex", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}
EFFECTS = {"larynx": [STAGE, AGE], "tcga": [STAGE, AGE, SEX]}
CUTS = {"larynx": [12.0, 24.0, 48.0], "tcga": [6.0, 12.0, 24.0]}
TCGA = {
    "time_unit": "days",
    "endpoints": {"os": {"time": "OS.time", "event": "OS", "missing": "drop"}},
    "covariates": {
        "stage": {"column": "stage_group", "kind": "ordered", "levels": ["I", "II", "III", "IV"]},
        "age": {
            "column": "age_at_initial_pathologic_diagnosis",
            "kind": "continuous",
            "center": 60.0,
            "scale": 10.0,
        },
        "sex": {"column": "gender", "kind": "binary", "levels": ["FEMALE", "MALE"]},
    },
}


def specification(data: str, family: str):
    """The model of the reference script in this package's words."""
    if family == "weibull":
        baseline = {"family": "weibull", "reference_time": 24.0, "at": "reference"}
        priors = {
            "baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]},
            "log_shape": {"normal": [0.0, 0.5]},
        }
    else:
        baseline = {
            "family": "piecewise_exponential",
            "cuts": CUTS[data],
            "steps": "equal",
            "sd": {"halfnormal": 0.5},
        }
        priors = {"baseline_log_rate": {"normal": [-4.0, 1.0]}}
    raw = {"name": f"{data}_{family}", "outcome": {"endpoint": "os"}, "baseline": baseline, "priors": priors}
    return spec_from(raw | {"effect": EFFECTS[data]}, "reference")


def assert_same(draws, expected: dict[str, float]) -> None:
    """Mean within 4 joint Monte Carlo errors, standard deviation within 6 %."""
    own_error = float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method="mean"))
    error = np.hypot(own_error, expected["mcse"])
    assert abs(draws.mean() - expected["mean"]) < 4.0 * error
    # 6 %: an effective sample of 2,000 knows a standard deviation to about 1.6 %.
    assert draws.std() == pytest.approx(expected["sd"], rel=0.06)


def compare_with_reference(posterior, name: str) -> None:
    """Every coefficient and every baseline parameter."""
    reference = REFERENCE[name]
    chains, draws = posterior.values["baseline"].shape[:2]
    beta = posterior.coefficients.reshape(chains, draws, -1)
    for j in range(beta.shape[-1]):
        assert_same(beta[..., j], reference[f"beta[{j}]"])
    if name.endswith("weibull"):
        assert_same(posterior.values["baseline"][..., 0], reference["b0"])
        assert_same(np.exp(posterior.values["log_shape"][..., 0]), reference["shape"])
        return
    log_rates = posterior.hazard.log_rates.reshape(chains, draws, -1)
    for k in range(log_rates.shape[-1]):
        assert_same(log_rates[..., k], reference[f"log_rate[{k}]"])


@pytest.mark.sampling
@pytest.mark.parametrize("family", ["piecewise", "weibull"])
def test_larynx_posterior_equals_plain_pymc(family, larynx):
    """Second source: row-by-row Poisson and censored Weibull in plain PyMC, 80,000 draws."""
    compare_with_reference(fit(specification("larynx", family), larynx, seed=3), f"larynx_{family}")


@pytest.mark.sampling
@pytest.mark.parametrize("family", ["piecewise", "weibull"])
def test_tcga_posterior_equals_plain_pymc(family, shared_data):
    """As above, on 95 patients with squamous cell carcinoma of the oesophagus."""
    cohort = read_cohort(shared_data / "tcga_escc_clinical.csv", schema_from(TCGA, "tcga"))
    compare_with_reference(fit(specification("tcga", family), cohort, seed=4), f"tcga_{family}")
