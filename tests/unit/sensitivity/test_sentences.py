"""Every number of every sentence comes from the table beside it: of each part, as it is and with every cell changed."""

import math
import re

import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity import priors
from escc_bayes.sensitivity.influence import part as influence
from escc_bayes.sensitivity.multiverse import part as multiverse
from escc_bayes.sensitivity.operating import part as operating
from escc_bayes.sensitivity.parts import SHOWN
from escc_bayes.sensitivity.run import run_parts, run_summaries, silent
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import load_spec

# What sentences say that is no finding: hazard ratio 1, limits of a conclusion, of k, of an index and of what is noted.
SAID_ANYWAY = {"1", "0.95", "0.05", "0.5"}
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?:e[+-]\d+)?(?![\w])")


@pytest.fixture(scope="module")
def tables():
    """Every table of larynx, by few refits, permutations and simulated cohorts; age a control of a known ratio."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(priors, "GRID", 60)
        patch.setattr(operating, "COHORTS", 10)
        patch.setattr(multiverse, "PERMUTATIONS", 19)
        for name, few in (("PAIRS", 20), ("RECODED", 5), ("PAIRS_RECODED", 5), ("RECODINGS", 5)):
            patch.setattr(influence, name, few)
        asked = Asked(3, controls=(("age", 1.1),))
        subject = subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), asked)
        found = run_parts(subject, silent)
        yield {**found, **run_summaries(subject, found)}


def changed(rows):
    """Return a table in which every number that is no count has changed, by a factor of its own column."""
    factor = {name: 1.0 + 0.013 * (place + 1) for place, name in enumerate(rows[0] if rows else ())}
    return [
        {
            name: value * factor[name] if isinstance(value, float) and not value.is_integer() else value
            for name, value in row.items()
        }
        for row in rows
    ]


def stands_in(word, rows, texts):
    """Whether a number is a cell, its complement, inverse, exponential or percentage, as printed; or counts rows."""
    digits = len(word.partition("e")[0].partition(".")[2])
    value = float(word)
    if word in SAID_ANYWAY or word.lstrip("+-") in texts:
        return True
    if digits == 0 and value.is_integer() and 0 <= value <= len(rows):
        return True
    # Three significant digits say a number of any size to half a per cent; two, in powers of ten, to five.
    share = 0.051 if "e" in word else 0.006 if digits < 2 else 0.0
    cells = (cell for row in rows for cell in row.values() if isinstance(cell, int | float) and math.isfinite(cell))
    made = (one for cell in cells for one in ways_to_say(float(cell)))
    return any(abs(one - value) <= max(0.5001 * 10.0**-digits, share * abs(one)) for one in made)


def ways_to_say(x):
    """Yield a cell as sentences may say it."""
    yield from (x, abs(x), 1.0 - x, 100.0 * x, 100.0 * (1.0 - x), x - 1.0)
    if x:
        yield 1.0 / x
    if abs(x) < 20.0:
        yield math.exp(x)


@pytest.mark.parametrize("part", SHOWN, ids=lambda part: part.name)
@pytest.mark.parametrize("how", ["as computed", "changed"])
def test_every_number_of_a_sentence_stands_in_its_table(tables, part, how):
    rows = tables[part.name] if how == "as computed" else changed(tables[part.name])
    texts = {word for row in rows for cell in row.values() if isinstance(cell, str) for word in NUMBER.findall(cell)}
    sentences = part.words(rows)
    assert sentences or part.name == "cross_table"
    for sentence in sentences:
        for word in NUMBER.findall(sentence):
            assert stands_in(word, rows, texts), (word, sentence)


SPOKEN = [part for part in SHOWN if part.name not in ("cross_table", "checklists")]


@pytest.mark.parametrize("part", SPOKEN, ids=[part.name for part in SPOKEN])
def test_changed_numbers_are_said(tables, part):
    """No sentence with a decimal number stays as it was: none remembers what the table said before."""
    rows = tables[part.name]
    before, after = part.words(rows), part.words(changed(rows))
    assert set(before) != set(after)
