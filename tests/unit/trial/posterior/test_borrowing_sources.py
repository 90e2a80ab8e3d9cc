"""Several historical studies, and studies with both arms: limits, orders, dense grids; what a file may say of them."""

import math

import numpy as np
import pytest
from scipy.special import gammaln

from escc_bayes.foundation.scheduler import Serial
from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.borrowing import GammaMixture, Source, borrowed
from escc_bayes.trial.posterior.commensurate_prior import Commensurate, PrecisionDrift
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline
from escc_bayes.trial.posterior.historical import Historical
from escc_bayes.trial.posterior.marginal_posterior import posterior
from escc_bayes.trial.posterior.power_prior import NormalisedPowerPrior, PowerPrior, RobustMixture
from escc_bayes.trial.requests.borrowing_map import borrowing_map
from tests.unit.trial.designs import BORROWED as DESIGN
from tests.unit.trial.designs import small
from tests.unit.trial.posterior.test_borrowing import MODELS


def row(*numbers):
    return np.array([numbers])


TRIAL = ArmData(row(12.0, 9.0), row(8.0, 10.0), row(160.0, 190.0), row(170.0, 260.0))
OLD = Historical(np.array([30.0, 20.0]), np.array([500.0, 420.0]))
OTHER = Historical(np.array([14.0, 22.0]), np.array([150.0, 300.0]))
BOTH = Historical(np.array([30.0, 20.0]), np.array([500.0, 420.0]), np.array([18.0, 16.0]), np.array([480.0, 500.0]))
BASELINE, VAGUE = GammaBaseline(0.5, 10.0, "reference"), mixture_of([(1.0, 0.0, 2.0)])
AT = np.log([0.8, 1.0])


def found(*sources, **settings):
    studies = tuple(Source(study, model) for study, model in sources)
    return posterior(borrowed(TRIAL, studies, BASELINE, VAGUE, **settings), VAGUE, BASELINE, AT)


@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_studies_does_not_matter(name):
    model = MODELS[name]
    one, other = found((OLD, model), (OTHER, model)), found((OTHER, model), (OLD, model))
    assert one.below[0] == pytest.approx(other.below[0], abs=2e-5)
    assert one.mean[0] == pytest.approx(other.mean[0], abs=2e-5)


@pytest.mark.parametrize("name", MODELS)
def test_more_nodes_change_nothing(name):
    few, many = (found((OLD, MODELS[name]), (OTHER, MODELS[name]), nodes=nodes) for nodes in (None, 40))
    assert few.below[0] == pytest.approx(many.below[0], abs=5e-5)


def test_three_studies_agree_with_more_nodes():
    for name in ("normalised", "commensurate", "spike"):
        sources = [(study, MODELS[name]) for study in (OLD, OTHER, OLD)]
        assert found(*sources).below[0] == pytest.approx(found(*sources, nodes=24).below[0], abs=3e-4)


def test_half_a_study_twice_is_that_study():
    """A fixed discount adds up; a robust mixture that is sure of both pools both."""
    half = Historical(OLD.events / 2.0, OLD.months / 2.0)
    once, twice = found((OLD, PowerPrior(0.4))), found((half, PowerPrior(0.4)), (half, PowerPrior(0.4)))
    assert twice.below[0] == pytest.approx(once.below[0], abs=1e-12)
    sure = RobustMixture(1.0 - 1e-12, 1.0)
    pooled = found((OLD, PowerPrior(1.0)), (OTHER, PowerPrior(1.0)))
    assert found((OLD, sure), (OTHER, sure)).below[0] == pytest.approx(pooled.below[0], abs=1e-8)


def test_studies_have_discounts_of_their_own():
    alone = found((OTHER, PowerPrior(0.7)))
    both = found((OLD, PowerPrior(0.0)), (OTHER, PowerPrior(0.7)))
    assert both.below[0] == pytest.approx(alone.below[0], abs=1e-12)


def log_joint(beta, control, treated):
    """Log of the integral over all hazards given beta (m,); (events, months) of each arm in pieces."""
    total = beta * treated[0].sum() - 0.5 * (beta / 2.0) ** 2
    for j in range(2):
        shape = 0.5 + control[0][j] + treated[0][j]
        total = total + gammaln(shape) - shape * np.log(10.0 + control[1][j] + np.exp(beta) * treated[1][j])
    return total


# Midpoints, so that 0 falls between two of them.
BETA = np.arange(-2.9975, 3.0, 0.005)
OWN = ((TRIAL.control_events[0], TRIAL.control_months[0]), (TRIAL.treated_events[0], TRIAL.treated_months[0]))


def share_below(log_weights):
    joint = np.exp(log_weights - log_weights.max()).reshape(-1, BETA.size).sum(axis=0)
    return joint[BETA < 0.0].sum() / joint.sum()


def test_two_drifts_agree_with_a_dense_grid():
    """Two historical arms with log hazard ratios N(0, 0.3), 121 points of each."""
    drifts = np.linspace(-1.2, 1.2, 121)
    rows = []
    for d1 in drifts:
        for d2 in drifts:
            events = OWN[0][0] + OLD.events + OTHER.events
            months = OWN[0][1] + math.exp(d1) * OLD.months + math.exp(d2) * OTHER.months
            prior = d1 * OLD.total + d2 * OTHER.total - 0.5 * (d1**2 + d2**2) / 0.09
            rows.append(log_joint(BETA, (events, months), OWN[1]) + prior)
    model = Commensurate(0.3)
    assert found((OLD, model), (OTHER, model)).below[0, 1] == pytest.approx(share_below(np.array(rows)), abs=2e-5)


def test_a_normalised_power_prior_with_both_arms_agrees_with_a_dense_grid():
    """Its constant integrates over the hazard ratio too: by the grid of beta, at 2,000 midpoints of the discount."""
    rows = []
    for a0 in (np.arange(2000) + 0.5) / 2000:
        old = ((a0 * BOTH.events, a0 * BOTH.months), (a0 * BOTH.treated_events, a0 * BOTH.treated_months))
        constant = np.log(np.exp(log_joint(BETA, *old)).sum())
        more = tuple((own[0] + arm[0], own[1] + arm[1]) for own, arm in zip(OWN, old, strict=True))
        rows.append(log_joint(BETA, *more) - constant)
    value = found((BOTH, NormalisedPowerPrior(1.0, 1.0))).below[0, 1]
    assert value == pytest.approx(share_below(np.array(rows)), abs=1e-5)


def test_both_arms_borrow_the_effect_and_controls_alone_do_not():
    """a0 = 1 pools four arms."""
    pooled = ArmData(
        *(
            own + old
            for own, old in zip(
                (TRIAL.control_events, TRIAL.treated_events, TRIAL.control_months, TRIAL.treated_months),
                (BOTH.events, BOTH.treated_events, BOTH.months, BOTH.treated_months),
                strict=True,
            )
        )
    )
    expected = posterior(borrowed(pooled, (Source(OLD, PowerPrior(0.0)),), BASELINE, VAGUE), VAGUE, BASELINE, AT)
    assert found((BOTH, PowerPrior(1.0))).below[0] == pytest.approx(expected.below[0], abs=1e-12)
    sds = [found((study, PowerPrior(1.0))).sd[0] for study in (BOTH, OLD)]
    assert sds[0] < sds[1]


def sources(*studies, **model):
    return DESIGN["borrowing"] | {"events": None, "months": None, "discount": None, **model, "source": list(studies)}


def read(borrowing):
    return small(**DESIGN | {"borrowing": {key: value for key, value in borrowing.items() if value is not None}})


ONE = {"name": "first", "events": [100.0], "months": [1731.0]}
TWO = {"name": "second", "events": [40.0], "months": [500.0], "discount": 0.2}


def test_studies_are_read_with_their_own_keys_first():
    design = read(sources(ONE, TWO, model="power", discount=0.5))
    assert [source.model.discount for source in design.borrowing.sources] == [0.5, 0.2]
    assert design.borrowing.rates == pytest.approx([140.0 / 2231.0])
    said = design.borrowing.words()
    assert (
        "first: 100 events in 1731 person-months of historical controls: power prior, each counts 0.5; second: 40"
        in said
    )
    drawn = borrowing_map(design, seed=1, scheduler=Serial())
    gained = [point.events_gained for point in drawn.of("bayes")]
    assert all(other > 10.0 for other in gained)


def test_precision_and_treated_are_read():
    design = read(sources(ONE, model="gamma_precision", precision={"gamma": [0.001, 0.001]}))
    assert design.borrowing.sources[0].model == PrecisionDrift(0.001, 0.001)
    treated = ONE | {"treated_events": [60.0], "treated_months": [1500.0]}
    design = read(sources(treated, model="power", discount=0.5))
    assert design.borrowing.sources[0].historical.both_arms
    assert "and 60 in 1500 of its treated" in design.borrowing.words()


@pytest.mark.parametrize(
    ("borrowing", "said"),
    [
        (sources(*[ONE] * 4, model="power", discount=0.5), "write one to 3 studies"),
        (sources(ONE, model="power", discount=0.5, events=[1.0]), "'events' belongs to each"),
        (sources(ONE | {"treated_events": [3.0]}, model="power", discount=0.5), "treated_months: give 1 number"),
        (
            sources(ONE | {"treated_events": [3.0], "treated_months": [9.0]}, model="commensurate", sd=0.3),
            "not by drift",
        ),
        (sources(ONE | {"sd": 0.3}, model="power", discount=0.5), "unknown key 'sd'"),
        (sources(ONE, model="power"), "source 1, discount"),
        (sources({"events": [1.0]}, model="power", discount=0.5), "source 1, months"),
    ],
)
def test_studies_that_cannot_be_borrowed_are_refused(borrowing, said):
    with pytest.raises(Exception, match=said) as caught:
        read(borrowing)
    assert str(caught.value).startswith("small.toml, [borrowing]")


def test_a_gamma_mixture_takes_the_place_of_sources():
    parts = [{"weight": 0.8, "events": [60.0], "months": [1000.0]}, {"weight": 0.2, "events": [1.0], "months": [17.0]}]
    design = read(sources(ONE, model="gamma_mixture", components=parts))
    assert isinstance(design.borrowing.mixture, GammaMixture)
    assert "mixture of 2 gamma priors" in design.borrowing.words()
