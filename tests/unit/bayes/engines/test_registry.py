"""One place chooses the engine; a further one is a class and its registration. A plan is made once."""

import numpy as np
import pytest
from tests.conftest import weibull_spec

import escc_bayes as eb
from escc_bayes.bayes.engines import registry as engines
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fallback import fit_or_replace, replaced
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.sampling.draws import Draws, checked
from escc_bayes.bayes.sampling.sampler import Run
from escc_bayes.cli.sampling import Sampling, checked_plans, gathered
from escc_bayes.foundation.errors import EngineReplacedWarning, InputError, SpecError
from escc_bayes.report.page import bundle as bundles
from escc_bayes.report.page.bundle import SERIAL, quiet
from escc_bayes.spec import plan as plans
from escc_bayes.spec.selection import select_rows

TRIED = 40_000


class FromPrior:
    """Draws from the prior, weighted by the likelihood: right, and wasteful."""

    ENGINE, BACKEND = "from_prior", ""
    DRAWS = 500
    INSTEAD = "laplace"

    def run(self, plan, settings, seed, progress):
        shape = (settings.chains, settings.draws or self.DRAWS)
        values = prior_draws(plan, TRIED, seed)
        log_lik = patient_log_likelihood(plan, {name: drawn[None] for name, drawn in values.items()})[0].sum(axis=1)
        weight = np.exp(log_lik - log_lik.max())
        effective = weight.sum() ** 2 / (weight**2).sum()
        chosen = np.random.default_rng(seed).choice(TRIED, shape, p=weight / weight.sum())
        stats = {"pareto_k": 0.3, "importance_ess": effective, "grid_edge": 0.0}
        drawn = Draws({n: v[chosen] for n, v in values.items()}, {n: np.full(shape, v) for n, v in stats.items()})
        progress("From the prior", 1, 1, 0)
        return Run(drawn, checked(plan, drawn), {"tried": TRIED})


@pytest.fixture
def registered(monkeypatch):
    """The registry with one engine more, for one test."""
    monkeypatch.setattr(engines, "_known", dict(engines._known))
    return eb.register_sampler(FromPrior)


@pytest.fixture(scope="module")
def plan(larynx):
    return eb.make_plan(weibull_spec(), larynx)


def test_an_engine_of_a_users_own_agrees_with_laplace(registered, larynx, plan):
    """Second source: ``laplace``, which shares neither proposal nor weights with it."""
    told = []
    with pytest.warns(UserWarning, match="NOT FIT FOR USE: importance sample size"):
        mine = eb.fit(weibull_spec(), larynx, seed=3, engine="from_prior", progress=lambda *a: told.append(a[0]))
    assert (mine.method, told) == ("bayes_from_prior", ["From the prior"])
    assert dict(mine.record.settings) == {"tried": TRIED}
    effective = mine.diagnostics.importance_ess
    assert effective > 25
    by_laplace = eb.fit_plan(plan, eb.RunSettings("laplace"), seed=3)
    for found, expected in zip(mine.coefficients.T, by_laplace.coefficients.T, strict=True):
        assert found.mean() == pytest.approx(expected.mean(), abs=4 * expected.std() / np.sqrt(effective))


def test_the_engine_that_it_names_answers_where_it_must_not(registered, plan):
    with pytest.warns(EngineReplacedWarning, match="engine from_prior is not fit for use .* engine laplace answers"):
        found = fit_or_replace(plan, eb.RunSettings("from_prior", draws=500), seed=3)
    assert found.method == "bayes_laplace"
    assert replaced(found).startswith("from_prior (importance sample size")


def test_words_are_taken_once_and_unknown_ones_are_refused(registered, plan):
    class Other(FromPrior):
        pass

    with pytest.raises(SpecError, match="engine 'from_prior' exists already"):
        eb.register_sampler(Other)
    with pytest.raises(SpecError, match="engine 'from_priors' is not possible; did you mean 'from_prior'"):
        eb.fit_plan(plan, eb.RunSettings("from_priors"))
    with pytest.raises(SpecError, match="backend 'pymc' belongs to engine nuts, not to engine from_prior"):
        eb.fit_plan(plan, eb.RunSettings("from_prior", "pymc"))
    assert engines.backends("nuts") == ("native", "pymc")


@pytest.mark.parametrize(("slip", "words"), [({"draws": 0}, "draws is 0"), ({"chains": 2.5}, "chains is 2.5")])
def test_settings_refuse_what_cannot_be_counted(slip, words):
    with pytest.raises(InputError, match=f"RunSettings: {words}; give a whole number of 1 or more"):
        eb.RunSettings(**slip)


def test_a_plan_and_its_specification_give_the_same_answers(larynx, plan):
    """Whoever makes the plan: draws, classical estimates and prior check are the same bits."""
    spec = weibull_spec()
    one = eb.fit(spec, larynx, seed=5, engine="laplace", draws=300)
    other = eb.fit_plan(plan, eb.RunSettings("laplace", draws=300), seed=5)
    assert one.record == other.record
    assert all(np.array_equal(drawn, other.values[name]) for name, drawn in one.values.items())
    assert repr(eb.fit_classical(spec, larynx)) == repr(eb.fit_classical_plan(plan))
    assert repr(eb.prior_check(spec, larynx, seed=2)) == repr(eb.prior_check_plan(plan, seed=2))


@pytest.mark.parametrize("engine", ["laplace", None])
def test_each_plan_is_made_once_for_all_that_a_report_computes(engine, larynx, monkeypatch):
    """Two models: rows are selected twice, for posteriors, confirmation, classical methods and prior checks."""
    made = []
    monkeypatch.setattr(plans, "select_rows", lambda *a, **b: (made.append(a[1]), select_rows(*a, **b))[1])
    # Attribution is of other models too, each with rows of its own.
    monkeypatch.setattr(bundles, "attribute", lambda *_: ())
    sampling = Sampling(draws=1000, tune=200)
    plans_of = checked_plans(["larynx_piecewise", "larynx_piecewise@sceptical"], larynx, sampling.settings("nuts"))
    found = gathered(larynx, plans_of, engine, sampling, quiet, SERIAL)
    assert made == ["os", "os"]
    assert {len(found.posteriors), len(found.classical), len(found.prior_checks)} == {2}
    assert [p.method for p in found.confirmations.values()] == ([] if engine else ["bayes_nuts"])
    assert all(posterior.plan is plan for posterior, plan in zip(found.posteriors.values(), plans_of, strict=True))
