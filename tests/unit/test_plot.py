"""Figures of a session: on the axes given, with the numbers of their source, provenance first."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import escc_bayes as eb
from escc_bayes import plot


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def posterior(larynx):
    return eb.fit(eb.load_spec("larynx_piecewise"), larynx, engine="laplace", draws=200)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_forest_has_a_block_for_each_contrast_and_every_method_in_it(posterior, larynx, ax):
    classical = eb.fit_classical(posterior.plan.spec, larynx)
    asked = [eb.HazardRatio("stage", "IV", versus="I"), eb.HazardRatio("stage", "II", versus="I")]
    found = eb.compare(asked, posterior, classical)
    assert plot.forest(found, ax=ax) is ax
    drawn = sorted(float(line.get_xdata()[0]) for line in ax.lines if line.get_label() == "_value")
    assert drawn == pytest.approx(sorted(e.value for e in found.of("hazard_ratio")))
    assert ax.get_title(loc="left") == "OBSERVED: os from time zero, 50 events in 90 patients"


def test_kaplan_meier_by_group_has_the_numbers_at_risk_below(larynx, ax):
    plot.km(larynx, "os", by="stage", ax=ax)
    assert {"I", "II", "III", "IV"} <= set(texts(ax))
    assert ax.get_title(loc="left").startswith("OBSERVED: 90 patients of larynx, 50 events")


def test_posterior_curves_are_those_of_the_posterior(posterior, ax):
    plot.survival(posterior, ax=ax)
    curve = next(line for line in ax.lines if len(line.get_xdata()) == 61)
    at = np.asarray(curve.get_xdata(), dtype=float)
    assert np.asarray(curve.get_ydata()) == pytest.approx(np.median(posterior.survival(at), axis=0))


@pytest.mark.parametrize("draw", [plot.prior, plot.prior_ratios])
def test_what_a_prior_says_is_drawn(draw, larynx, ax):
    check = eb.prior_check(eb.load_spec("larynx_piecewise"), larynx, seed=1, draws=100)
    assert draw(check, ax=ax) is ax
    assert ax.lines


@pytest.mark.parametrize("draw", [plot.density, plot.hazard, plot.forest])
def test_a_posterior_is_drawn(draw, posterior, ax):
    assert draw(posterior, ax=ax) is ax
    assert "OBSERVED" in ax.get_title(loc="left")


def test_what_cannot_be_drawn_is_said(larynx, posterior, ax):
    with pytest.raises(eb.EsccBayesError, match="'age' is a number"):
        plot.km(larynx, "os", by="age", ax=ax)
    with pytest.raises(eb.EsccBayesError, match="did you mean 'stage'"):
        plot.km(larynx, "os", by="stag", ax=ax)
    with pytest.raises(eb.EsccBayesError, match="no covariate with levels 'age'"):
        plot.survival(posterior, by="age", ax=ax)
    with pytest.raises(eb.EsccBayesError, match="no hazard ratio to draw"):
        plot.forest([], ax=ax)
