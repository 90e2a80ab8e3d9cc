"""Labels of levels: on the page, in figures, in Word, LaTeX and prints; the levels themselves in files of numbers."""

import csv
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from docx import Document
from matplotlib.text import Text

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.verbs.report import write_report
from tests.unit.report.conftest import bundle_of, fixed, model

READ_RT = {"no": "Unoperated", "yes": "Operated"}
# Two covariates share their words and are read differently; no label holds the word of a level.
SCHEMA = {
    "endpoints": {"os": {"time": "t", "event": "d"}},
    "covariates": {
        "arm": {
            "kind": "binary",
            "levels": ["arm_a", "arm_b"],
            "label": "Treatment",
            "labels": {"arm_a": "Drug alone", "arm_b": "Drug and RT"},
        },
        "rt": {
            "kind": "binary",
            "levels": ["no", "yes"],
            "label": "Surgery",
            "labels": {"no": "Unoperated", "yes": "Operated"},
        },
        "smoker": {"kind": "binary", "levels": ["no", "yes"], "label": "Tobacco", "labels": {"yes": "Smoked"}},
    },
}
RNG = np.random.default_rng(9)
TABLE = pd.DataFrame(
    {
        "t": RNG.exponential(20.0, 80) + 0.1,
        "d": RNG.integers(0, 2, 80),
        "arm": np.tile(["arm_a", "arm_b"], 40),
        "rt": np.repeat(["no", "yes"], 40),
        "smoker": RNG.choice(["no", "yes"], 80),
    }
)
READ = ("Drug alone", "Drug and RT", "Unoperated", "Operated", "Smoked")


@pytest.fixture(scope="module")
def bundle():
    cohort = read_cohort(TABLE, schema_from(SCHEMA, "labels"), provenance="simulated", name="labels")
    return bundle_of(cohort, model("one", effects=[fixed(name) for name in ("arm", "rt", "smoker")]))


@pytest.fixture(scope="module")
def folder(bundle, tmp_path_factory):
    found = tmp_path_factory.mktemp("labels") / "out"
    write_report(bundle, found, full=True)
    return found


def texts(folder):
    """Return what people read of each file."""
    page = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", "\n", (folder / "report.html").read_text(), flags=re.S)
    found = {"report.html": page}
    for name in ("tables.csv", "tables.tex", "methods.md"):
        found[name] = (folder / name).read_text(encoding="utf-8-sig")
    for name in ("tables.docx", "report.docx"):
        document = Document(str(folder / name))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        found[name] = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for path in folder.rglob("*.svg"):
        found[path.name] = "\n".join(ET.parse(path).getroot().itertext())
    return found


def test_no_identifier_is_left_for_a_reader(folder):
    for name, text in texts(folder).items():
        assert not re.search(r"\barm_[ab]\b", text), name


def test_words_of_two_covariates_are_each_read_as_their_own(folder):
    """Contrasts, levels in tables and the legends of curves; nothing is said of 'yes vs no'."""
    found = texts(folder)
    for name in ("report.html", "tables.docx", "tables.csv", "tables.tex", "report.docx"):
        assert all(word in found[name] for word in READ), name
    forest, km = found["os_forest.svg"], found["os_kaplan_meier.svg"]
    assert all(word in forest for word in ("Operated vs Unoperated", "Smoked vs no", "Drug and RT vs Drug alone"))
    assert all(word in km for word in READ)
    for name, text in found.items():
        assert not re.search(r"\byes vs no\b", text), name


def test_figures_for_print_have_the_labels_too(bundle):
    sheet = next(sheet for sheet in report_figures(bundle) if sheet.name == "os_forest")
    assert "Operated vs Unoperated" in [text.get_text() for text in sheet.bare(85.0).findobj(Text)]


def test_files_of_numbers_keep_the_levels(folder):
    with (folder / "hazard_ratios.csv").open(encoding="utf-8-sig") as lines:
        contrasts = {(row["term"], row["contrast"]) for row in csv.DictReader(lines)}
    assert contrasts == {("arm", "arm_b vs arm_a"), ("rt", "yes vs no"), ("smoker", "yes vs no")}
    with (folder / "km.csv").open(encoding="utf-8-sig") as lines:
        assert {row["group"] for row in csv.DictReader(lines)} == {"all", "arm_a", "arm_b", "no", "yes"}


def test_what_a_session_prints_has_the_labels_and_its_frames_the_levels(bundle):
    posterior, comparison = bundle.posteriors["one"], next(iter(bundle.comparisons.values()))
    for found in (posterior, comparison, bundle.baselines["os"], bundle.classical["one"], bundle.prior_checks["one"]):
        assert "Operated vs Unoperated" in repr(found), type(found)
        assert "arm_a" not in repr(found), type(found)
        if hasattr(found, "_repr_html_"):
            assert "Smoked vs no" in found._repr_html_()
    assert "yes vs no" in set(posterior.table()["contrast"]) | set(comparison.table()["contrast"])


def test_a_label_changes_no_digest(bundle):
    """Neither of the data nor of the request: what was computed is found again when a label is put right."""
    bare = {n: {k: v for k, v in c.items() if k != "labels"} for n, c in SCHEMA["covariates"].items()}
    plain = read_cohort(TABLE, schema_from({**SCHEMA, "covariates": bare}, "labels"), provenance="simulated")
    assert plain.digest == bundle.cohort.digest
