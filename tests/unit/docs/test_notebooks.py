"""Notebooks: what they import is there, data that are not observed are said first, `make notebooks` finds a kernel."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_imports_is_there(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("escc_bayes"):
            home = import_module(str(node.module))
            assert [name.name for name in node.names if not hasattr(home, name.name)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_first_that_its_data_are_not_observed(path):
    words = path.read_text(encoding="utf-8").split("# %%")[1]
    assert "RECONSTRUCTED data" in words or "SIMULATED data" in words


def test_make_gives_every_notebook_a_kernel_of_its_own_environment():
    made = (ROOT / "Makefile").read_text(encoding="utf-8").split("notebooks: .venv/.synced")[1].split("\n\n")[0]
    assert "--set-kernel python3" in made
    assert "jupyter-execute" in made
