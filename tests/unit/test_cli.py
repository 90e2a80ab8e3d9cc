"""The command line: what it writes, and that bad input ends with one paragraph, code 2 and no folder."""

import csv
import json

import pytest

from escc_bayes import cli
from escc_bayes.bayes import diagnose

SCHEMA = """
schema = 1
time_unit = "months"
id = "id"
[endpoints.os]
time = "t"
event = "d"
[covariates.arm]
kind = "binary"
levels = ["a", "b"]
"""
MODEL = """
schema = 1
name = "m"
[outcome]
endpoint = "os"
[baseline]
family = "weibull"
reference_time = 12.0
[priors]
baseline_survival = { at = 12.0, median = 0.7, lower = 0.3 }
log_shape = { normal = [0.0, 0.5] }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
"""
GOOD = ["id,t,d,arm", *(f"P{i},{3 + i},{i % 2},{'ab'[i % 3 == 0]}" for i in range(1, 13))]


def run(monkeypatch, capsys, *words):
    """Run the command in this process; return exit code, stdout and stderr."""
    monkeypatch.setattr("sys.argv", ["escc-bayes", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr()
    return ended.value.code or 0, printed.out, printed.err


@pytest.fixture
def files(tmp_path):
    """A cohort, a schema and a model that are right; tests spoil one of them."""
    (tmp_path / "c.csv").write_text("\n".join(GOOD) + "\n")
    (tmp_path / "s.toml").write_text(SCHEMA)
    (tmp_path / "m.toml").write_text(MODEL)
    return tmp_path


def fit_words(folder):
    return (
        *("fit", "--cohort", folder / "c.csv", "--schema", folder / "s.toml"),
        *("--model", folder / "m.toml", "--out", folder / "out" / "fit"),
    )


SPOILED = {
    "missing column": ("c.csv", "id,t,d,arm", "id,time,d,arm", ["c.csv", "column 't'", "missing"]),
    "unknown level": ("c.csv", "P2,5,0,a", "P2,5,0,c", ["line 3", "'c'", "arm"]),
    "negative time": ("c.csv", "P2,5,", "P2,-5,", ["line 3", "above 0", "-5"]),
    "zero time": ("c.csv", "P2,5,", "P2,0,", ["line 3", "above 0"]),
    "time missing": ("c.csv", "P2,5,", "P2,,", ["line 3", "time is missing"]),
    "infinite time": ("c.csv", "P2,5,", "P2,inf,", ["line 3", "finite"]),
    "event missing": ("c.csv", "P2,5,0,", "P2,5,NA,", ["line 3", "event is missing"]),
    "event coded 2": ("c.csv", "P2,5,0,", "P2,5,2,", ["line 3", "'2'", "event_values"]),
    "event in words": ("c.csv", "P2,5,0,", "P2,5,dead,", ["line 3", "'dead'", "event_values"]),
    "event of one half": ("c.csv", "P2,5,0,", "P2,5,0.5,", ["line 3", "'0.5'"]),
    "decimal comma": ("c.csv", "P2,5,0,", 'P2,"5,5",0,', ["line 3", "decimal comma", "5.5"]),
    "duplicate patient": ("c.csv", "P2,", "P1,", ["lines 2, 3", "'P1'", "twice"]),
    "schema does not parse": ("s.toml", "[endpoints.os]", "[endpoints.os", ["s.toml", "not valid TOML"]),
    "unknown key": ("m.toml", "structure =", "struture =", ["m.toml", "did you mean 'structure'"]),
    "unknown covariate": ("m.toml", '"arm"', '"amr"', ["no covariate 'amr'", "did you mean 'arm'"]),
    "unknown endpoint": ("m.toml", '"os"', '"pfs"', ["no endpoint 'pfs'"]),
    "unknown family": ("m.toml", '"weibull"', '"weibul"', ["did you mean 'weibull'"]),
}


@pytest.mark.parametrize("what", SPOILED)
def test_bad_input_ends_with_one_paragraph_and_nothing_written(what, files, monkeypatch, capsys):
    """Exit code 2; file, place, value and remedy in one paragraph; the output folder does not exist."""
    name, before, after, words = SPOILED[what]
    text = (files / name).read_text()
    assert before in text
    (files / name).write_text(text.replace(before, after, 1))
    code, out, err = run(monkeypatch, capsys, *fit_words(files))
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err
    assert not (files / "out").exists()


def test_empty_file_and_wrong_encoding_are_located(files, monkeypatch, capsys):
    (files / "c.csv").write_text("")
    assert "is empty" in run(monkeypatch, capsys, *fit_words(files))[2]
    (files / "c.csv").write_bytes("\n".join(GOOD).replace("P3", "Pé").encode("latin-1"))
    code, _, err = run(monkeypatch, capsys, *fit_words(files))
    assert code == 2
    assert "line 4" in err
    assert "UTF-8" in err


def test_unknown_model_and_cohort_names_get_a_suggestion(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "fit", "--cohort", "escc79", "--model", "os_piecwise")
    assert code == 2
    assert "did you mean 'os_piecewise'" in err
    code, _, err = run(monkeypatch, capsys, "baselines", "--cohort", "escc97", "--endpoint", "os")
    assert code == 2
    assert "did you mean 'escc79'" in err


def test_endpoint_without_events_is_refused(files, monkeypatch, capsys):
    lines = [line.replace(",1,", ",0,") for line in GOOD]
    (files / "c.csv").write_text("\n".join(lines) + "\n")
    code, _, err = run(monkeypatch, capsys, *fit_words(files))
    assert code == 2
    assert "no events among 12 patients" in err


def test_out_that_is_a_file_is_refused_before_any_work(files, monkeypatch, capsys):
    (files / "taken").write_text("x")
    words = [*fit_words(files)[:-1], files / "taken"]
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "is a file" in err


def test_baselines_write_the_named_tables(tmp_path, monkeypatch, capsys):
    """File names and columns are those that others rely on."""
    out = tmp_path / "b"
    code, printed, err = run(monkeypatch, capsys, "baselines", "--cohort", "larynx", "--endpoint", "os", "--out", out)
    assert (code, err) == (0, "")
    assert printed.startswith("OBSERVED: 90 of 90 patients")
    assert "50 events, 44 % censored" in printed
    columns = {
        "km": "endpoint term group time survival lower upper at_risk events",
        "landmarks": "endpoint term group time survival lower upper at_risk",
        "logrank": "endpoint term comparison chi2 df p_value p_holm",
        "hazard_ratios": "endpoint model method term contrast hr lower upper level interval prob_gt_1 p_value "
        "log_hr_mean log_hr_sd n events",
        "ph_test": "endpoint term chi2 df p_value",
        "rmst": "endpoint term group until rmst lower upper",
        "followup": "endpoint median lower upper",
    }
    for name, wanted in columns.items():
        with (out / f"{name}.csv").open() as stream:
            header = next(csv.reader(stream))
        assert header[: len(wanted.split())] == wanted.split(), name
    assert json.loads((out / "run.json").read_text())["verb"] == "baselines"


def test_naive_covariates_are_labelled_in_baselines(tmp_path, monkeypatch, capsys):
    """alc_mid is known at 0.75 months: without a landmark its rows say NAIVE, with one they do not."""
    words = ("baselines", "--cohort", "escc79", "--endpoint", "os", "--out", tmp_path / "b")
    assert run(monkeypatch, capsys, *words)[1].startswith("SIMULATED")
    with (tmp_path / "b" / "logrank.csv").open() as stream:
        clocks = {row["term"]: row["clock"] for row in csv.DictReader(stream)}
    assert clocks["alc_mid"].startswith("NAIVE")
    assert clocks["stage"] == "time zero"
    run(monkeypatch, capsys, *words, "--landmark", "3")
    with (tmp_path / "b" / "logrank.csv").open() as stream:
        assert {row["clock"] for row in csv.DictReader(stream)} == {"the landmark at 3 months"}


def test_audit_prints_one_sentence_a_finding_and_strict_fails(tmp_path, monkeypatch, capsys):
    """The stage sum of the target study is 69, not 79 (14 + 36 + 19, by hand)."""
    words = ("audit", "seed1_scirep2025", "--out", tmp_path / "a")
    code, printed, err = run(monkeypatch, capsys, *words)
    assert (code, err) == (0, "")
    assert "14 + 36 + 19 = 69, not 79" in printed
    with (tmp_path / "a" / "findings.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["study", "rule", "severity", "statement", "arithmetic", "where"]
    assert len(rows) == len(printed.splitlines())
    assert run(monkeypatch, capsys, *words, "--strict")[0] == 1
    assert run(monkeypatch, capsys, "audit", "tenergy_epoc1802", "--strict", "--out", tmp_path / "t")[0] == 0


def test_audit_of_an_unknown_study_suggests_the_nearest(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "audit", "seed1_scirep2024")
    assert code == 2
    assert "did you mean 'seed1_scirep2025'" in err


def test_report_without_a_model_that_fits_says_how_to_write_one(files, monkeypatch, capsys):
    """Priors are the user's: a cohort with other columns gets no model by default."""
    words = ("report", "--cohort", files / "c.csv", "--schema", files / "s.toml", "--out", files / "out")
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "no shipped model fits" in err
    assert "--model FILE.toml" in err
    assert not (files / "out").exists()


@pytest.mark.sampling
def test_report_on_the_larynx_is_complete_and_labelled(tmp_path, larynx_posterior, monkeypatch, capsys):
    """All files that a report promises, from one command; the structure is already compiled by the fixture."""
    assert larynx_posterior.diagnostics.fit_for_use
    out = tmp_path / "r"
    words = ("report", "--cohort", "larynx", "--engine", "nuts", "--draws", "500", "--tune", "500", "--out", out)
    code, printed, _ = run(monkeypatch, capsys, *words)
    assert code == 0
    assert printed.strip() == str(out / "report.html")
    page = (out / "report.html").read_text()
    assert "OBSERVED" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    names = {p.name for p in out.rglob("*") if p.is_file()}
    tables = ("hazard_ratios", "survival", "diagnostics", "comparison", "attribution", "km", "landmarks", "logrank")
    assert {f"{t}.csv" for t in (*tables, "ph_test", "rmst", "followup")} <= names
    assert {"run.json", "larynx_piecewise.nc"} <= names
    assert sum(name.endswith(".png") for name in names) >= 8


@pytest.mark.parametrize("verb", ["fit", "compare", "report"])
def test_unknown_engine_is_refused_before_any_work(verb, files, monkeypatch, capsys):
    """One paragraph with the known engines."""
    words = [verb, *fit_words(files)[1:], "--engine", "laplce"]
    code, out, err = run(monkeypatch, capsys, *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "engine 'laplce' is not possible" in err
    assert "did you mean 'laplace'" in err
    assert not (files / "out").exists()


def test_fit_by_laplace_writes_tables_draws_and_run(tmp_path, larynx, monkeypatch, capsys):
    """Its own default number of draws; R-hat blank, Pareto k there; the file reads back as the fit."""
    from escc_bayes.bayes.fit import fit
    from escc_bayes.bayes.reload import load_posterior
    from escc_bayes.spec.reading import load_spec

    out = tmp_path / "f"
    words = ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--out", out)
    code, printed, _ = run(monkeypatch, capsys, *words, "--seed", "5")
    assert code == 0
    assert "bayes_laplace, seed 5: ok" in printed
    with (out / "diagnostics.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert (row["method"], row["max_rhat"], row["min_ess_bulk"], row["verdict"]) == ("bayes_laplace", "", "", "ok")
    assert float(row["pareto_k_max"]) < 0.7
    assert float(row["importance_ess"]) > 400.0
    with (out / "hazard_ratios.csv").open() as stream:
        assert {r["method"] for r in csv.DictReader(stream)} == {"bayes_laplace"}
    (fitted,) = json.loads((out / "run.json").read_text())["fits"]
    assert (fitted["engine"], fitted["settings"]["draws"], fitted["settings"]["chains"]) == ("laplace", 5000, 4)
    spec = load_spec("larynx_piecewise")
    again = load_posterior(out / "posterior" / "larynx_piecewise.nc", spec, larynx)
    assert (again.coefficients == fit(spec, larynx, seed=5, engine="laplace").coefficients).all()


def test_compare_by_laplace_puts_two_models_beside_cox(tmp_path, monkeypatch, capsys):
    out = tmp_path / "c"
    models = ("--model", "os_piecewise", "--model", "os_weibull")
    words = ("compare", "--cohort", "escc79", *models, "--engine", "laplace", "--draws", "400", "--out", out)
    code, printed, _ = run(monkeypatch, capsys, *words)
    assert code == 0
    assert "bayes_laplace" in printed
    with (out / "comparison.csv").open() as stream:
        assert {"bayes_laplace", "cox"} <= {row["method"] for row in csv.DictReader(stream)}
    with (out / "loo.csv").open() as stream:
        assert {row["model"] for row in csv.DictReader(stream)} == {"os_piecewise", "os_weibull"}


def test_a_fit_that_laplace_must_not_answer_is_sampled_and_says_so(tmp_path, monkeypatch, capsys):
    """With no Pareto k good enough: nuts in tables and run, a warning on stderr, exit code 0."""
    monkeypatch.setattr(diagnose, "MAX_PARETO_K", -9.0)
    out = tmp_path / "f"
    words = ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--out", out)
    code, printed, err = run(monkeypatch, capsys, *words, "--seed", "5")
    assert code == 0
    assert "bayes_nuts, seed 5: ok" in printed
    assert "Warning: model 'larynx_piecewise': engine laplace is not fit for use (Pareto k " in err
    assert "NOT FIT FOR USE" not in err
    (fitted,) = json.loads((out / "run.json").read_text())["fits"]
    assert fitted["engine"] == "nuts"
    assert fitted["settings"]["instead_of"].startswith("laplace (Pareto k ")


def test_report_confirms_its_headline_model_by_nuts(tmp_path, monkeypatch, capsys):
    """Both methods stand in the tables, and the page says how far they agree."""
    out = tmp_path / "r"
    assert run(monkeypatch, capsys, "report", "--cohort", "larynx", "--draws", "1000", "--out", out)[0] == 0
    methods = ["bayes_laplace", "bayes_nuts"]
    with (out / "diagnostics.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["model"], row["method"]) for row in rows] == [("larynx_piecewise", m) for m in methods]
    with (out / "hazard_ratios.csv").open() as stream:
        assert set(methods) <= {row["method"] for row in csv.DictReader(stream)}
    assert (out / "posterior" / "larynx_piecewise.nuts.nc").is_file()
    page = (out / "report.html").read_text()
    assert "larynx_piecewise: bayes_laplace and bayes_nuts agree: means of the log hazard ratios at most 0." in page
    assert "over 1 posterior by nuts" in page
    assert "over 1 posterior by laplace" in page


def test_report_by_laplace_judges_by_pareto_k(tmp_path, monkeypatch, capsys):
    """No chains: no R-hat in words, table or figure."""
    out = tmp_path / "r"
    words = ("report", "--cohort", "larynx", "--engine", "laplace", "--draws", "500", "--out", out)
    assert run(monkeypatch, capsys, *words)[0] == 0
    page = (out / "report.html").read_text()
    assert "Sampler diagnostics passed: largest Pareto k" in page
    assert "nan" not in page[page.index("Sampler diagnostics passed") :][:200]
    assert not (out / "figures" / "diagnostics.svg").exists()
