"""What a structure takes from the patients does not depend on how many rows they have: cut, or one for a transition."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.reference import structure_plans

NORMAL, HALF = {"normal": [0.0, 1.0]}, {"halfnormal": 0.5}
CURVES = {
    "spline": {"knots": 5, "prior": NORMAL, "sd": HALF},
    "monotone": {"knots": 4, "prior": NORMAL},
    "changepoint": {"at": 60.0, "prior": NORMAL, "change": NORMAL},
    "per_doubling": {"prior": NORMAL},
}
MARKERS = structure_plans.CHANGING["horseshoe"]
CAUSES = {"kind": "competing_causes", "endpoint": "os", "cause": "cause"}
ILLNESS_DEATH = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "reset"}


def plan_of(effect, cohort, outcome):
    raw = {
        "name": "m",
        "outcome": outcome,
        "baseline": {"family": "piecewise_exponential", "cuts": [6.0], "smoothing": "independent"},
        "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}},
        "effect": [effect],
    }
    return make_plan(spec_from(raw, "m"), cohort)


def cohort_of_causes():
    """Return the 60 SIMULATED patients with a cause of each event, and with progression before most deaths."""
    frame = structure_plans.patients()
    older = frame["age"] > 61.0
    frame["cause"] = np.where(older, "other", "cancer")
    frame["p"] = np.where(older, (0.5 * frame["t"]).round(2), frame["t"])
    frame["e"] = np.where(older, 1, frame["d"])
    schema = structure_plans.SCHEMA | {
        "endpoints": {"os": {"time": "t", "event": "d"}, "pfs": {"time": "p", "event": "e"}},
        "covariates": structure_plans.SCHEMA["covariates"]
        | {"cause": {"kind": "nominal", "levels": ["cancer", "other"]}},
    }
    return read_cohort(pd.DataFrame(frame), schema_from(schema, "causes"), provenance="simulated")


@pytest.mark.parametrize("word", CURVES)
def test_knots_and_quartiles_are_of_patients_whatever_their_rows(word):
    """Older patients have more rows in each of these; numpy's quantiles of one value of each patient are the source."""
    effect = {"covariate": "age", "structure": word, **CURVES[word]}
    one = plan_of(effect, structure_plans.cohort(), {"endpoint": "os"}).design.blocks[0].coding.curve
    cut = plan_of(effect, structure_plans.split_cohort(), {"endpoint": "os"}).design.blocks[0].coding.curve
    several = cohort_of_causes()
    stacked = [plan_of(effect, several, o).design.blocks[0].coding.curve for o in (CAUSES, ILLNESS_DEATH)]
    for curve in (cut, *stacked):
        assert (curve.knots, curve.shown) == (one.knots, one.shown)
    if isinstance(CURVES[word].get("knots"), int):
        ages = structure_plans.patients()["age"]
        np.testing.assert_allclose(
            one.knots, np.quantile(ages, np.linspace(0.0, 1.0, CURVES[word]["knots"])), rtol=1e-12
        )


def test_a_horseshoe_in_one_cause_counts_the_events_of_that_cause():
    """tau_0 rests on what the data tell of these hazard ratios; of shared ones, on the events of all causes."""
    cohort, frame = cohort_of_causes(), structure_plans.patients()
    died, older = frame["d"] == 1, frame["age"] > 61.0
    apart = plan_of(MARKERS, cohort, CAUSES).design.blocks
    together = plan_of(MARKERS | {"shared": True}, cohort, CAUSES).design.blocks
    expected = [int((died & ~older).sum()), int((died & older).sum()), int(died.sum())]
    held = [block.coding.shrinkage for block in (*apart, *together)]
    assert [one.events for one in held] == expected
    np.testing.assert_allclose([one.scale for one in held], 0.5 / np.sqrt(expected), rtol=1e-12)
    # SDs are of all patients in each.
    assert len({one.spreads for one in held}) == 1
