"""The bundled ensembles against the print: every member has what ``targets.csv`` says it has.

The rows are read as text, and every statistic is computed anew (``recomputed.py``; lifelines for one member), so that
the claim of the search is checked by code that had no part in it. Nothing here knows a value of a cohort: a better
search changes the rows and the table, and these tests hold it to the print.
"""

import csv
import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from tests.reference.recomputed import Rows, statistic

from escc_bayes.data.bundled import ENSEMBLES
from escc_bayes.data.rounding import interval
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.foundation.record import digest
from escc_bayes.report.verbs.reconstruct import printed_words

NAMES = list(ENSEMBLES)
# targets.csv rounds to five decimals, and the search's standard errors are those of the step before its last.
AS_WRITTEN = 1e-4


@cache
def print_of(name):
    study = read_study(find_study(ENSEMBLES[name].study))
    return study, layout_for(study, None, ())


@cache
def table(name, file):
    with (ENSEMBLES[name].folder / file).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@cache
def members(name):
    study, layout = print_of(name)
    rows = table(name, "cohorts.csv")
    numbers = list(dict.fromkeys(r["member"] for r in rows))
    return [Rows([r for r in rows if r["member"] == number], layout, study) for number in numbers]


@pytest.mark.parametrize("name", NAMES)
def test_targets_hold_in_the_rows_of_every_member(name):
    """Lowest, highest and share matched of each statistic, recomputed from the rows by code that agrees with R."""
    study, layout = print_of(name)
    allowed = {(t.endpoint, t.name): t.allowed for t in targets_of(study, layout)[0]}
    checked = 0
    for row in table(name, "targets.csv"):
        values = [statistic(member, row) for member in members(name)]
        if values[0] is None:
            continue
        checked += 1
        assert min(values) == pytest.approx(float(row["achieved_low"]), abs=AS_WRITTEN), row
        assert max(values) == pytest.approx(float(row["achieved_high"]), abs=AS_WRITTEN), row
        low, high = allowed[row["endpoint"], row["target"]]
        share = np.mean([low - AS_WRITTEN <= v <= high + AS_WRITTEN for v in values])
        assert share == pytest.approx(float(row["matched_share"]), abs=1e-9), row
    assert checked >= {"escc79": 45, "cui156": 6}[name]


@pytest.mark.parametrize("name", NAMES)
def test_rates_medians_and_counts_of_all_patients_print_as_published(name):
    """Within printed rounding in every one of 20 members, whatever else the search had to give up."""
    assert len(members(name)) == 20
    for row in table(name, "targets.csv"):
        printed, what = row["printed"], row["target"]
        counted = what.startswith(("patients", "n, ", "failures"))
        if counted and row["reachable"] == "True":
            assert row["matched"] == row["within_rounding"] == "True", row
        if row["endpoint"] in ("OS", "PFS") and what.startswith(("S(", "median")) and printed != "not reached":
            low, high = interval(printed, whole="rounded")
            assert low - AS_WRITTEN <= float(row["achieved_low"]) <= float(row["achieved_high"]) <= high + AS_WRITTEN


def test_what_escc79_cannot_have_is_named_with_its_distance():
    """``reachable`` False: off in some member, by a stated distance; the count of stage IV in the Results is one."""
    away = {(r["endpoint"], r["target"]): r for r in table("escc79", "targets.csv") if r["reachable"] == "False"}
    assert ("", "n, stage IV (stage_IV_n_results)") in away
    assert all(r["fights_with"] or float(r["distance"]) > 0.0 for r in away.values())
    notes = (ENSEMBLES["escc79"].folder / "notes.txt").read_text(encoding="utf-8")
    assert notes.count("  set aside: ") == len(away)
    assert notes.count("audit: ") >= 12


def test_cui156_says_what_contradicts():
    """The audit: PFS not reached beside a median OS of 38 months."""
    notes = (ENSEMBLES["cui156"].folder / "notes.txt").read_text(encoding="utf-8")
    assert "median PFS is not reached, but median OS is 38 months" in notes


def test_members_of_escc79_differ_in_what_was_not_printed():
    """Deaths among RPL and RAL patients of stage IV, low ALC by stage: the table of the spread has a width."""
    spread = {r["quantity"]: r for r in table("escc79", "spread.csv")}
    open_shares = [r for name, r in spread.items() if name.startswith("share of") and r["low"] != r["high"]]
    assert len(open_shares) > 50
    closed = spread["share of coverage RPL within stage IV"]
    assert float(closed["low"]) == float(closed["high"]) == pytest.approx(23 / 29, abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_ensemble_was_made_from_the_study_and_layout_that_are_bundled(name):
    """A change of either asks for ``python benchmarks/make_ensembles.py``."""
    study, layout = print_of(name)
    made = json.loads((ENSEMBLES[name].folder / "made.json").read_text(encoding="utf-8"))
    assert made["print_digest"] == digest(printed_words(study, layout))
    assert made["members"] == 20


def test_first_member_of_escc79_by_lifelines():
    """lifelines 0.30.3: OS and PFS at 24 months as printed (62.3 %, 30.2 %), a log-rank test, the PFS model."""
    frame = pd.DataFrame(members("escc79")[0].rows)
    for time in ("os_months", "os_event", "pfs_months", "pfs_event", "alc_mid", "alc_post", "ici_cycles"):
        frame[time] = frame[time].astype(float)
    for endpoint, printed in (("os", 0.623), ("pfs", 0.302)):
        fitted = KaplanMeierFitter().fit(frame[f"{endpoint}_months"], frame[f"{endpoint}_event"])
        assert fitted.predict(24.0) == pytest.approx(printed, abs=0.0005 + 1e-9)
    response = frame["response"].isin(["SD", "PD"])
    target = {(r["endpoint"], r["target"]): r for r in table("escc79", "targets.csv")}
    test = multivariate_logrank_test(frame["os_months"], response, frame["os_event"])
    row = target["OS", "log-rank chi2, response, 2 groups"]
    assert float(row["achieved_low"]) - 1e-4 <= test.test_statistic <= float(row["achieved_high"]) + 1e-4
    x = pd.DataFrame(
        {
            "t": frame["pfs_months"],
            "d": frame["pfs_event"],
            "stage": (frame["stage"] == "IV").astype(float),
            "sequence": (frame["sequence"] == "concurrent").astype(float),
            "alc_post": (frame["alc_post"] <= 1.0).astype(float) + (frame["alc_post"] < 0.5),
        }
    )
    found = CoxPHFitter().fit(x, "t", "d").params_
    for term, printed in (("stage", 2.135), ("sequence", 2.048), ("alc_post", 1.911)):
        row = target["PFS", f"log HR, {term}, adjusted"]
        assert float(row["achieved_low"]) - 1e-4 <= found[term] <= float(row["achieved_high"]) + 1e-4
        if row["matched"] == "True":
            assert found[term] == pytest.approx(math.log(printed), abs=0.02 + 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_script_makes_the_committed_files_again(name):
    """The same seed gives the same bytes; a quarter of an hour for ``escc79``."""
    script = Path(__file__).resolve().parents[2] / "benchmarks" / "make_ensembles.py"
    subprocess.run([sys.executable, str(script), name, "--check"], check=True)
