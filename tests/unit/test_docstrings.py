"""Every example in a docstring runs and prints what it says; one test for each module that holds any."""

import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"


def modules_with_examples():
    """Return the modules whose text holds an example, without importing any."""
    files = (f for f in sorted((SOURCE / "escc_bayes").rglob("*.py")) if ">>> " in f.read_text(encoding="utf-8"))
    return [".".join(f.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for f in files]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_print_what_they_say(name, tmp_path, monkeypatch):
    """Run in an empty folder, so that an example that writes leaves nothing in the checkout."""
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0, "the module's examples were not found"
    assert result.failed == 0
