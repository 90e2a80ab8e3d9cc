"""What `fit` and `baselines` print: the numbers of the CSV files, aligned, every caution below."""

import csv
import re

from escc_bayes.estimand.aligned import Notes, aligned, width
from escc_bayes.estimand.printed import EXACT, group_table, ratio_table
from tests.unit.cli.running import run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_fit_prints_the_rows_of_its_tables_and_where_they_are(files, fit_words, monkeypatch, capsys):
    words = [*fit_words, "--engine", "laplace", "--draws", "500", "--quiet"]
    code, out, _ = run(monkeypatch, capsys, *words)
    assert code == 0
    (row,) = rows_of(files / "out" / "fit" / "hazard_ratios.csv")
    said = f"{float(row['hr']):.2f}  {float(row['lower']):.2f} to {float(row['upper']):.2f}"
    line = next(line for line in out.splitlines() if line.startswith("m  ") and "arm b vs a" in line)
    assert said in re.sub(" +", "  ", line).replace("  to  ", " to ")
    assert f"{float(row['prob_gt_1']):.3f}" in line
    assert f" {row['n']} " in line
    assert "95 % credible" in out
    assert (
        f"Written to {files / 'out' / 'fit'}: hazard_ratios.csv, survival.csv, diagnostics.csv, posterior/m.nc" in out
    )


def test_baselines_print_groups_tests_and_ratios(files, monkeypatch, capsys):
    words = ("--cohort", files / "c.csv", "--schema", files / "s.toml", "--endpoint", "os", "--out", files / "b")
    code, out, _ = run(monkeypatch, capsys, "baselines", *words)
    assert code == 0
    groups = {(row["term"], row["group"]): row for row in rows_of(files / "b" / "medians.csv")}
    for (term, group), row in groups.items():
        name = " ".join(word for word in (term, group) if word)
        line = next(line for line in out.splitlines() if line.startswith(f"{name} "))
        assert line.split()[len(name.split())] == row["n"]
    (test,) = [row for row in rows_of(files / "b" / "logrank.csv") if row["comparison"] == "overall"]
    assert f"{float(test['chi2']):.2f}" in out
    for row in rows_of(files / "b" / "hazard_ratios.csv"):
        assert any(row["method"] in line and f"{float(row['hr']):.2f}" in line for line in out.splitlines())
    assert "95 % confidence" in out
    assert f"Written to {files / 'b'}: km.csv" in out


def test_a_caution_is_said_once_and_marked_in_every_row_that_it_concerns():
    row = {"model": "m", "term": "x", "contrast": "b vs a", "hr": 1.5, "lower": 0.001, "upper": 2e6, "level": 0.9}
    row |= {"interval": "credible", "prob_gt_1": 0.7, "p_value": None, "n": 12, "events": 3.5, "verdict": "ok"}
    table = ratio_table(
        [{**row, "note": "few"}, {**row, "note": "few", "verdict": "NOT FIT FOR USE: Pareto k"}], by="model"
    )
    assert table.count("few") == 1
    assert "[1] few" in table
    assert "[2][1]" in table
    assert "[2] NOT FIT FOR USE: Pareto k" in table
    assert "0.001 to 2e+06" in table
    assert "90 % credible" in table


def test_columns_stay_aligned_with_letters_of_two_places():
    lines = aligned("T", ("group", "n"), [("低风险", "5"), ("high", "12")], Notes()).splitlines()
    assert len({width(line) for line in lines[2:]}) == 1


def test_strict_ends_with_1_where_a_result_must_not_be_used(files, fit_words, monkeypatch, capsys):
    """Sixty draws are too few for any tail: NOT FIT FOR USE."""
    words = [*fit_words, "--draws", "4", "--tune", "10", "--chains", "2", "--quiet"]
    assert run(monkeypatch, capsys, *words)[0] == 0
    code, _, err = run(monkeypatch, capsys, *words, "--strict")
    assert code == 1
    assert "NOT FIT FOR USE" in err
    words = ["compare", *words[1:-1], "--strict"]
    words[words.index("--out") + 1] = files / "out" / "compare"
    assert run(monkeypatch, capsys, *words)[0] == 1
    assert (files / "out" / "fit" / "run.json").exists()


def test_a_model_is_found_beside_and_the_bundled_one_wins_with_a_word(files, fit_words, monkeypatch, capsys):
    monkeypatch.chdir(files)
    words = [*fit_words, "--engine", "laplace", "--draws", "100", "--quiet"]
    words[words.index("--model") + 1] = "m"
    assert run(monkeypatch, capsys, *words)[0] == 0
    (files / "os_weibull.toml").write_text((files / "m.toml").read_text())
    words[words.index("--model") + 1] = "os_weibull"
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2  # The bundled model asks for covariates that this cohort does not have.
    assert (
        err.count("the bundled one is read, though os_weibull.toml is there; to have that one, write os_weibull.toml")
        == 1
    )


def test_a_wrong_key_of_the_base_is_not_reported_of_a_variant(files, fit_words, monkeypatch, capsys):
    text = (files / "m.toml").read_text().replace("structure =", "struture =")
    (files / "m.toml").write_text(text + "[variants.sceptical]\npriors.log_shape = { normal = [0.0, 0.1] }\n")
    code, _, err = run(monkeypatch, capsys, *fit_words)
    assert code == 2
    assert "did you mean 'structure'" in err
    assert "variants" not in err


def test_exact_limits_stand_where_log_log_ones_do_not_exist():
    """6 of 6 alive: Clopper and Pearson's lower limit is 0.025 ** (1 / 6) = 0.54."""
    group = {"term": "arm", "group": "A", "n": 6, "events": 0, "level": 0.95, "note": ""}
    median = {**group, "median": float("nan"), "lower": float("nan"), "upper": float("nan")}
    at = {**group, "time": 12.0, "survival": 1.0, "lower": None, "upper": None}
    said = group_table([median], [{**at, "lower_exact": 0.025 ** (1 / 6), "upper_exact": 1.0}])
    assert "1.00 (0.54 to 1.00)" in said
    assert EXACT in said
    known = {**at, "survival": 0.8, "lower": 0.3, "upper": 0.95, "lower_exact": 0.28, "upper_exact": 0.99}
    assert "0.80 (0.30 to 0.95)" in group_table([median], [known])
    assert "1.00 (-)" in group_table([median], [{**at, "lower_exact": None, "upper_exact": None}])


def test_cox_within_strata_says_which_row_has_one_covariate():
    row = {"term": "arm", "contrast": "B vs A", "hr": 0.62, "lower": 0.34, "upper": 1.15, "level": 0.95}
    row |= {"interval": "confidence", "p_value": 0.13, "n": 80, "events": 42, "method": "cox_stratified", "note": ""}
    said = ratio_table([{**row, "model": "univariable"}, {**row, "model": "multivariable"}], by="method")
    assert "cox_stratified, univariable  arm" in said
    assert "\ncox_stratified               arm" in said
    assert "cox_univariable  arm" in ratio_table(
        [{**row, "model": "univariable", "method": "cox_univariable"}], by="method"
    )
