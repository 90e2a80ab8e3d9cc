"""Study files: digits are kept, and every rule has one bad file whose message says where and what to do."""

from decimal import Decimal

import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.data.study import StudyError, read_study
from escc_bayes.foundation.errors import InputError

HEAD = 'schema_version = 1\ntime_unit = "months"\nid = "s"\ncitation = "c"\nn = 80\n'
HR = '[[estimate]]\neffect = "stage"\nendpoint = "OS"\nmeasure = "HR"\nquote = "q"\n'
CURVE = '[[survival]]\narm = "all"\nendpoint = "OS"\nquote = "q"\n'
NUMBER = '[[number]]\nname = "a_sd"\nquote = "q"\n'

BAD = {
    "no version": ('id = "s"', "schema_version = 1 is needed"),
    "days": (HEAD.replace("months", "days"), "time_unit: 'days' is not possible"),
    "top key": (HEAD + 'citatoin = "x"', "unknown key 'citatoin'; did you mean 'citation'"),
    "no id": (HEAD.replace('id = "s"\n', ""), "the key 'id' is missing"),
    "estimate key": (HEAD + HR + "vale = 2.0", r"estimate 1 \(stage, OS\): unknown key 'vale'; did you mean 'value'"),
    "no quote": (HEAD + HR.replace('quote = "q"\n', ""), "the key 'quote' is missing"),
    "text for number": (HEAD + HR + 'value = "two"', "value: expected a number with its printed digits, was given two"),
    "nan": (HEAD + HR + "value = nan", "value: expected a number with its printed digits"),
    "true": (HEAD + HR + "value = true", "value: expected a number with its printed digits"),
    "landmarks": (HEAD + CURVE + "landmarks = 3", "landmarks: expected a list of tables"),
    "landmark s": (HEAD + CURVE + "landmarks = [{ t = 12, s = 85.7 }]", r"landmark 1, s: .*write a percentage as a"),
    "number as table": (HEAD + "number = 3", r"write \[\[number\]\]"),
    "not toml": ("id = ", "is not valid TOML"),
}


MISPRINTS = {
    "p": (HR + "p = 1.2", ("p", "1.2", "must lie in [0, 1]")),
    "negative hr": (HR + "value = -0.7", ("value", "-0.7", "must be above 0")),
    "negative se": (HR + "se_log_hr = -0.1", ("se_log_hr", "-0.1", "must be above 0")),
    "derived se": (HR + "derived = { se_log_hr = -0.1 }", ("se_log_hr", "-0.1", "must be above 0")),
    "events": (HR + "events = 3.5", ("events", "3.5", "expected a whole number of at least 0")),
    "sd": (NUMBER + "value = -0.2", ("value", "-0.2", "cannot be negative")),
    "sd in front": (NUMBER.replace("a_sd", "sd_a") + "value = -0.2", ("value", "-0.2", "cannot be negative")),
    "variance": (
        NUMBER.replace("a_sd", "a_variance_results") + "value = -1.0",
        ("value", "-1.0", "cannot be negative"),
    ),
    "negative lower limit": (HR + "ci_low = -0.1", ("ci_low", "-0.1", "cannot be negative")),
    "upper limit of nothing": (HR + "ci_high = 0.00", ("ci_high", "0.00", "must be above 0")),
    "survival above one": (CURVE + "landmarks = [{ t = 12, s = 1.04 }]", ("s", "1.04", "must lie in [0, 1]")),
}


@pytest.mark.parametrize("name", MISPRINTS)
def test_a_number_that_no_print_can_mean_is_kept_apart(name, tmp_path):
    content, expected = MISPRINTS[name]
    path = tmp_path / "s.toml"
    path.write_text(HEAD + content)
    (found,) = read_study(path).misprints
    assert (found.key, found.printed, found.why) == expected
    assert found.place.startswith(("estimate 1", "number 1", "survival 1"))


def test_a_difference_may_be_negative_and_other_measures_are_read(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(HEAD + HR.replace('"HR"', '"mean difference"') + "value = -1.2\nci_low = -2.0\nci_high = -0.4")
    study = read_study(path)
    assert (study.misprints, study.estimates[0].value) == ((), Decimal("-1.2"))
    path.write_text(HEAD + HR.replace('"HR"', '"NMA HR"') + "value = 0.95\nci_low = 0.44\nci_high = 0.79")
    assert read_study(path).estimates[0].measure == "NMA HR"


@pytest.mark.parametrize("name", BAD)
def test_bad_study_file_gets_a_located_error(name, tmp_path):
    content, message = BAD[name]
    path = tmp_path / "bad.toml"
    path.write_text(content)
    with pytest.raises(StudyError, match=message) as caught:
        read_study(path)
    assert "bad.toml" in str(caught.value)


def test_study_error_is_an_input_error_also_for_missing_and_binary_files(tmp_path):
    assert issubclass(StudyError, InputError)
    with pytest.raises(StudyError, match="no such file"):
        read_study(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StudyError, match="not UTF-8"):
        read_study(tmp_path / "x.toml")


def test_printed_digits_survive_reading():
    study = read_study(models_folder() / "studies" / "seed1_scirep2025.toml")
    first = study.estimates[0]
    assert (str(first.value), str(first.p)) == ("2.254", "0.030")
    assert study.survivals[0].landmarks[2].s == Decimal("0.562")
    assert first.place == "estimate 1 (stage, OS)"


@pytest.mark.parametrize("path", sorted((models_folder() / "studies").glob("*.toml")), ids=lambda p: p.stem)
def test_every_bundled_study_loads_under_its_own_name(path):
    study = read_study(path)
    assert study.id == path.stem
    assert study.source
    assert all(entry.quote for entry in (*study.estimates, *study.survivals, *study.numbers))


def test_a_lower_limit_that_rounds_to_zero_is_a_print(tmp_path):
    """HR 0.012 (0.000-0.950): papers print it; it stands for any limit up to 0.0005."""
    path = tmp_path / "s.toml"
    path.write_text(HEAD + HR + "value = 0.012\nci_low = 0.000\nci_high = 0.950")
    assert read_study(path).estimates[0].ci_low == Decimal("0.000")


def test_there_are_35_bundled_studies():
    assert len(list((models_folder() / "studies").glob("*.toml"))) == 35
