"""Effects that differ with a second covariate against long runs of plain PyMC models (``bayes_subgroup.py``)."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.bayes_subgroup import patients
from tests.reference.test_interaction_r import AGE, GRADE, NORMAL, SHRUNK, cohort, model

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.estimand.estimand import HazardRatio

REFERENCE = json.loads(Path(__file__).with_name("bayes_subgroup.json").read_text())
RATIO = {"normal": [0.0, 0.3]}
DIFFERS = {"covariate": "therapy", "structure": "interaction", "by": "age", "prior": NORMAL, "ratio": RATIO}
BESIDE = {"subgroup": [GRADE], "interaction": [AGE | {"prior": {"normal": [0.0, 0.5]}}]}
EFFECT = {"subgroup": {"covariate": "therapy", **SHRUNK}, "interaction": DIFFERS}


def therapy(**where):
    """Return the hazard ratio of hormonal therapy."""
    return HazardRatio("therapy", "yes", "no", **where)


# The names of the plain model's quantities, and ours.
ASKED = {
    "subgroup": {
        "grade[0]": HazardRatio("grade", "II", "I"),
        "grade[1]": HazardRatio("grade", "III", "I"),
        "common": therapy(),
        "each[0]": therapy(within="I"),
        "each[1]": therapy(within="II"),
        "each[2]": therapy(within="III"),
        "ratio": therapy(within="III", within_versus="II"),
    },
    "interaction": {
        "age": HazardRatio("age"),
        "effect": therapy(within="50"),
        "at_60": therapy(within="60"),
        "ratio": therapy(within="60", within_versus="50"),
    },
}


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
@pytest.mark.parametrize("structure", ASKED)
def test_the_posterior_equals_that_of_plain_pymc(structure, engine):
    """Means within 4 joint Monte Carlo errors of 80,000 plain draws; the empty cell rests on what others say."""
    spec = model(EFFECT[structure], BESIDE[structure], {"at": "reference"})
    posterior = fit(spec, cohort(patients()), seed=5, engine=engine, draws={"laplace": 5000, "nuts": 1000}[engine])
    for name, asked in ASKED[structure].items():
        expected, drawn = REFERENCE[structure][name], posterior.draws(asked)
        # Effective draws are at least a third of those kept.
        error = np.hypot(drawn.std() / np.sqrt(drawn.size / 3.0), expected["mcse"])
        assert abs(drawn.mean() - expected["mean"]) < 4.0 * error, name
        assert drawn.std() == pytest.approx(expected["sd"], rel=0.06), name


def test_a_level_without_data_of_its_own_says_so_everywhere():
    spec = model(EFFECT["subgroup"], BESIDE["subgroup"])
    few = cohort(patients())
    posterior, classical = fit(spec, few, seed=5, engine="laplace", draws=500), fit_classical(spec, few)
    assert any("grade I (no " in note and "yes 0" in note for note in posterior.plan.notes)
    empty = posterior.estimate(therapy(within="I"))
    assert "NO DATA OF ITS OWN: nobody is in yes, grade I" in empty.note
    assert empty.groups.startswith("yes, grade I: 0 events in 0;")
    assert {e.note for e in classical.ratios(therapy(within="I"), 0.95) if e.method in ("cox", "weibull_mle")} == {
        "not estimable: nobody is in yes, grade I"
    }
    assert all(np.isnan(e.value) for e in classical.ratios(therapy(), 0.95))
    assert "NO DATA" not in posterior.estimate(therapy(within="II")).note
