"""The table is whole: every structure, every table of a model file, every kind of schema; the page shows it."""

import re

import pytest

from escc_bayes.spec.reading import TOP_KEYS
from escc_bayes.spec.structures.registry import SHIPPED
from escc_bayes.spec.transitions import KINDS
from tests.grid import page
from tests.grid.patients import SCHEMAS
from tests.grid.table import GRID, VERBS

MODELS = {name: entry.model(name) for name, entry in GRID.items()}


@pytest.mark.parametrize("structure", SHIPPED, ids=lambda structure: structure.WORD)
def test_every_structure_has_an_entry(structure):
    """Whoever adds a structure says here what each verb makes of it."""
    assert any(f'structure = "{structure.WORD}"' in model for model in MODELS.values())


@pytest.mark.parametrize("key", [key for key in TOP_KEYS if key not in ("name", "title", "variants")])
def test_every_table_of_a_model_file_has_an_entry(key):
    assert any(re.search(rf"^\[\[?{key}\]", model, re.MULTILINE) for model in MODELS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_outcome_has_an_entry(kind):
    assert any(f'kind = "{kind}"' in model for model in MODELS.values())


def test_every_schema_is_used_and_every_refusal_is_of_a_verb():
    assert {entry.schema for entry in GRID.values()} == {*SCHEMAS, "rows"}
    assert all(set(entry.refused) <= set(VERBS) for entry in GRID.values())


def test_the_page_shows_the_table():
    """`python -m tests.grid.page` writes it."""
    assert page.table() in page.PAGE.read_text(encoding="utf-8")
