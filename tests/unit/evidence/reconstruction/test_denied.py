"""What arithmetic denies is set aside before any search, and nothing that a cohort can have."""

from dataclasses import replace

import pytest

from escc_bayes.data.rounding import Interval
from escc_bayes.data.shipped import find_study, models_folder
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction import target as aims
from escc_bayes.evidence.reconstruction.automatic import schema_of
from escc_bayes.evidence.reconstruction.columns import refuse_counts
from escc_bayes.evidence.reconstruction.denied import denied
from escc_bayes.evidence.reconstruction.layout import ReconstructionError, layout_path
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.evidence.reconstruction.target import CurveKey, Target

ARM, OTHER = CurveKey("os", "group", ("a",)), CurveKey("os", "group", ("b",))


def rate(month, s, key=ARM):
    return Target(
        "OS", f"S({month})", f"{s}", key, kinds.SURVIVAL, Interval(s - 0.005, s + 0.005), s, 0.005, 100 * month
    )


def median(months, key=ARM):
    near = Interval(months - 0.05, months + 0.05)
    return Target("OS", "median", f"{months}", key, kinds.MEDIAN, near, months, 0.05, unit=100.0)


def events(count, key=ARM):
    return Target("OS", "events", f"{count}", key, kinds.EVENTS, Interval(count, count), count, 0.0)


NOT_REACHED = Target("OS", "median", "not reached", ARM, kinds.NOT_REACHED, Interval(0.500001, 1.0), 0.75, 0.249999)
TEST = Target("OS", "chi2", "3.4", aims.TestKey("os", 0), kinds.LOG_RANK, Interval(3.35, 3.45), 3.4, 0.05)
TEST_AGAIN = Target("OS", "chi2", "5.1", aims.TestKey("os", 0), kinds.LOG_RANK, Interval(5.05, 5.15), 5.1, 0.05)

# By hand: numbers in the order of print, and the places of those set aside.
CASES = {
    "a rate of 0.20 before the median": ([rate(6, 0.20), median(7.1), events(7)], [1]),
    "a rate of 0.61 before the median": ([rate(6, 0.61), median(7.1), events(7)], []),
    "a rate of 0.55 after the median": ([rate(12, 0.55), median(7.1)], [1]),
    "a rate of one half on the median's digits": ([rate(7, 0.50), median(7.0)], []),
    "survival that rises": ([rate(6, 0.40), rate(12, 0.60), rate(18, 0.35)], [1]),
    "one rate against two others": ([rate(6, 0.20), rate(12, 0.60), rate(18, 0.55), median(30.0)], [0]),
    "equal rates": ([rate(6, 0.40), rate(12, 0.40)], []),
    "a rate below one half, the median not reached": ([rate(6, 0.40), NOT_REACHED], [1]),
    "a median that is not reached": ([median(7.1), NOT_REACHED], [1]),
    "a median twice": ([median(7.1), median(9.3)], [1]),
    "no event, survival below 1": ([rate(6, 0.90), events(0)], [1]),
    "no event, a median": ([median(6.0), events(0)], [1]),
    "one event may bring any survival": ([rate(6, 0.05), median(5.0), events(1)], []),
    "other arms": ([rate(6, 0.20), median(7.1, OTHER)], []),
    "one test, two statistics": ([TEST, TEST_AGAIN], [1]),
}


@pytest.mark.parametrize("case", CASES)
def test_numbers_that_no_cohort_has_together_are_set_aside(case):
    targets, expected = CASES[case]
    aside, fights = denied(targets)
    assert aside.nonzero()[0].tolist() == expected
    assert sorted(fights) == expected


def test_what_denies_is_named():
    _, fights = denied([rate(6, 0.20), rate(12, 0.60), rate(18, 0.55), median(30.0)])
    assert fights == {0: (1, 2, 3)}


def layout_in(folder, cohort):
    bundled = read_layout(layout_path("seed1_scirep2025", models_folder()))
    return replace(bundled, where=f"{folder}/l.toml", cohort=cohort)


def test_a_schema_beside_the_layout_is_found_and_a_missing_one_is_refused_before_any_search(tmp_path):
    (tmp_path / "schema.toml").write_text("schema = 1\n", encoding="utf-8")
    assert schema_of(layout_in(tmp_path, "schema.toml")) == tmp_path / "schema.toml"
    assert schema_of(layout_in(tmp_path, "")) is None
    assert schema_of(layout_in(tmp_path, "escc")).name == "escc.toml"
    with pytest.raises(ReconstructionError, match=r"l\.toml, cohort: there is no file other\.toml beside the layout"):
        schema_of(layout_in(tmp_path, "other.toml"))


@pytest.mark.parametrize(("count", "said"), [(-3, "no group has fewer than 0"), (900, "the cohort has 79 patients")])
def test_counts_that_no_cohort_has_are_refused_before_any_search(count, said):
    study, layout = read_study(find_study("seed1_scirep2025")), layout_in("x", "escc")
    first = next(k for k, c in enumerate(layout.covariates) if c.levels and c.measured is None)
    wrong = list(layout.covariates)
    wrong[first] = replace(wrong[first], counts=(count, *wrong[first].counts[1:]))
    refuse_counts(layout, study)
    with pytest.raises(ReconstructionError, match=said):
        refuse_counts(replace(layout, covariates=tuple(wrong)), study)
