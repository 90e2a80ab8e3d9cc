"""The audit runs before any search."""

from dataclasses import replace

import pytest

from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.audited import audit_sentence, audited
from escc_bayes.evidence.reconstruction.layout import ReconstructionError


def test_more_events_than_patients_start_no_search():
    study = read_study(find_study("escort1st"))
    places = [k for k, curve in enumerate(study.survivals) if curve.n is not None and curve.events is not None]
    curves = list(study.survivals)
    curves[places[0]] = replace(curves[places[0]], events=int(curves[places[0]].n) + 59)
    with pytest.raises(ReconstructionError, match="No cohort has that"):
        audited(replace(study, survivals=tuple(curves)))


def test_other_contradictions_are_counted_and_searched_all_the_same():
    study = read_study(find_study("seed1_scirep2025"))
    found = audited(study)
    assert f"finds {len(found)} contradictions" in audit_sentence(study, found)
    assert audit_sentence(study, ()) == ""
