"""Parameters, dimensions, coordinates and coefficients of structures stay what they were; a new one needs one file."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SpecError, TomlError
from escc_bayes.report.verbs.files import EMPTY as TABLES
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.structures import registry
from escc_bayes.spec.structures.coding import number_column
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import PRIOR
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast
from tests.reference import structure_plans

SOURCES = Path(registry.__file__).parents[2]
STORED = json.loads(structure_plans.STORED.read_text())
PLANS = {name: plan for name, plan, _ in structure_plans.plans()}


@pytest.mark.parametrize("name", PLANS)
def test_parameters_coordinates_and_coefficients_are_those_of_before(name):
    """Stored by tests/reference/structure_plans.py, for six of them when a structure was a word that engines matched.

    The likelihood to 1e-11: numpy adds products in an order that depends on the machine.
    """
    found, stored = structure_plans.summary(PLANS[name]), STORED[name]
    assert (found["shapes"], found["dims"]) == (stored["shapes"], stored["dims"])
    assert np.allclose(found["coefficients"], stored["coefficients"], rtol=0, atol=1e-12)
    assert np.allclose(found["coordinates"], stored["coordinates"], rtol=1e-12, atol=1e-12)
    assert np.allclose(found["likelihood"], stored["likelihood"], rtol=1e-11, atol=1e-11)


def test_no_other_file_knows_a_structure_by_its_word():
    """Nor by the file that holds it. Tables, and kinds of covariates, may have a word in common with a structure."""
    tables = set(re.findall(r"(\w+)\.csv", (SOURCES.parents[1] / "docs" / "columns.md").read_text())) | set(TABLES)
    words = {structure.WORD for structure in registry.SHIPPED}
    hits = [
        f"{path.relative_to(SOURCES)}:{line}: {what}"
        for path in SOURCES.rglob("*.py")
        if not path.is_relative_to(SOURCES / "spec" / "structures")
        for line, what in named(ast.parse(path.read_text(encoding="utf-8")), words - tables - KINDS)
    ]
    assert hits == []


# Kinds of covariates, and what evidence calls what it pools, and patients of a study.
KINDS = {"ordered", "pooled", "subgroup"}


def named(tree, words):
    """Yield line and text where code (not a docstring) has a structure's word, or imports from a structure's file.

    A word of two parts is looked for inside texts, too: it is nothing else than the structure's.
    """
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = re.compile("|".join(rf"\b{word}\b" for word in words if "_" in word) or "(?!)")
    homes = {f"escc_bayes.spec.structures.{structure.WORD}" for structure in registry.SHIPPED}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            if node.value in words or inside.search(node.value) or f"escc_bayes.{node.value}" in homes:
                yield node.lineno, node.value
        elif isinstance(node, ast.ImportFrom) and node.module in homes:
            yield node.lineno, node.module
        elif isinstance(node, ast.Compare | ast.Match):
            asked = node.left if isinstance(node, ast.Compare) else node.subject
            if isinstance(asked, ast.Attribute) and asked.attr in ("WORD", "structure"):
                yield node.lineno, ast.unparse(asked)


ASKING = {
    'if effect.WORD == "ordered": pass',
    'if kind == "exchangeable": pass',
    'match effect.structure:\n    case "pooled": pass',
    "from escc_bayes.spec.structures.linear import Linear",
    'advice = f"a random_intercept for {1}"',
    'home = "spec.structures.fixed"',
}


@pytest.mark.parametrize("code", sorted(ASKING))
def test_code_that_asks_for_a_word_is_found(code):
    words = {structure.WORD for structure in registry.SHIPPED} - KINDS
    assert list(named(ast.parse(code), words))


@dataclass(frozen=True, slots=True)
class Common:
    """Several numbers with one coefficient: as CONTRIBUTING.md adds a structure."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal

    WORD = "common"
    KINDS = ("continuous", "binary")
    SEVERAL = True
    KEYS = {"prior": PRIOR}  # noqa: RUF012 - what the protocol asks for

    def columns(self, rows):
        parts = [number_column(rows, name) for name in self.covariates]
        labels = tuple(label for part in parts for label in part.coding.labels)
        return Columns(np.hstack([part.values for part in parts]), Coding(labels, ((),) * len(parts)))

    def free(self, _):
        return (Free(f"b_{self.name}", self.prior),)

    def terms(self, coding):
        return (Term(f"b_{self.name}", np.ones((coding.width, 1))),)

    def words(self, *_):
        return f"{self.name}: one coefficient of {' and '.join(self.covariates)}: {self.prior.hazard_ratio_words()}."

    def contrasts(self, _):
        return tuple(Contrast(name) for name in self.covariates)

    def by_construction(self, *_):
        return ""

    def unshrunk(self):
        return tuple(registry.Linear(name, (name,), self.prior) for name in self.covariates)


@pytest.fixture
def registered(monkeypatch):
    """The registry with one structure more, for one test."""
    monkeypatch.setattr(registry, "_known", dict(registry._known))
    return registry.register_structure(Common)


@pytest.fixture(scope="module")
def patients():
    """80 SIMULATED patients with two markers and their sum."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 80)).round(2)
    time = rng.exponential(10 * np.exp(-0.5 * (a + b)))
    frame = pd.DataFrame(
        {"t": np.minimum(time, 25.0).round(3) + 0.01, "d": (time < 25.0) * 1, "a": a, "b": b, "s": a + b}
    )
    kinds = {name: {"kind": "continuous"} for name in ("a", "b", "s")}
    schema = schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": kinds}, "toy")
    return read_cohort(frame, schema, provenance="simulated", name="toy")


def model(**effect):
    return spec_from(
        {
            "name": "toy",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "reference_time": 6.0},
            "priors": {
                "baseline_log_cumulative_hazard": {"normal": [0.0, 1.0]},
                "log_shape": {"normal": [0.0, 0.3]},
            },
            "effect": [{"prior": {"normal": [0.0, 0.5]}, **effect}],
        },
        "toy.toml",
    )


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_a_structure_of_a_users_own_is_fitted_by_both_engines(registered, patients, engine):
    """One coefficient of a and of b is the coefficient of a + b: a model without the new structure says the same."""
    draws = {"laplace": 2000, "nuts": 600}[engine]
    own = model(name="both", covariates=["a", "b"], structure="common")
    mine = fit(own, patients, seed=4, engine=engine, draws=draws)
    sum_of = fit(model(covariate="s", structure="linear"), patients, seed=4, engine=engine, draws=draws)
    expected = sum_of.estimate(HazardRatio("s"), level=0.95)
    for term in ("a", "b"):
        found = mine.estimate(HazardRatio(term), level=0.95)
        assert found.log_mean == pytest.approx(expected.log_mean, abs=0.15 * expected.log_sd)
        assert found.log_sd == pytest.approx(expected.log_sd, rel=0.1)
    assert "one coefficient of a and b" in " ".join(describe(make_plan(own, patients)))
    assert [e.term for e in mine.hazard_ratios(level=0.95)] == ["a", "b"]


def test_a_structure_of_a_users_own_meets_classical_methods(registered, patients):
    own = model(name="both", covariates=["a", "b"], structure="common")
    asked = HazardRatio("a")
    plain = model(covariate="a", structure="linear")
    beside = {e.method: e.value for e in fit_classical(own, patients).estimate(asked, level=0.95)}
    assert beside["cox_univariable"] == pytest.approx(
        {e.method: e.value for e in fit_classical(plain, patients).estimate(asked, level=0.95)}["cox"], rel=1e-9
    )


def test_a_word_is_taken_once(registered):
    @dataclass(frozen=True)
    class Other(Common):
        WORD = "common"

    with pytest.raises(SpecError, match="'common' exists already"):
        registry.register_structure(Other)


def test_a_word_that_nobody_registered_is_refused_with_the_known_ones():
    with pytest.raises(TomlError, match="'common' is not possible here; known: fixed, linear"):
        model(name="both", covariates=["a", "b"], structure="common")
