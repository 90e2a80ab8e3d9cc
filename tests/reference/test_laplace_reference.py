"""The engine ``laplace`` against long runs: plain PyMC models (``bayes_reference.json``), and our own NUTS.

``benchmarks/laplace_reference.json`` holds 4 x 20,000 draws of 28 models, made by ``benchmarks/laplace_accuracy.py``.
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.test_bayes_reference import TCGA, compare_with_reference, specification

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def accuracy():
    """The benchmark as a module."""
    place = importlib.util.spec_from_file_location("laplace_accuracy", BENCHMARKS / "laplace_accuracy.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


REFERENCE = json.loads((BENCHMARKS / "laplace_reference.json").read_text())


@pytest.mark.parametrize("family", ["piecewise", "weibull"])
def test_larynx_posterior_equals_plain_pymc(family, larynx):
    """Second source: row-by-row Poisson and censored Weibull in plain PyMC, 80,000 draws."""
    compare_with_reference(fit(specification("larynx", family), larynx, seed=3, engine="laplace"), f"larynx_{family}")


@pytest.mark.parametrize("family", ["piecewise", "weibull"])
def test_tcga_posterior_equals_plain_pymc(family, shared_data):
    """As above, on 95 patients with squamous cell carcinoma of the oesophagus."""
    cohort = read_cohort(shared_data / "tcga_escc_clinical.csv", schema_from(TCGA, "tcga"))
    compare_with_reference(fit(specification("tcga", family), cohort, seed=4, engine="laplace"), f"tcga_{family}")


@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize("name", REFERENCE)
def test_every_structure_equals_long_nuts(name, accuracy):
    """Means within 0.03 SD, SDs within 2 %, 2.5 and 97.5 % points within 0.06 SD at 100,000 draws."""
    spec, cohort = accuracy.cases()[name]
    posterior = fit(spec, accuracy.COHORTS[cohort][0](), seed=8, engine="laplace", draws=25_000)
    assert posterior.diagnostics.verdict == "ok"
    off = accuracy.differences(posterior, REFERENCE[name]["quantities"])
    assert (off <= np.array([0.03, 0.02, 0.06])).all(), off
