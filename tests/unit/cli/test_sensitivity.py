"""The verb ``sensitivity`` on published ratios: table, sentences, refusals."""

import csv

import pytest

from tests.unit.cli.running import run


def rows_of(folder):
    with (folder / "reverse_bayes.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_79_patient_study_by_name(tmp_path, monkeypatch, capsys):
    """Scepticism limits, Held's P and E-values of its nine multivariable ratios, computed apart from the print."""
    code, out, _ = run(monkeypatch, capsys, "sensitivity", "seed1_scirep2025", "--out", tmp_path)
    assert code == 0
    found = {(row["endpoint"], row["term"]): row for row in rows_of(tmp_path)}
    expected = {
        ("OS", "stage"): (4.68, 0.125),
        ("OS", "ici_cycles"): (3.49, 0.097),
        ("OS", "response"): (2.95, 0.082),
        ("OS", "sequence"): (2.30, 0.065),
        ("OS", "rt_coverage"): (1.99, 0.042),
        ("OS", "alc_mid"): (1.45, 0.020),
        ("PFS", "stage"): (1.79, 0.057),
        ("PFS", "sequence"): (1.90, 0.069),
        ("PFS", "alc_post"): (1.33, 0.020),
    }
    for key, (limit, p) in expected.items():
        assert float(found[key]["scepticism_limit"]) == pytest.approx(limit, abs=0.0051), key
        assert float(found[key]["intrinsic_p"]) == pytest.approx(p, abs=0.00051), key
    assert float(found["OS", "rt_coverage"]["e_value"]) == pytest.approx(3.62, abs=0.005)
    assert float(found["OS", "rt_coverage"]["e_value_limit"]) == pytest.approx(1.86, abs=0.005)
    assert "NOT intrinsically credible" in out


def test_one_ratio_from_options(tmp_path, monkeypatch, capsys):
    words = ("--hr", "0.62", "--lower", "0.45", "--upper", "0.86")
    code, out, _ = run(monkeypatch, capsys, "sensitivity", *words, "--out", tmp_path)
    (row,) = rows_of(tmp_path)
    assert code == 0
    assert row["advocacy_limit"] == ""
    assert "A sceptic who puts 95 % on hazard ratios between 0.74 and 1.35" in out


def test_several_from_a_table(tmp_path, monkeypatch, capsys):
    lines = ("term,hr,lower,upper,p,one_sided", "a,0.7,0.5,0.98,,", "b,0.8,,,0.04,true", "c,,,,0.01,")
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n")
    code, _, _ = run(monkeypatch, capsys, "sensitivity", tmp_path / "r.csv", "--rare", "--out", tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert (code, [row["term"] for row in rows]) == (0, ["a", "b", "c"])
    assert rows[1]["source"] == "one-sided P = 0.04"
    assert rows[2]["hr"] == rows[2]["e_value"] == ""
    assert {row["outcome"] for row in rows} == {"rare"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "nothing to look at"),
        (("--hr", "0.7"), "a ratio alone"),
        (("--hr", "nan", "--p", "0.1"), "--hr nan: expected a finite number"),
        (("--p", "0.1", "--lower", "2"), "one limit stands alone"),
        (("missing.csv",), "no such file"),
        (("no_such_study",), "no study 'no_such_study'"),
    ],
)
def test_bad_input_ends_with_one_paragraph(tmp_path, monkeypatch, capsys, words, message):
    code, _, err = run(monkeypatch, capsys, "sensitivity", *words, "--out", tmp_path / "out")
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("hr,lower,upper\n0.7,0.5,x\n", "line 2, column 'upper': 'x' is no number"),
        ("hr,low\n0.7,0.5\n", "column 'low' is not known"),
        ("hr,p,one_sided\n0.7,0.1,maybe\n", "neither true nor false"),
        ("hr,lower,upper\n0.7,0.8,0.9\n", "line 2: the interval 0.8 to 0.9 leaves out"),
    ],
)
def test_bad_rows_are_located(tmp_path, monkeypatch, capsys, table, message):
    (tmp_path / "r.csv").write_text(table)
    code, _, err = run(monkeypatch, capsys, "sensitivity", tmp_path / "r.csv", "--out", tmp_path / "out")
    assert (code, message in err) == (2, True), err
