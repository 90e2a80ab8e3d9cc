"""Honest cohorts of 20 to 100 patients, printed and audited: nothing is impossible, little is very unlikely.

Each paper prints two hazard ratios, six curves with landmarks, medians and limits, a response table with a test and an
odds ratio, counts and percentages (tests/unit/evidence/honest.py). What is called very unlikely must be so in no more
papers than its stated probability. `tests/reference/audit_calibration.toml` holds the result of the long run.
"""

import tomllib
import warnings
from collections import Counter
from pathlib import Path

import pytest

from escc_bayes.evidence.audit import audited
from tests.unit.evidence.honest import honest_paper

STORED = Path(__file__).parents[1] / "reference" / "audit_calibration.toml"


def false_alarms(seeds):
    """Return papers, the impossible findings, the papers with very unlikely ones by rule, and the most stated."""
    papers, impossible, unlikely, stated = 0, [], Counter(), Counter()
    for seed in seeds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = honest_paper(seed)
        if study is None:
            continue
        papers += 1
        found = audited(study).findings
        impossible += [f"{seed}: {f}" for f in found if f.severity == "impossible"]
        unlikely.update({f.rule for f in found if f.severity == "very unlikely"})
        for f in found:
            if f.severity == "very unlikely":
                stated[f.rule] = max(stated[f.rule], f.probability)
    return papers, impossible, unlikely, stated


def test_few_honest_papers_are_accused_of_nothing_impossible():
    papers, impossible, unlikely, _ = false_alarms(range(90_000, 90_040))
    assert papers > 35
    assert impossible == []
    assert sum(unlikely.values()) <= 2


@pytest.mark.slow
def test_many_honest_papers_are_accused_as_rarely_as_stated():
    """30,000 cohorts; a share of at most the largest stated, with three standard errors."""
    papers, impossible, unlikely, stated = false_alarms(range(100_000, 131_000))
    assert papers >= 30_000
    assert impossible == []
    for rule, accused in unlikely.items():
        share = accused / papers
        assert share <= stated[rule] + 3 * (share / papers) ** 0.5, (rule, share, stated[rule])


def test_the_stored_result_says_the_same():
    stored = tomllib.loads(STORED.read_text(encoding="utf-8"))
    assert stored["impossible"] == 0
    assert stored["papers"] >= 2_000
    for rule, result in stored["very_unlikely"].items():
        assert result["papers"] / stored["papers"] <= result["stated"], rule
