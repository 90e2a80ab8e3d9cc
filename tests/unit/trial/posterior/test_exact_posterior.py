"""The exact posterior against closed forms, adaptive quadrature, more nodes, and its own calibration."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, moments, probability_below

VAGUE = mixture_of([(1.0, 0.0, 10.0)])
TIGHT = mixture_of([(1.0, -0.3, 0.2)])
MIXED = mixture_of([(0.6, -0.4, 0.2), (0.3, 0.0, 2.0), (0.1, 1.0, 0.1)])
BASELINE = GammaBaseline(0.5, 10.0)


def random_trials(count, pieces, scale, seed=1):
    generator = np.random.default_rng(seed)
    events = generator.poisson(scale, (2, count, pieces)).astype(float)
    months = generator.gamma(5.0, 4.0 * max(scale, 0.5), (2, count, pieces))
    return ArmData(events[0], events[1], months[0], months[1])


def quadrature(data, trial, prior, baseline, bound):
    """P(beta < bound) of one trial by scipy's adaptive quadrature of the formula, written out again."""
    share = {"mean": 0.5, "reference": 0.0}[baseline.at]
    d0, d1 = data.control_events[trial], data.treated_events[trial]
    y0, y1 = data.control_months[trial], data.treated_months[trial]

    def log_posterior(beta):
        density = np.sum(prior.weights / prior.sds * np.exp(-0.5 * ((beta - prior.means) / prior.sds) ** 2))
        log_prior = math.log(max(density, 1e-300))
        exposure = baseline.rate + y0 * math.exp(-share * beta) + y1 * math.exp((1.0 - share) * beta)
        lean = beta * ((1.0 - share) * d1.sum() - share * d0.sum())
        return log_prior + lean - np.sum((baseline.shape + d0 + d1) * np.log(exposure))

    grid = np.linspace(-15.0, 15.0, 3001)
    heights = np.array([log_posterior(beta) for beta in grid])
    peak, centre = heights.max(), grid[heights.argmax()]

    def part(low, high):
        points = [p for p in (centre - 2.0, centre - 0.3, centre, centre + 0.3, centre + 2.0) if low < p < high]
        return integrate.quad(
            lambda beta: math.exp(log_posterior(beta) - peak), low, high, points=points or None, limit=400, epsabs=1e-13
        )[0]

    below = part(-40.0, bound)
    return below / (below + part(bound, 40.0))


@pytest.mark.parametrize("prior", [VAGUE, TIGHT, MIXED], ids=["vague", "tight", "mixture"])
@pytest.mark.parametrize("at", ["mean", "reference"])
def test_probabilities_agree_with_adaptive_quadrature(prior, at):
    """Four trials of 40 events; dividing a cumulative sum by a view of itself would show here."""
    data, baseline = random_trials(4, 5, 4.0), GammaBaseline(0.5, 10.0, at)
    found = probability_below(data, prior, baseline, np.log([0.8, 1.0]))
    expected = [[quadrature(data, k, prior, baseline, math.log(c)) for c in (0.8, 1.0)] for k in range(4)]
    assert found == pytest.approx(np.array(expected), abs=1e-9)


@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("prior", [VAGUE, TIGHT, MIXED], ids=["vague", "tight", "mixture"])
def test_few_and_many_nodes_agree(scale, prior):
    """40 v 400 nodes differ by less than 1e-8, from next to no events to 240; 30 (the default) too."""
    data = random_trials(500, 6, scale)
    many = probability_below(data, prior, BASELINE, np.log([0.8, 1.0]), nodes=400)
    for nodes in (30, 40):
        few = probability_below(data, prior, BASELINE, np.log([0.8, 1.0]), nodes=nodes)
        assert np.abs(few - many).max() < 1e-8


def test_one_piece_under_flat_priors_is_an_f_tail():
    """The ratio of two gamma rates: (rate1 / rate0) (Y1 d0) / (Y0 d1) has an F(2 d1, 2 d0) distribution."""
    d0, d1, y0, y1 = 12.0, 7.0, 150.0, 170.0
    data = ArmData(*(np.array([[value]]) for value in (d0, d1, y0, y1)))
    flat = mixture_of([(1.0, 0.0, 1e5)])
    # Gamma(0, 0) is the limit of a small shape and rate.
    found = probability_below(data, flat, GammaBaseline(1e-10, 1e-10), np.log([0.6, 1.0, 1.4]))
    ratios = np.array([0.6, 1.0, 1.4])
    expected = stats.f(2.0 * d1, 2.0 * d0).cdf(ratios * y1 * d0 / (y0 * d1))
    assert found[0] == pytest.approx(expected, abs=1e-7)


def test_swapping_the_arms_mirrors_the_posterior():
    """With the arms coded -1/2 and +1/2; the reference coding leans on the control arm instead."""
    data = random_trials(50, 4, 3.0)
    mirrored = ArmData(data.treated_events, data.control_events, data.treated_months, data.control_months)
    there, back = (probability_below(trials, VAGUE, BASELINE, np.zeros(1)) for trials in (data, mirrored))
    assert there == pytest.approx(1.0 - back, abs=1e-12)
    leaning = GammaBaseline(0.5, 10.0, "reference")
    there, back = (probability_below(trials, VAGUE, leaning, np.zeros(1)) for trials in (data, mirrored))
    assert np.abs(there - (1.0 - back)).max() > 0.005


def test_a_trial_without_data_returns_the_prior():
    empty = ArmData(*(np.zeros((1, 3)) for _ in range(4)))
    found = probability_below(empty, MIXED, BASELINE, np.log([0.8, 1.0]))
    assert found[0] == pytest.approx([MIXED.cdf(math.log(0.8)), MIXED.cdf(0.0)], abs=1e-9)
    mean, sd = moments(empty, MIXED, BASELINE)
    assert (mean[0], sd[0]) == pytest.approx((MIXED.mean, MIXED.sd), rel=1e-8)


def test_an_arm_without_events_is_no_obstacle():
    """0 of 10 events: the posterior is skewed, and its range of integration is widened; quad is the second source."""
    zeros, tens = np.zeros((1, 2)), np.full((1, 2), 5.0)
    data = ArmData(tens, zeros, np.full((1, 2), 60.0), np.full((1, 2), 80.0))
    found = probability_below(data, VAGUE, BASELINE, np.log([0.1, 1.0]))
    expected = [quadrature(data, 0, VAGUE, BASELINE, math.log(c)) for c in (0.1, 1.0)]
    assert found[0] == pytest.approx(expected, abs=1e-8)


def test_ranks_are_uniform_and_the_mean_posterior_is_the_prior():
    """10,000 trials from the prior itself: P(beta < its true value) is uniform, mean P(HR < 1) the prior's.

    Simulation-based calibration (Talts et al. 2018): Kolmogorov-Smirnov P above 0.001; 3 standard errors.
    """
    count, cuts = 10_000, np.array([4.0, 10.0])
    generator = np.random.default_rng(12)
    prior, baseline = mixture_of([(1.0, -0.2, 0.6)]), GammaBaseline(2.0, 50.0)
    beta = prior.mean + prior.sd * generator.standard_normal(count)
    rates = generator.gamma(baseline.shape, 1.0 / baseline.rate, (count, 3))
    data = simulated(generator, rates, beta, cuts)
    probabilities = probability_below(data, prior, baseline, beta[:, None])[:, 0]
    assert stats.kstest(probabilities, "uniform").pvalue > 0.001
    better = probability_below(data, prior, baseline, np.zeros(1))[:, 0]
    assert better.mean() == pytest.approx(prior.cdf(0.0), abs=3.0 * better.std() / count**0.5)


def simulated(generator, rates, beta, cuts):
    """Return 40 patients an arm, followed for 18 months, times by inverting the cumulative hazard."""
    count, arms = beta.size, []
    widths = np.diff(np.concatenate([[0.0], cuts]))
    for sign in (-0.5, 0.5):
        hazard = rates * np.exp(sign * beta)[:, None]
        reached = np.cumsum(hazard[:, :-1] * widths, axis=1)
        unit = generator.standard_exponential((count, 40))
        piece = (unit[:, :, None] > reached[:, None, :]).sum(axis=2)
        start = np.concatenate([[0.0], cuts])[piece]
        before = np.take_along_axis(np.concatenate([np.zeros((count, 1)), reached], axis=1), piece, axis=1)
        time = start + (unit - before) / np.take_along_axis(hazard, piece, axis=1)
        seen, followed = time <= 18.0, np.minimum(time, 18.0)
        edges = [0.0, *cuts, np.inf]
        events = [(seen & (time > a) & (time <= b)).sum(axis=1) for a, b in pairwise(edges)]
        months = [np.clip(followed - a, 0.0, b - a).sum(axis=1) for a, b in pairwise(edges)]
        arms.append((np.stack(events, axis=1).astype(float), np.stack(months, axis=1)))
    (d0, y0), (d1, y1) = arms
    return ArmData(d0, d1, y0, y1)
