"""Final estimates, limits and P values by stage-wise ordering against rpact 3.3.4 (final_estimates.R)."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.trial.significance.stagewise import stagewise_estimate

RPACT = json.loads((Path(__file__).parent / "final_estimates.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("name", RPACT)
def test_median_unbiased_estimate_limits_and_p_value(name):
    """On the hazard ratio; rpact solves to about 1e-7."""
    case = RPACT[name]
    events, upper = (np.atleast_1d(case[key]).astype(float) for key in ("events", "upper"))
    found = stagewise_estimate(events / 4.0, np.full(upper.size, -np.inf), upper, case["z"], 0.95)
    ratios = np.exp([found.estimate, found.lower, found.upper])
    assert ratios == pytest.approx([case["median"], *case["limits"]], rel=2e-6)
    assert found.p_value == pytest.approx(case["p"], rel=2e-6)
