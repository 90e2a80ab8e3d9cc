"""Notebooks: what they import is there, their prose types no number, pages of the site show what they print."""

import ast
import importlib.util
import re
from importlib import import_module
from pathlib import Path

import jupytext
import nbformat
import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.fixture(scope="module")
def pages():
    found = importlib.util.spec_from_file_location("notebook_pages", ROOT / "docs" / "notebook_pages.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_there_is_one_for_each_question_in_order():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_what_was_published",
        "02_reconstruction",
        "03_lymphocytes",
        "04_coverage_and_stage",
        "05_sequence",
        "06_matched_radiotherapy",
        "07_the_next_trial",
        "08_your_own_excel_file",
    ]


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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_is_typed_in_prose(path):
    """Numbers are printed by code, so that none differs from what was computed; file names stand in backticks."""
    prose = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "markdown"]
    assert [
        line for text in prose for line in re.sub(r"`[^`]*`", "", text).splitlines() if re.search(r"\d", line)
    ] == []


def test_make_gives_every_notebook_a_kernel_of_its_own_environment_and_ci_executes_them():
    made = (ROOT / "Makefile").read_text(encoding="utf-8").split("notebooks: .venv/.synced")[1].split("\n\n")[0]
    assert "--set-kernel python3" in made
    assert "jupyter-execute" in made
    assert "make notebooks" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def notebook(folder, source="print(6 * 7)"):
    """Write a notebook of a title and one cell, and return its path."""
    path = folder / "x.py"
    path.write_text(f"# %% [markdown]\n# # A question\n#\n# And its words.\n\n# %%\n{source}\n", encoding="utf-8")
    return path


def test_a_page_has_the_words_the_code_and_what_was_printed(tmp_path, pages):
    path = notebook(tmp_path)
    cells = jupytext.read(path)
    figure = nbformat.v4.new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure>"})
    cells.cells[1].outputs = [nbformat.v4.new_output("stream", text="\x1b[1m42\x1b[0m\n"), figure]
    nbformat.write(cells, tmp_path / "x.ipynb")
    page = pages.page_of(path, tmp_path)
    assert page.startswith("# A question\n\n")
    assert "```python\nprint(6 * 7)\n```\n\n```text\n42\n```" in page
    assert "](x_1.png)" in page
    assert (tmp_path / "x_1.png").is_file()
    assert pages.NOT_RUN not in page


def test_outputs_of_other_code_are_left_out_and_the_page_says_so(tmp_path, pages):
    path = notebook(tmp_path)
    cells = jupytext.read(path)
    cells.cells[1].outputs = [nbformat.v4.new_output("stream", text="42\n")]
    nbformat.write(cells, tmp_path / "x.ipynb")
    page = pages.page_of(notebook(tmp_path, "print(6 * 8)"), tmp_path)
    assert pages.NOT_RUN in page
    assert "42" not in page


def test_pages_of_notebooks_that_are_gone_are_gone(tmp_path, pages):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.md").write_text("# Old\n", encoding="utf-8")
    notebook(tmp_path)
    pages.write_tutorials(tmp_path / "out", tmp_path)
    assert [path.name for path in (tmp_path / "out").glob("*.md")] == ["x.md"]
