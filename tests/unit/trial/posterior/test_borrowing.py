"""Borrowed controls: limits, dense grids of the second unknown, conjugate closed forms.

psborrow2's example (PLANNING row 29): 39 events in 1136.233 months of internal controls, 326 in 3575.664 of external
ones, 75 in 2502.056 on treatment. E1690 (row 32): observation and interferon in five pieces.
"""

import math

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.borrowing import GammaMixture, Source, borrowed
from escc_bayes.trial.posterior.commensurate_prior import Commensurate, HalfNormalDrift, PrecisionDrift, SpikeAndSlab
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, probability_below
from escc_bayes.trial.posterior.historical import Historical
from escc_bayes.trial.posterior.marginal_posterior import posterior
from escc_bayes.trial.posterior.power_prior import NormalisedPowerPrior, PowerPrior, RobustMixture
from tests.reference.test_planning_bayes import E1690


def row(*numbers):
    return np.array([numbers])


PSBORROW = ArmData(row(39.0), row(75.0), row(1136.233), row(2502.056))
EXTERNAL = Historical(np.array([326.0]), np.array([3575.664]))
OLDER = Historical(np.array([40.0, 30.0, 20.0, 25.0, 20.0]), np.array([55.0, 40.0, 50.0, 75.0, 200.0]))
VAGUE = mixture_of([(1.0, 0.0, 10.0)])
BASELINE = GammaBaseline(0.5, 10.0, "reference")
YEARS = GammaBaseline(0.5, 0.8, "reference")
AT = np.log([0.8, 1.0])
CASES = {"psborrow2": (PSBORROW, EXTERNAL, BASELINE), "e1690": (E1690, OLDER, YEARS)}
MODELS = {
    "power": PowerPrior(0.4),
    "normalised": NormalisedPowerPrior(1.0, 1.0),
    "robust": RobustMixture(0.7, 0.5),
    "commensurate": Commensurate(0.3),
    "spike": SpikeAndSlab(0.5, 1.0),
    "half_normal": HalfNormalDrift(0.5),
    "precision": PrecisionDrift(1.0, 0.1),
}


def with_one(model, data, old, baseline, **settings):
    """Return the trials with what they borrow of one study."""
    if isinstance(model, GammaMixture):
        return model.borrowed(data, baseline)
    return borrowed(data, (Source(old, model),), baseline, VAGUE, **settings)


def below(model, case, prior=VAGUE, **settings):
    data, historical, baseline = CASES[case]
    return posterior(with_one(model, data, historical, baseline), prior, baseline, AT, **settings).below[0]


def pooled(case, share):
    """P(log HR < c) with ``share`` of the historical controls among the trial's own, without any borrowing model."""
    data, old, baseline = CASES[case]
    more = ArmData(
        data.control_events + share * old.events,
        data.treated_events,
        data.control_months + share * old.months,
        data.treated_months,
    )
    return probability_below(more, VAGUE, baseline, AT)[0]


@pytest.mark.parametrize("case", CASES)
def test_limits_are_no_borrowing_and_pooling(case):
    """a0 = 0 and 1; a Beta that knows them; a mixture and a spike that are sure; a drift that cannot be."""
    nothing, everything = pooled(case, 0.0), pooled(case, 1.0)
    assert below(PowerPrior(0.0), case) == pytest.approx(nothing, abs=1e-12)
    assert below(PowerPrior(1.0), case) == pytest.approx(everything, abs=1e-12)
    assert below(NormalisedPowerPrior(200.0, 1.0), case) == pytest.approx(everything, abs=5e-3)
    assert below(NormalisedPowerPrior(1.0, 900.0), case) == pytest.approx(nothing, abs=5e-3)
    # psborrow2's controls contradict each other by a Bayes factor of 1e8 and more.
    assert below(RobustMixture(1.0 - 1e-15, 1.0), case) == pytest.approx(everything, abs=1e-6)
    assert below(RobustMixture(1e-15, 1.0), case) == pytest.approx(nothing, abs=1e-9)
    assert below(SpikeAndSlab(1.0 - 1e-15, 1.0), case) == pytest.approx(everything, abs=1e-6)
    for model in (Commensurate(1e-5), HalfNormalDrift(1e-6)):
        assert below(model, case) == pytest.approx(everything, abs=1e-4)
    # With a drift that may be anything historical controls say nothing, except which piece has the higher hazard.
    if case == "psborrow2":
        assert below(Commensurate(1e3), case) == pytest.approx(nothing, abs=1e-3)


def test_one_piece_without_borrowing_is_an_f_tail():
    """psborrow2's statistics: hazard ratio 0.8733 by the ratio of rates (its Cox model: 0.896)."""
    flat = GammaBaseline(1e-10, 1e-10, "reference")
    found = posterior(with_one(PowerPrior(0.3), PSBORROW, EXTERNAL, flat), mixture_of([(1.0, 0.0, 1e5)]), flat, AT)
    d0, y0 = 39.0 + 0.3 * 326.0, 1136.233 + 0.3 * 3575.664
    expected = stats.f(2.0 * 75.0, 2.0 * d0).cdf(np.exp(AT) * 2502.056 * d0 / (y0 * 75.0))
    assert found.below[0] == pytest.approx(expected, abs=1e-7)
    assert pytest.approx(0.8733, abs=5e-5) == 75.0 / 2502.056 / (39.0 / 1136.233)


def log_joint(case, beta, events_more, months_more):
    """Log of the integral over all hazards given beta (m,), with more controls; written out again."""
    data, _, baseline = CASES[case]
    found = beta * data.treated_events.sum() - 0.5 * (beta / 10.0) ** 2
    for j in range(data.control_events.shape[1]):
        shape = baseline.shape + data.control_events[0, j] + data.treated_events[0, j] + events_more[j]
        rate = baseline.rate + data.control_months[0, j] + months_more[j] + np.exp(beta) * data.treated_months[0, j]
        found = found + gammaln(shape) - shape * np.log(rate)
    return found


def on_a_grid(case, log_weights):
    """P(log HR < 0) from log weights (g, m) over a second unknown and the grid of beta."""
    joint = np.exp(log_weights - log_weights.max()).sum(axis=0)
    return joint[BETA < 0.0].sum() / joint.sum()


# Midpoints, so that 0 falls between two of them.
BETA = np.arange(-2.9995, 3.0, 0.001)


@pytest.mark.parametrize("case", CASES)
def test_a_normalised_power_prior_agrees_with_a_dense_grid(case):
    """4,000 midpoints of the discount, its constant by gamma functions: the definition of Duan, Ye & Smith."""
    _, old, baseline = CASES[case]
    rows = []
    for a0 in (np.arange(4000) + 0.5) / 4000:
        shape, rate = baseline.shape + a0 * old.events, baseline.rate + a0 * old.months
        constant = np.sum(gammaln(shape) - shape * np.log(rate))
        rows.append(log_joint(case, BETA, a0 * old.events, a0 * old.months) - constant)
    assert below(NormalisedPowerPrior(1.0, 1.0), case)[1] == pytest.approx(on_a_grid(case, np.array(rows)), abs=2e-5)


def half_normal_mixture(delta, scale):
    """Density of N(0, tau) with tau half-normal, by quadrature over log tau."""

    def part(log_tau):
        tau = math.exp(log_tau)
        return stats.norm.pdf(delta, scale=tau) * 2.0 * stats.norm.pdf(tau, scale=scale) * tau

    return integrate.quad(part, -14.0, 3.0, limit=300, epsabs=1e-9)[0]


def half_normal_density(delta):
    """The same for many, between 120 points in log |delta|."""
    at = np.geomspace(2e-3, 2.6, 120)
    return np.exp(np.interp(np.log(np.abs(delta)), np.log(at), np.log([half_normal_mixture(x, 0.5) for x in at])))


PRIORS = {
    "commensurate": (Commensurate(0.3), lambda d: stats.norm.pdf(d, scale=0.3)),
    "half_normal": (HalfNormalDrift(0.5), half_normal_density),
    "precision": (PrecisionDrift(1.0, 0.1), lambda d: stats.t.pdf(d, df=2.0, scale=math.sqrt(0.1))),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", PRIORS)
def test_drift_models_agree_with_a_dense_grid(case, name):
    """A third arm with log hazard ratio delta, on 1,000 points; the half-normal's SD by adaptive quadrature."""
    _, old, _ = CASES[case]
    model, prior = PRIORS[name]
    delta = np.arange(-2.4975, 2.5, 0.005)
    rows = [
        log_joint(case, BETA, old.events, math.exp(d) * old.months) + d * old.events.sum() + math.log(p)
        for d, p in zip(delta.tolist(), prior(delta).tolist(), strict=True)
    ]
    # Midpoints pass the pole of the half-normal mixture by 0.0025.
    assert below(model, case)[1] == pytest.approx(
        on_a_grid(case, np.array(rows)), abs=1e-4 if name == "half_normal" else 1e-5
    )


@pytest.mark.parametrize("case", CASES)
def test_a_spike_and_slab_weighs_pooling_against_drift(case):
    """Bayes factor by adaptive quadrature of the slab, against the weight of the first node."""
    data, old, baseline = CASES[case]
    model = SpikeAndSlab(0.5, 1.0)
    found = posterior(with_one(model, data, old, baseline), VAGUE, baseline, AT)
    peak = log_joint(case, BETA, old.events, old.months).max()

    def height(delta):
        part = log_joint(case, BETA, old.events, math.exp(delta) * old.months) + delta * old.events.sum()
        return np.exp(part - peak).sum()

    slab = integrate.quad(lambda d: height(d) * stats.norm.pdf(d), -3.0, 3.0, points=[0.0], limit=200)[0]
    assert found.node_weight[0, 0] == pytest.approx(height(0.0) / (height(0.0) + slab), rel=1e-4)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_forty_and_four_hundred_nodes_agree(case, name):
    few, many = (below(MODELS[name], case, nodes=nodes) for nodes in (40, 400))
    assert np.abs(few - many).max() < 1e-8


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["normalised", "commensurate", "spike", "half_normal", "precision"])
def test_more_nodes_of_the_second_unknown_change_nothing(case, name):
    data, old, baseline = CASES[case]
    many = posterior(with_one(MODELS[name], data, old, baseline, nodes=120), VAGUE, baseline, AT).below[0]
    assert np.abs(below(MODELS[name], case) - many).max() < 1e-5


def test_a_gamma_mixture_averages_its_components():
    """Each component alone is a plain baseline; weights by its marginal likelihood (scipy's quad)."""
    parts = [(0.5, 30.0, 400.0), (0.3, 3.0, 60.0), (0.2, 0.5, 10.0)]
    model = GammaMixture(*(tuple(column) for column in zip(*((w, (a,), (b,)) for w, a, b in parts), strict=True)))
    prior = mixture_of([(1.0, 0.0, 1.0)])
    found = posterior(with_one(model, PSBORROW, EXTERNAL, BASELINE), prior, BASELINE, AT)
    probabilities, weights = [], []
    for weight, a, b in parts:
        alone = GammaBaseline(a, b, "reference")
        probabilities.append(probability_below(PSBORROW, prior, alone, AT)[0])

        def height(beta, a=a, b=b):
            rate = b + 1136.233 + math.exp(beta) * 2502.056
            log_height = 75.0 * beta - (a + 114.0) * math.log(rate) - 0.5 * beta**2
            return math.exp(log_height + gammaln(a + 114.0) + a * math.log(b) - gammaln(a) + 500.0)

        weights.append(weight * integrate.quad(height, -3.0, 3.0, points=[-0.13], epsrel=1e-11, limit=200)[0])
    assert found.below[0] == pytest.approx(np.average(probabilities, axis=0, weights=weights), abs=1e-8)
    assert found.node_weight[0] == pytest.approx(np.array(weights) / sum(weights), abs=1e-8)


def test_a_robust_mixture_is_a_gamma_mixture():
    """Historical gammas and the vague one, written out."""
    old = GammaMixture((0.7, 0.3), ((0.5 + 163.0,), (0.5,)), ((10.0 + 1787.832,), (10.0,)))
    assert below(old, "psborrow2") == pytest.approx(below(RobustMixture(0.7, 0.5), "psborrow2"), abs=1e-12)
