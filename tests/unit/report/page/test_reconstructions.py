"""What a report says over all reconstructions: pooled numbers, their parts, and the page."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.record import Record
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.page import render
from escc_bayes.report.page.reconstruction_section import members_sheet
from escc_bayes.report.page.reconstructions import Reconstructions, pool_reconstructions
from escc_bayes.report.verbs.files import write_report_files
from tests.unit.report.conftest import LEVEL, bundle_of, fixed, made_by_hand, model

MEMBERS = 3
OUTCOME = {"endpoint": "os", "time_zero": "naive"}


def member_of(cohort, seed):
    """Return the cohort with its rows drawn again, as one of several RECONSTRUCTED ones."""
    rows = np.sort(np.random.default_rng(seed).choice(len(cohort), 60, replace=False))
    return replace(cohort.subset(rows), provenance="reconstructed", name=f"r_{seed}", source=f"r_{seed}")


@pytest.fixture(scope="module")
def held(simulated79):
    """A bundle of one model on the first of three reconstructions; draws come from the prior."""
    spec = model("solo", outcome=OUTCOME, effects=[fixed("stage"), fixed("age", "linear")])
    ensemble = Ensemble("three", tuple(member_of(simulated79, k) for k in range(MEMBERS)), ("a note <b>",))
    members = tuple(made_by_hand(spec, cohort, seed=k) for k, cohort in enumerate(ensemble))
    record = Record(spec.digest, ensemble.digest, 1, "reconstructed", "laplace", (), (("escc-bayes", "0.1.0"),))
    pooled = {spec.name: EnsemblePosterior("three", members, record)}
    return replace(bundle_of(ensemble.members[0], spec), reconstructions=Reconstructions(ensemble, pooled, LEVEL))


def test_share_is_that_of_the_law_of_total_variance(held):
    """Second source: total variance of all draws together is within plus between."""
    found = held.reconstructions
    asked = HazardRatio("stage", "IV", "II")
    draws = found.pooled["solo"].draws(asked)
    ratio = next(r for r in found.ratios["solo"] if r.pooled.contrast == "IV vs II")
    assert ratio.within**2 + ratio.between**2 == pytest.approx(draws.var(), rel=1e-12)
    assert ratio.share == pytest.approx(ratio.between**2 / draws.var(), rel=1e-12)
    by_hand = [np.median(np.exp(m.draws(asked))) for m in found.pooled["solo"].members]
    np.testing.assert_allclose(ratio.medians, by_hand, rtol=1e-3)
    assert ratio.pooled.value == pytest.approx(np.median(np.exp(draws)), rel=1e-12)


def test_page_says_reconstructed_first_and_what_all_reconstructions_say(held, tmp_path):
    found = members_sheet(outcomes(held)[0], held.reconstructions, {})
    page = render(held, [write_figure(tmp_path, found)])
    body = page[page.index("<body>") :]
    assert body.index("RECONSTRUCTED") < body.index("<h1>")
    assert f"over {MEMBERS} reconstructions" in page
    assert "RECONSTRUCTED: 3 cohorts of three, 60 patients each" in page
    assert "a note &lt;b&gt;" in page
    assert "Share between reconstructions" in page
    assert "os_reconstructions.png" in page


def test_files_hold_every_contrast_with_its_parts(held, tmp_path):
    write_report_files(tmp_path, held)
    with (tmp_path / "reconstructions.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [r["contrast"] for r in rows] == ["III vs II", "IV vs II", "per 10"]
    assert {r["members"] for r in rows} == {"3"}
    for r in rows:
        assert float(r["lowest_member_hr"]) <= float(r["hr"]) <= float(r["highest_member_hr"])
    # The rows of the cohort shown stay alone in hazard_ratios.csv.
    text = (tmp_path / "hazard_ratios.csv").read_text(encoding="utf-8")
    assert "reconstructions" not in text


def test_every_member_is_fitted_with_the_stream_of_its_data(simulated79):
    """Order does not matter: the pool of the members the other way round has the same draws, member by member."""
    spec = model("bare", outcome={"endpoint": "os"}, effects=[fixed("coverage")])
    ensemble = Ensemble("two", tuple(member_of(simulated79, k) for k in range(2)))
    turned = Ensemble("two", ensemble.members[::-1])
    first, second = (
        pool_reconstructions(e, [spec], seed=4, level=LEVEL, progress=lambda *_: None) for e in (ensemble, turned)
    )
    np.testing.assert_array_equal(first.ratios["bare"][0].medians, second.ratios["bare"][0].medians[::-1])
    assert first.faults == ()
