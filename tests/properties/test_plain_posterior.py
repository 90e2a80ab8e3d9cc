"""Odd compositions of structures and outcomes: the log density of every engine, against plain loops over patients.

What is equal, and up to what, is said in docs/methods/likelihood.md, Second sources.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymc.model.transform.conditioning import remove_value_transforms
from scipy.special import logsumexp

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import log_prior, log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.native.density import Around, Density, mixtures
from escc_bayes.bayes.native.rows import likelihood_rows
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.pymc.build import build_model
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.properties.compositions import STATES, TERMS, compositions
from tests.properties.plainly.likelihood import Likelihood
from tests.properties.plainly.prior import Prior
from tests.unit.bayes.densities import pymc_values

WITHIN = 1e-8
# Every outcome, and every own term of one endpoint, whatever else is drawn.
COMPANY = [("one", term) for term in dict.fromkeys(TERMS)] + [(kind, "none") for kind in ("changing", "rows", *STATES)]
# A treatment that would begin after follow-up is said with its row, and counts as none.
pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")


def planned(drawn):
    """Return the plan of a composition."""
    frame = pd.DataFrame(drawn.table)
    cohort = read_cohort(frame, schema_from(drawn.schema, "drawn"), provenance="simulated")
    return make_plan(spec_from(drawn.spec, "m.toml"), cohort)


def drawn_point(coords, seed):
    """Return a point in the engines' coordinates; log rates under a gamma prior near its middle."""
    rng = np.random.default_rng(seed)
    x, u = 0.7 * rng.standard_normal((1, coords.latents)), 0.7 * rng.standard_normal((1, len(coords.hypers)))
    if coords.gamma is not None:
        x[:, : coords.pieces] -= 2.0
    return x, u


class Plainly:
    """A composition in plain loops, at named parameters."""

    def __init__(self, drawn, values):
        self.named = {name: value[0] for name, value in values.items()}
        self.likelihood = Likelihood(drawn.schema, drawn.spec, drawn.table)
        self.prior = Prior(drawn.spec, self.likelihood)
        self.patients, self.sources = self.likelihood.at(self.named)

    def density(self, *, of_scores):
        """Return the log joint density of parameters, or of their scores."""
        return self.patients.sum() + self.sources + self.prior.at(self.named, of_scores=of_scores)


def close(ours, plain):
    np.testing.assert_allclose(ours, plain, rtol=WITHIN, atol=WITHIN)


@pytest.mark.parametrize(("kind", "term"), COMPANY)
@given(choice=st.data(), seed=st.integers(0, 10_000))
@settings(max_examples=6)
def test_both_engines_of_numpy_have_the_density_of_plain_loops(kind, term, choice, seed):
    """``laplace`` in scores; ``nuts`` in the same, moved and turned, with the volume of partial centring."""
    drawn = choice.draw(compositions((kind,), (term,)))
    plan = planned(drawn)
    coords = coordinates(plan)[0]
    x, u = drawn_point(coords, seed)
    plain = Plainly(drawn, parameter_values(coords, x, u))
    cells = cells_of(plan)
    close(laplace(plan, cells, x, u), plain.density(of_scores=True))
    close(*native(plan, coords, cells, x, u, plain))


def laplace(plan, cells, x, u):
    """Return the density of ``laplace`` at a point; of a mixture prior, of the number that has it, all components."""
    parts, found = coordinates(plan), []
    for coords in parts:
        own, moved = x.copy(), 0.0
        for slot, first in zip(coords.parameters, parts[0].parameters, strict=True):
            if len(parts) > 1 and slot.name == "b_arm":
                own[:, slot.start] = (first.mean + first.sd * x[:, slot.start] - slot.mean) / slot.sd
                moved = np.log(slot.sd)
        psi = predictors(coords, own, u, log_scales(coords, u))
        found.append(cells.given(log_shape(coords, u)).value(psi)[0] + log_prior(coords, own, u)[0] - moved)
    return logsumexp(found)


def native(plan, coords, cells, x, u, plain):
    """Return the density that ``nuts`` samples at a point, and the plain one with the volume of its coordinates."""
    rng = np.random.default_rng(1)
    factor = 0.6 * np.eye(coords.latents) + 0.1 * rng.standard_normal((coords.latents, coords.latents))
    around = Around(0.4 * rng.standard_normal(len(coords.hypers)), 0.2 * rng.standard_normal(coords.latents), factor)
    target = Density(coords, likelihood_rows(cells, coords), mixtures(plan, coords), around)
    ratio = np.ones((1, coords.latents)) if target.scales is None else target.scales.latents(np.ones_like(x), u)
    q = np.concatenate([np.linalg.solve(factor, (x / ratio)[0] - around.centre), u[0]])
    mixed = sum(np.log(mixture.sd) for mixture in target.mixed)
    return target(q)[0], plain.density(of_scores=True) + float(np.log(ratio).sum()) + mixed


@given(compositions(), st.integers(0, 10_000))
@settings(max_examples=30)
def test_the_log_likelihood_of_each_patient_is_that_of_plain_loops(drawn, seed):
    """Of patients as leave-one-out has it; in the order of the table."""
    plan = planned(drawn)
    coords = coordinates(plan)[0]
    values = parameter_values(coords, *drawn_point(coords, seed))
    plain = Plainly(drawn, values)
    copies = [p.copies for p in plain.likelihood.patients]
    found = patient_log_likelihood(plan, {name: value[None] for name, value in values.items()})[0][0]
    close(found, np.repeat(plain.patients / copies, copies))


def pymc_density(plan, values):
    """Return PyMC's log density of the parameters themselves, as its model states them."""
    model = remove_value_transforms(build_model(plan))
    given_values = pymc_values(plan, values)
    point = {v.name: given_values[v.name][0] if v.ndim else given_values[v.name][0, 0] for v in model.value_vars}
    return float(model.compile_logp(jacobian=False, mode="FAST_COMPILE")(point))


@given(compositions(), st.integers(0, 10_000))
@settings(max_examples=5)
def test_pymc_has_the_density_of_plain_loops(drawn, seed):
    plan = planned(drawn)
    coords = coordinates(plan)[0]
    values = parameter_values(coords, *drawn_point(coords, seed))
    close(pymc_density(plan, values), Plainly(drawn, values).density(of_scores=False))
