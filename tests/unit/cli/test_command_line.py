"""Bad input ends with one paragraph, code 2 and no folder."""

import pytest

from escc_bayes.cli import app
from tests.unit.cli.running import run

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
def test_bad_input_ends_with_one_paragraph_and_nothing_written(what, files, fit_words, monkeypatch, capsys):
    """Exit code 2; file, place, value and remedy in one paragraph; the output folder does not exist."""
    name, before, after, words = SPOILED[what]
    text = (files / name).read_text()
    assert before in text
    (files / name).write_text(text.replace(before, after, 1))
    code, out, err = run(monkeypatch, capsys, *fit_words)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err
    assert not (files / "out").exists()


def test_empty_file_and_wrong_encoding_are_located(files, fit_words, monkeypatch, capsys):
    good = (files / "c.csv").read_text()
    (files / "c.csv").write_text("")
    assert "is empty" in run(monkeypatch, capsys, *fit_words)[2]
    (files / "c.csv").write_bytes(good.replace("P3", "P\x81").encode("latin-1"))
    code, _, err = run(monkeypatch, capsys, *fit_words)
    assert code == 2
    assert "in no encoding that can be told" in err
    assert "save the file as CSV UTF-8" in err


def test_unknown_model_and_cohort_names_get_a_suggestion(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "fit", "--cohort", "escc79", "--model", "os_piecwise")
    assert code == 2
    assert "did you mean 'os_piecewise'" in err
    code, _, err = run(monkeypatch, capsys, "baselines", "--cohort", "escc97", "--endpoint", "os")
    assert code == 2
    assert "did you mean 'escc79'" in err


def test_endpoint_without_events_is_refused(files, fit_words, monkeypatch, capsys):
    (files / "c.csv").write_text((files / "c.csv").read_text().replace(",1,", ",0,"))
    code, _, err = run(monkeypatch, capsys, *fit_words)
    assert code == 2
    assert "no events among 12 patients" in err


def test_out_that_is_a_file_is_refused_before_any_work(files, fit_words, monkeypatch, capsys):
    (files / "taken").write_text("x")
    words = [*fit_words[:-1], files / "taken"]
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "is a file" in err


@pytest.mark.parametrize("verb", ["fit", "compare", "report"])
def test_unknown_engine_is_refused_before_any_work(verb, files, fit_words, monkeypatch, capsys):
    """One paragraph with the known engines."""
    words = [verb, *fit_words[1:], "--engine", "laplce"]
    code, out, err = run(monkeypatch, capsys, *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "engine 'laplce' is not possible" in err
    assert "did you mean 'laplace'" in err
    assert not (files / "out").exists()


@pytest.mark.parametrize("verb", ["fit", "report", "compare"])
def test_help_loses_no_words_to_markup(verb):
    """Square brackets in help are taken for markup and vanish."""
    commands = {command.callback.__name__: command.callback for command in app.registered_commands}
    assert "[" not in (commands[verb].__doc__ or "")
