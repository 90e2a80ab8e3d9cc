"""A line and a CSV of prints: what is read of them, what is said of the rest, and the audit's verdict.

Second source: arithmetic by hand, stated beside each.
"""

from decimal import Decimal

import pytest

from escc_bayes.evidence.manuscript.audited import audited_draft
from escc_bayes.evidence.manuscript.draft import drafted
from escc_bayes.evidence.manuscript.entry import Passage
from escc_bayes.evidence.manuscript.files import drafted_file
from escc_bayes.foundation.errors import InputError

LINE = "HR 0.73 (96 % CI 0.59-0.89), P = 0.002; 56/292 (19.2 %)"


def line(text):
    return drafted("quick", [Passage(text, "the line")])


def test_the_line_of_the_manual_is_read_and_holds():
    """SE = log(0.89 / 0.59) / (2 x 2.054) = 0.1001, z = 3.14, P = 0.0017; 56/292 = 19.18 %."""
    draft = line(LINE)
    (estimate,) = draft.study.estimates
    assert (estimate.value, estimate.ci_low, estimate.ci_high) == (Decimal("0.73"), Decimal("0.59"), Decimal("0.89"))
    assert (float(estimate.ci_level), estimate.p) == (0.96, Decimal("0.002"))
    assert [number.value for number in draft.study.numbers] == [56]
    assert draft.passages[0].unread == ()
    assert audited_draft(draft).findings == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # 56/292 is 19.2 %.
        ("56/292 (29.2 %)", "percentages"),
        # z = 0.3147 / 0.1049 = 3.0, P = 0.003.
        ("HR 0.73 (95 % CI 0.59-0.89), P = 0.2", "P and interval"),
        # sqrt(0.59 x 1.89) = 1.06.
        ("OS: HR 0.73 (95 % CI 0.59 to 1.89)", "interval shape"),
    ],
)
def test_a_line_that_cannot_hold_is_found(text, rule):
    found = audited_draft(line(text)).findings
    assert rule in [finding.rule for finding in found if finding.severity != "notice"]
    assert all(", the line (" in finding.where for finding in found)


def test_numbers_that_nobody_read_are_told():
    assert line("HR 0.73 in 14 of the sites").passages[0].unread == ("14",)


def test_p_and_limits_go_with_their_own_ratio_and_endpoint():
    draft = line("OS (HR 0.70, 95% CI 0.55-0.89, P = 0.004) and PFS (HR 0.60, 95% CI 0.48-0.75, P < 0.001) improved")
    told = [(e.endpoint, str(e.value), e.p, e.p_text) for e in draft.study.estimates]
    assert told == [("OS", "0.70", Decimal("0.004"), None), ("PFS", "0.60", None, "<0.001")]


def test_adjusted_is_said_of_the_ratio_that_it_stands_before():
    draft = line("The unadjusted HR was 0.70 (0.55-0.89). The adjusted HR was 0.75 (95% CI 0.58-0.97)")
    assert [estimate.adjusted for estimate in draft.study.estimates] == [None, True]


def test_two_counts_under_the_same_words_are_not_compared():
    """Of whom each is, the words do not say: 12 and 15 may be of two arms."""
    draft = drafted("p", [Passage("12 (15.2 %) had fever", "a"), Passage("15 (19.0 %) had fever", "b")])
    assert len({number.name for number in draft.study.numbers}) == 2
    assert audited_draft(draft).findings == ()


def rows(tmp_path, *lines):
    path = tmp_path / "prints.csv"
    path.write_text("\n".join(("what,value,where", *lines)) + "\n", encoding="utf-8")
    return path


def test_rows_are_audited_with_their_places(tmp_path):
    """56 + 20 = 76, not 79."""
    draft = drafted_file(rows(tmp_path, "n,79,Methods", "male_n,56,Table 1", "female_n,20,Table 1"))
    (found,) = audited_draft(draft).findings
    assert found.severity == "impossible"
    assert found.where == "number 1, Table 1 (male_n), number 2, Table 1 (female_n)"


def test_a_row_may_be_a_sentence(tmp_path):
    draft = drafted_file(rows(tmp_path, '"OS, RT over none","0.62 (95 % CI 0.45-0.85)",Table 3'))
    (estimate,) = draft.study.estimates
    assert (estimate.endpoint, estimate.value, draft.places) == ("OS", Decimal("0.62"), {"estimate 1": "Table 3"})


def test_a_file_without_the_columns_says_which(tmp_path):
    path = tmp_path / "prints.csv"
    path.write_text("name,value\nmale,3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"needs the columns what, value and where; what is missing among name, value"):
        drafted_file(path)
