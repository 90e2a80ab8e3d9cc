"""Drifts of other studies in fits: engines agree, posteriors reload, and each stands beside its prior."""

from dataclasses import replace

import numpy as np
import pytest
from tests.calibration.drift_recovery import ASKED, SD, drawn

from escc_bayes.bayes.posterior.drifts import drifts
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.report.page.term_rows import drift_rows

PLAN = drawn(79, 3)[0]


@pytest.fixture(scope="module")
def fitted():
    """The posterior by ``laplace``."""
    return fit_plan(PLAN, RunSettings("laplace", draws=1000), seed=1)


def with_sd(sd):
    """The plan with another SD of the drift; 0: the study's hazards are ours."""
    own = {"study": "the other study", "sd": sd} if sd else {"study": "", "sd": 0.0}
    spec = replace(PLAN.spec, external=tuple(replace(one, **own) for one in PLAN.spec.external))
    return replace(PLAN, spec=spec)


def test_both_engines_agree(fitted):
    """Within 4 Monte Carlo errors: 1,000 independent draws beside NUTS of 4,000, of which a quarter count."""
    sampled = fit_plan(PLAN, RunSettings("nuts", draws=1000, chains=4), seed=2)
    assert fitted.verdict == sampled.verdict == "ok"
    pairs = [(fitted.draws(one), sampled.draws(one)) for one in ASKED.values()]
    for mine, theirs in [*pairs, (fitted.flat["drift_1"][:, 0], sampled.flat["drift_1"][:, 0])]:
        error = np.hypot(mine.std(), theirs.std()) / np.sqrt(1000.0)
        assert abs(mine.mean() - theirs.mean()) < 4 * error


def test_it_is_saved_and_read_back(fitted, tmp_path):
    fitted.save(tmp_path / "m.nc")
    again = load_posterior(tmp_path / "m.nc")
    assert again.plan.spec == fitted.plan.spec
    assert drifts(again, 0.95) == drifts(fitted, 0.95)


def test_the_drift_stands_beside_its_prior(fitted):
    (found,) = drifts(fitted, 0.95)
    assert found.prior == pytest.approx((1.0, np.exp(-1.959964 * SD), np.exp(1.959964 * SD)), rel=1e-5)
    assert found.value == pytest.approx(np.exp(np.median(fitted.flat["drift_1"])))
    assert 0.0 < found.data_share < 1.0
    assert found.sentence() in fitted.sentences()
    assert drift_rows(fitted, 0.95)[0]["study"] == "the other study"


def test_a_narrow_drift_is_none_and_a_wide_one_borrows_nothing():
    """SD 0.001: survival as if the study's hazards were ours; the wider the drift, the wider survival."""
    asked = ASKED["survival"]
    fits = {
        sd: fit_plan(with_sd(sd), RunSettings("laplace", draws=1000), seed=1).draws(asked) for sd in (0.0, 1e-3, 2.0)
    }
    assert fits[1e-3].mean() == pytest.approx(fits[0.0].mean(), abs=4 * fits[0.0].std() / np.sqrt(500.0))
    assert fits[2.0].std() > 1.3 * fits[1e-3].std()
