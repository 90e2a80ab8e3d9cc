"""When NUTS samples again, and how: by what failed in a run of the default length."""

import numpy as np
import pytest

from escc_bayes.bayes.engines.nuts import run_nuts
from escc_bayes.bayes.model.prior import parameter_priors
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.bayes.sampling.settings import NutsSettings, RunSettings
from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

DEFAULT = NutsSettings(1500, 500, 4, 0.9, "native")
SMALLER = NutsSettings(1500, 1000, 4, (4.0 + 0.9) / 5.0, "native")
CAREFUL = NutsSettings(3000, 3000, 4, (9.0 + 0.9) / 10.0, "native")


@pytest.fixture(scope="module")
def plan():
    """Return the plan of a bundled model."""
    return make_plan(load_spec("larynx_piecewise"), example_cohort("larynx"))


class Backend:
    """Draws from normals; each run has so many divergences in its first chain, and chains so far apart."""

    def __init__(self, *runs):
        self.runs, self.asked = list(runs), []

    def __call__(self, plan, settings, seed, report):
        diverged, apart = self.runs[len(self.asked)]
        self.asked.append(settings)
        rng = np.random.default_rng(seed if isinstance(seed, int) else 1)
        chains = 1 if diverged and not settings.to_the_end else settings.chains
        shift = apart * np.arange(chains)[:, None, None]
        sizes = {name: int(np.prod(shape)) for name, (shape, _) in parameter_priors(plan).items()}
        values = {name: rng.normal(size=(chains, settings.draws, size)) + shift for name, size in sizes.items()}
        diverging = np.zeros((chains, settings.draws), dtype=bool)
        diverging[0, :diverged] = True
        return Draws(values, {"diverging": diverging})


@pytest.mark.parametrize(
    ("runs", "asked"),
    [
        ([(0, 0.0)], [DEFAULT]),
        ([(2, 0.0), (0, 0.0)], [DEFAULT, SMALLER]),
        ([(2, 0.0), (1, 0.0), (0, 0.0)], [DEFAULT, SMALLER, CAREFUL]),
        ([(200, 0.0), (0, 0.0)], [DEFAULT, CAREFUL]),
        ([(0, 3.0), (0, 0.0)], [DEFAULT, CAREFUL]),
    ],
    ids=["fit", "a few divergences", "still a few", "many divergences", "chains apart"],
)
def test_a_run_is_repeated_by_what_failed(plan, runs, asked):
    sample = Backend(*runs)
    run = run_nuts(sample, DEFAULT, plan, RunSettings("nuts"), 3, lambda *_: None)
    assert [one.stated() for one in sample.asked] == [one.stated() for one in asked]
    assert [one.to_the_end for one in sample.asked] == [False] + [True] * (len(asked) - 1)
    assert run.settings == asked[-1].stated()
    assert run.diagnostics.fit_for_use


def test_a_run_of_other_settings_is_made_to_its_end_and_once(plan):
    sample = Backend((2, 0.0))
    run = run_nuts(sample, DEFAULT, plan, RunSettings("nuts", draws=1000), 3, lambda *_: None)
    assert [one.to_the_end for one in sample.asked] == [True]
    assert run.diagnostics.divergences == 2
