"""Sentences count in English: `1 month`, `1 patient`, `1 event`; a number that can be 1 goes through `counted`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.truth.scans import Scans

ROOMS = Path(__file__).parents[2] / "src" / "escc_bayes"
NOUN = re.compile(r"^ (events|months|patients|deaths)\b")
# A share of all, the second of two numbers, a number with decimals: `1 of 3 patients`, `1 and 1 months`, `1.0 months`.
WHOLE = re.compile(r"\b(of|all|the|and) $")
DECIMALS = re.compile(r"\.\d[fg]|,")
# Sentences as a paper prints them, which are read again by these words.
PRINTS = ("evidence/publish.py", "evidence/manuscript/curves.py", "evidence/manuscript/risk_tables.py")
# Keys of entries of a study file, and sizes of which none below 2 is taken.
NAMED = ("mark.t", "design.patients", "rule.most", "look.events", "study.n", "rate.n", "least", "shown", "name")


def number_words(room: str) -> Iterator[tuple[str, int, str]]:
    """Yield each number that an f-string puts before a plural noun: file, line, what is put."""
    for path in sorted((ROOMS / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        refused = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and id(node) not in refused:
                for put in put_before_nouns(node):
                    yield path.relative_to(ROOMS).as_posix(), node.lineno, put


def put_before_nouns(node: ast.JoinedStr) -> Iterator[str]:
    for before, value, behind in zip([None, *node.values], node.values, node.values[1:], strict=False):
        if not isinstance(value, ast.FormattedValue) or not isinstance(behind, ast.Constant):
            continue
        shape = "" if value.format_spec is None else ast.unparse(value.format_spec)
        words = str(before.value) if isinstance(before, ast.Constant) else ""
        if NOUN.match(str(behind.value)) and not DECIMALS.search(shape) and not WHOLE.search(words):
            yield ast.unparse(value.value)


def several(put: str) -> bool:
    """Whether what is put is a list, a sum over arms, a constant, a name of an endpoint, or a size."""
    made = re.search(r"join\(|sum\(|total\(|\+|upper\(\)|endpoint|two_digits|max\(", put)
    return bool(made) or put.isupper() or put in NAMED


@pytest.mark.parametrize("room", ["trial", "evidence", "time_zero", "matching"])
def test_what_can_be_one_is_counted(room):
    found = [(file, line, put) for file, line, put in number_words(room) if file not in PRINTS and not several(put)]
    assert found == []


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1.0, "1 event"), ("1", "1 event")]
)
def test_a_number_has_its_noun(number, said):
    assert counted(number, "event") == said


def test_sentences_of_one():
    assert "1 event" in Look(events=1).words()
    assert Scans(every=1.0).words().startswith("Events are found at scans every 1 month ")
