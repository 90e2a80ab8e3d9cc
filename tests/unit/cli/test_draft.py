"""The verbs `draft` and `check`, from a file to a cohort."""

from tests.unit.cli.running import run

ROWS = "id,os_months,death,stage,age\n" + "".join(
    f"P{i},{3 + 2.5 * i},{i % 2},{('II', 'III', 'IV')[i % 3]},{50 + i}\n" for i in range(24)
)


def test_a_draft_is_written_shown_and_read_by_check(tmp_path, monkeypatch, capsys):
    file = tmp_path / "cohort.csv"
    file.write_text(ROWS)
    code, out, err = run(monkeypatch, capsys, "draft", str(file), "--out", str(tmp_path / "d"))
    assert (code, err) == (0, "")
    assert "stage      ordered" in out
    assert "To decide (1 line marked CHECK)" in out
    code, out, err = run(monkeypatch, capsys, "check", str(file), "--schema", str(tmp_path / "d" / "schema.toml"))
    assert (code, err) == (0, "")
    assert "os        24      12" in out
    assert "Nothing looks wrong." in out


def test_a_schema_beside_the_file_is_found(tmp_path, monkeypatch, capsys):
    (tmp_path / "cohort.csv").write_text(ROWS)
    code, _, err = run(monkeypatch, capsys, "check", str(tmp_path / "cohort.csv"))
    assert code == 2
    assert "`escc-bayes draft" in err
    assert "cohort.toml beside the file is found by itself" in err
    (tmp_path / "cohort.toml").write_text('schema = 1\n[endpoints.os]\ntime = "os_months"\nevent = "death"\n')
    assert run(monkeypatch, capsys, "check", str(tmp_path / "cohort.csv"))[0] == 0


def test_what_is_no_table_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    code, _, err = run(monkeypatch, capsys, "draft", str(tmp_path / "x.pdf"), "--out", str(tmp_path / "d"))
    assert code == 2
    assert "is a PDF" in err
    assert not (tmp_path / "d").exists()
