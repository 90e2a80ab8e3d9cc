"""No module imports, by whatever way round, what imports it."""

import pytest

from tests.imports import SOURCES, circles, imports

TYPED = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A\n"
# What the second module says of the first, which imports it at the top; where such an import stands.
PLANTED = {
    "at the top": ("from p.a import A\n", "top"),
    "the package's module": ("from p import a\n", "top"),
    "inside a function": ("def f():\n    import p.a\n", "function"),
    "in a method": ("class B:\n    def f(self):\n        from p.a import A\n", "function"),
    "for type checkers": (TYPED, "typing"),
    "by its name": ("from importlib import import_module\nA = import_module('p.a')\n", "function"),
}


def test_there_are_no_circles_of_imports():
    """The contract: not at the top, not inside functions, not for type checkers."""
    assert circles(imports(SOURCES)) == []


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_circle_is_found(where, tmp_path):
    text, kind = PLANTED[where]
    package = tmp_path / "p"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from p.b import B\n")
    (package / "b.py").write_text(text)
    (package / "c.py").write_text("import p.a\nimport p.b\n")
    found = imports(package)
    assert found["p.b"]["p.a"] == kind
    (way,) = circles(found)
    assert set(way) == {"p.a", "p.b"}
    assert bool(circles(found, ("top",))) == (kind == "top")


def test_every_module_is_looked_at():
    found = imports(SOURCES)
    assert len(found) == len(list(SOURCES.rglob("*.py")))
    assert found["escc_bayes.bayes.posterior.fit"]["escc_bayes.bayes.posterior.posterior"] == "top"
    assert found["escc_bayes.bayes.posterior.posterior"]["escc_bayes.bayes.posterior.netcdf"] == "function"
    assert found["escc_bayes.bayes.engines.registry"]["escc_bayes.bayes.engines.pymc"] == "function"
