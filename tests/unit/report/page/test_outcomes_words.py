"""Words of the page that come from names: covariates by their labels, and what stands on paper."""

from pathlib import Path

import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.report.page import page
from escc_bayes.report.page.outcomes import as_labelled


@pytest.fixture
def cohort():
    rows = pd.DataFrame({"t": [5.0, 9.0, 7.0], "d": [1, 0, 1], "alc1": [0.5, 0.7, 0.9], "stage": ["II", "III", "II"]})
    stage = {"kind": "ordered", "levels": ["II", "III"], "label": "Clinical stage"}
    alc = {"kind": "continuous", "label": "ALC mid-treatment"}
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": {"alc1": alc, "stage": stage}}
    return read_cohort(rows, schema_from(raw, "s"))


def test_reasons_and_notes_name_covariates_by_their_labels(cohort):
    assert as_labelled("with 'alc1' missing", cohort) == "with 'ALC mid-treatment' missing"
    said = as_labelled("one number for all levels of stage by construction", cohort)
    assert said == "one number for all levels of Clinical stage by construction"
    assert as_labelled("stage by stage", cohort) == "stage by stage"


def test_on_paper_only_what_floats_on_the_screen_floats():
    template = (Path(page.__file__).parent / "template.html.j2").read_text(encoding="utf-8")
    printed = template.split("@media print {")[1].split("</style>")[0]
    assert "float" not in printed
