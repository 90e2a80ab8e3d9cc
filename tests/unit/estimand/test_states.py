"""States of an illness-death model: the closed forms against quadrature, and what must hold of any."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.states import averaged_over, median_after
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.states import entering, filled, progressed, spent_before
from escc_bayes.spec.reading import load_spec

CUTS = np.array([3.0, 7.5])
RATES = {"progression": [0.05, 0.02, 0.08], "without": [0.01, 0.04, 0.02], "after": [0.2, 0.06, 0.06]}


def cumulative(name, months):
    edges = np.array([0.0, *CUTS, np.inf])
    spent = np.clip(np.asarray(months)[..., None], edges[:-1], edges[1:]) - edges[:-1]
    return spent @ np.array(RATES[name])


def rate(name, month):
    return RATES[name][int(np.searchsorted(CUTS, month))]


def free(month):
    return float(np.exp(-cumulative("progression", month) - cumulative("without", month)))


def by_quadrature(alive, until):
    """Return the integral of the density of progression at u times ``alive(u)``."""
    jumps = [0.0, *(c for c in CUTS if c < until), until]
    parts = pairwise(jumps)
    return sum(
        integrate.quad(
            lambda u: free(u) * rate("progression", u) * alive(u), low + 1e-12, high, epsabs=1e-13, limit=200
        )[0]
        for low, high in parts
    )


@pytest.mark.parametrize("month", [2.0, 5.0, 20.0])
def test_progressed_is_the_integral_over_the_month_of_progression(month):
    grid = np.unique([0.0, *CUTS[month > CUTS], month])
    one, two, three = (cumulative(name, grid) for name in RATES)
    found = progressed(one, one + two, three)[-1]
    expected = by_quadrature(lambda u: np.exp(-(cumulative("after", month) - cumulative("after", u))), month)
    assert found == pytest.approx(expected, abs=1e-9)
    # The same by the general formula, whose exponent is H12(u) + H3(month) - H3(u).
    assert entering(one, one + two + three[-1] - three) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("month", [2.0, 5.0, 20.0])
def test_with_the_clock_reset_the_hazard_counts_from_progression(month):
    edges = np.unique([0.0, month, *(c for c in [*CUTS, *(month - CUTS)] if 0.0 < c < month)])
    one, two = (cumulative(name, edges) for name in ("progression", "without"))
    found = entering(one, one + two + cumulative("after", month - edges))
    pieces = pairwise(edges)
    expected = sum(
        integrate.quad(
            lambda u: free(u) * rate("progression", u) * np.exp(-cumulative("after", month - u)), low + 1e-12, high
        )[0]
        for low, high in pieces
    )
    assert found == pytest.approx(expected, abs=1e-9)


def test_time_in_the_start_state_is_the_area_below_progression_free_survival():
    edges = np.array([0.0, *CUTS, 24.0])
    expected = sum(integrate.quad(free, low, high)[0] for low, high in pairwise(edges))
    leaving = cumulative("progression", edges) + cumulative("without", edges)
    assert spent_before(leaving, edges) == pytest.approx(expected, abs=1e-10)


def test_equal_hazards_are_no_special_case():
    """Where leaving and dying go at one rate r, the progressed are a share h1 / r of r t exp(-r t)."""
    grid = np.linspace(0.0, 10.0, 6)
    found = progressed(0.06 * grid, 0.1 * grid, 0.1 * grid)
    np.testing.assert_allclose(found, 0.06 * grid * np.exp(-0.1 * grid), rtol=1e-12)
    assert filled(np.array([1e-300]))[0] == 1.0


def test_median_after_lies_where_an_exponential_has_it():
    curve = lambda months: np.exp(-np.outer([0.05, 0.001], months))  # noqa: E731
    found = median_after(curve, 30.5)
    assert found[0] == pytest.approx(np.log(2.0) / 0.05, rel=1e-12)
    assert np.isinf(found[1])


@pytest.fixture(scope="module", params=["", "reset"])
def posterior(request):
    spec = load_spec("illness_death", variant=request.param or None)
    return fit(spec, example_cohort("escc79"), seed=1, engine="laplace", draws=100)


@pytest.mark.parametrize("whom", [{}, {"term": "stage", "group": "III"}, {"term": "coverage", "group": "RPL"}])
def test_progression_free_survival_never_exceeds_survival(posterior, whom):
    months = np.arange(0.0, 60.0)
    found = posterior.states(months, **whom)
    np.testing.assert_allclose(found.sum(axis=2), 1.0, rtol=1e-12)
    assert (found >= -1e-15).all()
    assert found[:, 0, 0] == pytest.approx(1.0)
    alive = found[..., 0] + found[..., 1]
    assert (np.diff(alive, axis=1) <= 1e-12).all()
    assert (alive >= found[..., 0]).all()


def test_months_in_states_are_the_areas_below_the_curves(posterior):
    fine = np.linspace(0.0, 36.0, 361)
    expected = integrate.trapezoid(posterior.states(fine, term="stage", group="IV")[:20], fine, axis=1)
    found = posterior.months_in_states(36.0, term="stage", group="IV")
    np.testing.assert_allclose(found[:20], expected, atol=2e-3)
    np.testing.assert_allclose(found.sum(axis=1), 36.0)


def test_survival_after_progression_is_that_of_those_who_progress(posterior):
    """Second source: one patient's hazards, month by month on a fine grid, weighted by who progresses when."""
    rows, until = posterior.plan.rows, None
    own = rows.in_transition("progression")
    until = own.time[own.event == 1.0].max()
    whom = averaged_over(posterior.plan, "stage", "III", "everyone")
    u = np.linspace(0.0, until, 20001)
    few = posterior.hazards.part(slice(0, 2))
    top = bottom = 0.0
    for i, share in enumerate(whom.share):
        one, two, three = (few.cumulative(whom.columns[code][i : i + 1], u)[0] for code in range(3))
        later = few.cumulative(whom.columns[2][i : i + 1], u + 12.0)[0]
        since = few.cumulative(whom.columns[2][i : i + 1], np.array([12.0]))[0]
        lasting = np.exp(-since) if rows.transitions.clock == "reset" else np.exp(three - later)
        middle = (u[1:] + u[:-1]) / 2.0
        alive = (lasting[:, 1:] + lasting[:, :-1]) / 2.0 if lasting.shape[1] > 1 else lasting
        gone = np.exp(-(one + two))
        density = np.diff(one, axis=1) * np.sqrt(gone[:, 1:] * gone[:, :-1])
        assert middle.size == density.shape[1]
        top = top + share * (density * alive).sum(axis=1)
        bottom = bottom + share * density.sum(axis=1)
    found = posterior.after_progression(np.array([12.0]), term="stage", group="III")[:2, 0]
    np.testing.assert_allclose(found, top / bottom, rtol=1e-5)


@pytest.mark.parametrize(
    "asked", [SurvivalAt(12.0), MedianSurvival("stage", "II"), RMSTDifference("stage", "III", "II", 12.0)]
)
def test_no_one_survival_is_answered(posterior, asked):
    with pytest.raises(EstimandError, match=r"no one survival.*posterior\.states"):
        posterior.estimate(asked)
    with pytest.raises(EstimandError, match="posterior.states"):
        posterior.survival(np.array([12.0]))


def test_a_hazard_ratio_is_of_a_transition(posterior):
    asked = HazardRatio("stage", "III", "II", transition="progression")
    found = posterior.estimate(asked)
    assert (found.transition, found.n, found.events) == ("progression", 79, 37)
    with pytest.raises(EstimandError, match="ask for one.*transition='progression'"):
        posterior.estimate(HazardRatio("stage", "III", "II"))
    with pytest.raises(EstimandError, match="'stage' does not act in 'relapse'"):
        posterior.estimate(HazardRatio("stage", "III", "II", transition="relapse"))


def test_a_model_of_one_endpoint_has_no_states():
    found = fit(load_spec("larynx_piecewise"), example_cohort("larynx"), seed=1, engine="laplace", draws=100)
    with pytest.raises(EstimandError, match="is of one endpoint, 'os', and has no states"):
        found.states(np.array([12.0]))
    with pytest.raises(EstimandError, match="has no transitions"):
        found.estimate(HazardRatio("stage", "III", transition="progression"))
