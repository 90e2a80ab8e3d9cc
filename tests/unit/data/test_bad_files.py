"""What users are told of 400 files, right and wrong, is what the reader of single cells told them."""

import json

import pytest

from escc_bayes.data import csv_file
from tests.unit.data.bad_files import STORED, cases, outcome


@pytest.mark.parametrize("size", [65_536, 30])
def test_files_are_read_or_refused_as_cell_by_cell(tmp_path, monkeypatch, size):
    """Whatever the size of the blocks that the columns are read in."""
    monkeypatch.setattr(csv_file, "BLOCK_CELLS", size)
    monkeypatch.setattr(csv_file, "BLOCK_TEXT", size)
    told = json.loads(STORED.read_text(encoding="utf-8"))
    found = {name: outcome(*case, tmp_path) for name, case in cases().items()}
    assert found == told
