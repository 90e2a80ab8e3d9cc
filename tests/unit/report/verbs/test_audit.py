"""The report of an audit: each finding with arithmetic, place, printed words and a question, in three formats."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document

from escc_bayes.data.shipped import find_study
from escc_bayes.evidence.audit import RULES, audit_studies
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.manuscript.audited import audited_draft
from escc_bayes.evidence.manuscript.draft import drafted
from escc_bayes.evidence.manuscript.entry import Passage
from escc_bayes.evidence.questions import ASKED, OTHER, question
from escc_bayes.report.document.html import html
from escc_bayes.report.verbs.audit import audit_document, write_audit_files


@pytest.fixture(scope="module")
def seed1():
    (done,), _ = audit_studies([find_study("seed1_scirep2025")])
    return done


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.inside = "", ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag

    def handle_data(self, data):
        if self.inside != "style":
            self.words += f" {data}"


def plain(text):
    """Letters and digits alone: what markup and escapes cannot change."""
    return re.sub(r"[^A-Za-z0-9]+", "", text)


def written(tmp_path, done, drafts=()):
    tmp_path.mkdir(exist_ok=True)
    write_audit_files(tmp_path, done, drafts)
    page = Words()
    page.feed((tmp_path / "audit.html").read_text(encoding="utf-8"))
    document = Document(str(tmp_path / "audit.docx"))
    word = " ".join(
        [paragraph.text for paragraph in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    return [plain(text) for text in ((tmp_path / "audit.md").read_text(encoding="utf-8"), page.words, word)]


def test_every_finding_stands_in_every_format_with_its_arithmetic_place_and_question(tmp_path, seed1):
    for text in written(tmp_path, [seed1]):
        for finding in seed1.findings:
            for part in (finding.statement, finding.arithmetic, finding.where):
                assert plain(part) in text
            assert finding.severity == "notice" or plain(question(finding)) in text


def test_findings_stand_by_certainty_and_are_numbered(seed1):
    """13 impossible and 5 very unlikely, as the screen says."""
    headings = [block.text for block in audit_document([seed1], []) if type(block).__name__ == "Heading"]
    assert headings[1] == "Impossible (13)"
    assert "Very unlikely (5)" in headings
    numbered = [int(found[1]) for text in headings if (found := re.match(r"(\d+)\. ", text))]
    assert numbered == list(range(1, len(seed1.findings) + 1))


def test_what_was_compared_adds_up(seed1):
    assert sum(one.checks for one in seed1.by_rule) == seed1.checks
    assert sum(one.findings for one in seed1.by_rule) == len(seed1.findings)
    assert len(seed1.by_rule) == len(RULES) == len(set(RULES.values()))


def test_what_was_not_read_stands_in_the_report(tmp_path):
    draft = drafted("paper", [Passage("OS: HR 0.73 (95% CI 0.59-0.89), P = 0.002 after 14 days", "line 7")])
    for text in written(tmp_path, [audited_draft(draft)], [draft]):
        assert "1estimateread1numbersnotread" in text
        assert "line7" in text


def test_every_rule_of_the_methods_page_has_a_question_of_its_own():
    table = (Path(__file__).parents[4] / "docs" / "methods" / "audit.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^\| ([^|]+?) \|", table, flags=re.MULTILINE)) - {"rule", "---"}
    assert rules == set(ASKED)
    assert question(Finding("x", "a rule to come", "impossible", "a", "b", "c")) == OTHER


def test_text_of_a_paper_is_no_markup(tmp_path):
    draft = drafted("p", [Passage("<script>alert(1)</script> 12/40 (99.0 %)", "line 1")])
    written(tmp_path, [audited_draft(draft)], [draft])
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert html("<b>", []).count("<b>") == 0


def test_several_studies_have_sections_of_their_own(tmp_path):
    done, _ = audit_studies([find_study(name) for name in ("orient15", "escort1st")])
    for text in written(tmp_path, done):
        assert "Auditof2studies" in text
        assert "orient15" in text
        assert "escort1st" in text
