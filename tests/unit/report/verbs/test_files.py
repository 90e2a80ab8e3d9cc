"""CSV files and run.json: the columns others rely on, and values that read back."""

import csv
import json
import math

import numpy as np
import pytest

from escc_bayes.estimand.estimand import SurvivalAt
from escc_bayes.report.verbs import files

# Fixed by the command line's reference; extra columns may follow.
COLUMNS = {
    "hazard_ratios": "endpoint, model, method, term, contrast, hr, lower, upper, level, interval, prob_gt_1, p_value, "
    "log_hr_mean, log_hr_sd, n, events, rows",
    "survival": "endpoint, model, method, term, group, time, survival, lower, upper",
    "diagnostics": "model, method, divergences, max_rhat, min_ess_bulk, min_ess_tail, pareto_k_max, verdict",
    "km": "endpoint, term, group, time, survival, lower, upper, at_risk, events",
    "landmarks": "endpoint, term, group, time, survival, lower, upper, at_risk",
    "logrank": "endpoint, term, comparison, chi2, df, p_value, p_holm",
    "ph_test": "endpoint, term, chi2, df, p_value",
    "rmst": "endpoint, term, group, until, rmst, lower, upper",
    "followup": "endpoint, median, lower, upper",
    "comparison": "endpoint, estimand, term, contrast, time, method, model, value, lower, upper, level, interval",
    "attribution": "endpoint, model, term, contrast, step, before, after, log_hr_before, log_hr_after, difference, "
    "low, high, hr_before, hr_after, provenance, clock",
    "loo": "endpoint, model, rank, elpd",
}


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder(naive, tmp_path_factory):
    out = tmp_path_factory.mktemp("files")
    files.write_report_files(out, naive)
    files.write_posteriors(out, files.named_posteriors(naive))
    return out


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_promised_ones(folder, name):
    header = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    wanted = COLUMNS[name].split(", ")
    assert header[: len(wanted)] == wanted


def test_hazard_ratios_hold_every_method_and_all_models(folder):
    rows = read(folder / "hazard_ratios.csv")
    assert {r["method"] for r in rows} == {"bayes_nuts", "cox", "cox_firth", "cox_univariable", "weibull_mle"}
    shared = {"univariable", "multivariable", "multivariable_known_at_zero"}
    assert {r["model"] for r in rows} == {"one", "two", *shared}
    assert {r["interval"] for r in rows if r["method"] == "bayes_nuts"} == {"credible"}
    assert {r["provenance"] for r in rows} == {"simulated"}


def test_naive_clocks_and_only_they_say_naive(folder):
    for row in read(folder / "medians.csv"):
        assert ("NAIVE" in row["clock"]) == (row["term"] in ("alc_mid", "alc_post")), row


def test_survival_reads_back_for_both_populations(folder, naive):
    rows = read(folder / "survival.csv")
    assert {r["population"] for r in rows} == {"group", "everyone"}
    assert {float(r["time"]) for r in rows} == {12.0, 24.0, 36.0}
    e = naive.posteriors["two"].estimate(SurvivalAt(24.0, "alc_post", "low", "everyone"), level=0.95)
    (row,) = (
        r for r in rows if (r["model"], r["group"], r["time"], r["population"]) == ("two", "low", "24.0", "everyone")
    )
    assert float(row["survival"]) == pytest.approx(e.value, rel=1e-12)
    assert float(row["lower"]) == pytest.approx(e.lower, rel=1e-12)


def test_attribution_adds_up_and_ratios_are_exponentials(folder):
    rows = read(folder / "attribution.csv")
    for r in rows:
        difference = float(r["log_hr_after"]) - float(r["log_hr_before"])
        assert float(r["difference"]) == pytest.approx(difference, abs=1e-12)
        assert float(r["hr_after"]) == pytest.approx(math.exp(float(r["log_hr_after"])))
    assert all("NAIVE" in r["clock"] for r in rows)


def test_fit_files_equal_those_of_the_report(folder, naive, tmp_path):
    files.write_fit_files(tmp_path, naive.posteriors, 0.95)
    assert (tmp_path / "survival.csv").read_bytes() == (folder / "survival.csv").read_bytes()
    assert (tmp_path / "diagnostics.csv").read_bytes() == (folder / "diagnostics.csv").read_bytes()
    assert {p.name for p in (tmp_path / "posterior").iterdir()} == {"one.nc", "two.nc"}


def test_saved_posterior_has_the_draws(folder, naive):
    import xarray as xr

    with xr.open_datatree(folder / "posterior" / "one.nc", engine="h5netcdf") as tree:
        saved = tree["posterior"]["baseline"].values
    np.testing.assert_array_equal(saved, naive.posteriors["one"].values["baseline"][..., 0])


def test_endpoints_stand_one_below_the_other(simulated79, tmp_path):
    from escc_bayes.classical.baselines import baselines

    files.write_baseline_files(tmp_path, {e: baselines(simulated79, e, level=0.95) for e in ("os", "pfs")})
    assert [r["endpoint"] for r in read(tmp_path / "followup.csv")] == ["os", "pfs"]


def test_tables_without_rows_keep_their_columns(tmp_path):
    files.write_tables(tmp_path, {"loo": [], "logrank": []})
    assert (tmp_path / "loo.csv").read_text().startswith("endpoint,model,rank,elpd")
    assert (tmp_path / "logrank.csv").read_text().startswith("endpoint,term,comparison,chi2")


def test_run_file_holds_seed_versions_digests_settings_and_verdicts(naive, tmp_path):
    records = [p.record for p in naive.posteriors.values()]
    files.write_run(tmp_path, "report", records, {"one": "ok"}, seed=naive.seed)
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert run["seed"] == 1
    assert run["verb"] == "report"
    assert run["provenance"] == ["simulated"]
    assert run["versions"] == {"escc-bayes": "0.1.0"}
    assert run["verdicts"] == {"one": "ok"}
    assert [fit["spec_digest"] for fit in run["fits"]] == [r.spec_digest for r in records]
    assert run["fits"][0]["settings"] == {"draws": 60}


def test_every_hazard_ratio_of_the_report_has_its_information(folder, naive):
    """Second source: the patients themselves, counted."""
    rows = read(folder / "information.csv")
    plan = naive.posteriors["two"].plan
    class_after = plan.rows.covariates["alc_post"]
    own = next(r for r in rows if (r["model"], r["term"], r["contrast"]) == ("two", "alc_post", "low vs high"))
    inside = class_after.values == class_after.schema.levels.index("low")
    assert int(own["patients"]) == inside.sum()
    assert int(own["events"]) == plan.rows.event[inside].sum()
    shown = {
        (r["model"], r["term"], r["contrast"]) for r in read(folder / "hazard_ratios.csv") if "bayes" in r["method"]
    }
    assert shown <= {(r["model"], r["term"], r["contrast"]) for r in rows}
