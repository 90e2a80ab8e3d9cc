"""What the page says of a model's own terms: the numbers of the files, of an ensemble over all of it."""

import numpy as np
import pytest

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.data.bundled import example_ensemble
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.report.page.endpoint_blocks import endpoint_blocks
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.term_blocks import cured_words, signed, term_blocks
from escc_bayes.report.page.term_rows import cure_rows, frailty_rows
from escc_bayes.spec.reading import spec_from
from tests.unit.report.test_pooled_files import CURE, DRIFT, TOGETHER

LABELS = {"sequence": "Sequence", "coverage": "Coverage"}


@pytest.fixture(scope="module")
def ensemble():
    full = example_ensemble("escc79")
    return Ensemble(full.name, full.members[:2])


def of_outcome(ensemble, raw):
    """The outcome of the first cohort, and the pooled posterior by its model's name."""
    found = fit_ensemble(spec_from(raw, raw["name"]), ensemble, seed=1, draws=400)
    return Outcome("os from time zero", "os", "Overall survival", (found.members[0],), None), {raw["name"]: found}


def test_a_share_cured_is_shown_over_all_reconstructions(ensemble):
    outcome, pooled = of_outcome(ensemble, CURE)
    (block,) = term_blocks(outcome, pooled, LABELS, 0.95)
    (row,) = cure_rows(pooled["cured"], 0.95)
    value, lower, upper = (f"{100 * row[name]:.0f}" for name in ("value", "lower", "upper"))
    (cells,) = block.tables[0].rows
    assert cells[1] == f"{value} % ({lower} to {upper})"
    assert "RECONSTRUCTED" in block.tables[0].caption
    assert f"79 patients, {row['events']} events, means over 2 reconstructions" in block.tables[0].caption
    short = "SHORT FOLLOW-UP for a cure. Hazard ratios are of those not cured."
    assert cured_words(pooled["cured"], 0.95) == (f"Cured: {cells[1]}; prior {cells[2]}; {short}",)
    (alone,) = term_blocks(outcome, {}, LABELS, 0.95)
    assert "reconstructions" not in alone.tables[0].caption


def test_drifts_and_every_level_of_a_frailty_are_shown_with_patients_and_events(ensemble):
    outcome, pooled = of_outcome(ensemble, DRIFT)
    drift, frailty = term_blocks(outcome, pooled, LABELS, 0.95)
    assert drift.tables[0].rows[0][0] == "Hazard of trial x over ours"
    levels = frailty_rows(pooled["drifting"], 0.95)[1:]
    shown = frailty.tables[0].rows
    assert [cells[0] for cells in shown] == [f"Sequence: {row['group']}" for row in levels]
    assert [cells[1:3] for cells in shown] == [(str(row["n"]), str(row["events"])) for row in levels]


def test_two_endpoints_are_read_together(ensemble):
    outcome, pooled = of_outcome(ensemble, TOGETHER)
    (block,) = endpoint_blocks(outcome, pooled, LABELS, 0.95)
    os, pfs = np.concatenate([member.coefficients for member in pooled["together"].members]).T
    whose, differing = block.sentences
    assert "are of the same 79 patients, and share events" in whose
    assert f"correlation of the two log hazard ratios {np.corrcoef(os, pfs)[0, 1]:.2f}" in differing
    assert f"P(both HR > 1 | data) {np.mean((os > 0) & (pfs > 0)):.3f}" in differing
    assert block.tables[0].rows[0][0] == "Coverage, RPL vs RAL: os and pfs"


def test_a_correlation_keeps_its_sign():
    """No hazard ratio: below 0 it is not printed as <0.01."""
    assert signed({"lower": -0.514, "value": 0.09, "upper": 0.681}) == "0.09 (-0.51 to 0.68)"
