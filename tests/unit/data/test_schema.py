"""Cohort schemas: every rule has one bad schema, and the message says where and what to do."""

import pytest

from escc_bayes.data.schema import MONTHS_PER, load_schema, schema_from
from escc_bayes.foundation.errors import CutError, InputError, SchemaError, TomlError

ENDPOINTS = {"os": {"time": "t", "event": "d"}}
ALC = {"kind": "ordered", "levels": ["high", "low"], "cuts": [0.5], "classes": ["low", "high"], "on_cut": "above"}


def with_covariate(**body):
    return {"endpoints": ENDPOINTS, "covariates": {"x": body}}


def without(table, key):
    return {k: v for k, v in table.items() if k != key}


def guaranteeing(**rules):
    return with_covariate(kind="binary", levels=["a", "b"], guarantee=rules)


def treated(**table):
    covariates = {"arm": {"kind": "binary", "levels": ["no", "yes"]}, "age": {"kind": "continuous"}}
    return {"endpoints": ENDPOINTS, "covariates": covariates, "treatment": table}


BAD = {
    "treatment without covariate": (treated(on=["age"]), SchemaError, "treatment]: the key 'covariate' is missing"),
    "treatment unknown": (treated(covariate="arn"), SchemaError, "'arn' is no covariate; did you mean 'arm'"),
    "treatment a number": (treated(covariate="age"), SchemaError, "'age' has not two levels"),
    "treatment key": (treated(covariate="arm", one=["age"]), TomlError, "treatment]: unknown key 'one'; did you mean"),
    "treatment on unknown": (treated(covariate="arm", on=["ago"]), SchemaError, "on: 'ago' is no covariate; did you"),
    "treatment on itself": (treated(covariate="arm", on=["arm"]), SchemaError, "on: 'arm' is the treatment; leave it"),
    "treatment on twice": (treated(covariate="arm", on=["age", "age"]), TomlError, "on: a word stands twice"),
    "guarantee without interval": (guaranteeing(cycles=4), SchemaError, "guarantee: 'interval' is missing; write the"),
    "guarantee without cycles": (guaranteeing(interval=0.7), SchemaError, "'cycles' is missing; write cycles = 4, or"),
    "guarantee of no level": (
        guaranteeing(cycles={"c": 4}, interval=0.7),
        SchemaError,
        "x, guarantee, cycles: there is no level 'c'",
    ),
    "guarantee beyond all cycles": (
        guaranteeing(cycles=4, interval=0.7, fraction=1.5),
        SchemaError,
        "guarantee, fraction: expected a number from 0 to 1, was given 1.5",
    ),
    "guarantee key": (guaranteeing(cycle=4, interval=1), TomlError, "unknown key 'cycle'; did you mean 'cycles'"),
    "guarantee of levels of a number": (
        with_covariate(kind="continuous", guarantee={"interval": 1, "lead": {"b": 1}}),
        SchemaError,
        "guarantee, lead: there is no level 'b'; a number has no levels",
    ),
    "unknown top key": ({"endpoint": {}}, TomlError, "unknown key 'endpoint'; did you mean 'endpoints'"),
    "no endpoint": ({"name": "a"}, SchemaError, "no endpoint is declared; add a table"),
    "endpoint no table": ({"endpoints": {"os": 3}}, TomlError, "endpoints.os: expected a table"),
    "endpoint key": (
        {"endpoints": {"os": {"time": "t", "events": "d"}}},
        TomlError,
        "endpoints.os: unknown key 'events'; did you mean 'event'",
    ),
    "no time": ({"endpoints": {"os": {"event": "d"}}}, SchemaError, "endpoints.os: the key 'time' is missing; name"),
    "no event": ({"endpoints": {"os": {"time": "t"}}}, SchemaError, "the key 'event' is missing; name the column"),
    "endpoint name": ({"endpoints": {"o s": ENDPOINTS["os"]}}, TomlError, "'o s' cannot be a name"),
    "not_after": (
        {"endpoints": ENDPOINTS | {"pfs": {"time": "t", "event": "d", "not_after": "so"}}},
        SchemaError,
        "endpoints.pfs: not_after = 'so' is no endpoint; known: os, pfs",
    ),
    "missing": ({"endpoints": {"os": ENDPOINTS["os"] | {"missing": "omit"}}}, TomlError, "'omit' is not possible"),
    "censored alone": (
        {"endpoints": {"os": ENDPOINTS["os"] | {"censored_values": ["alive"]}}},
        SchemaError,
        "censored_values stands without event_values; declare",
    ),
    "event and censored": (
        {"endpoints": {"os": ENDPOINTS["os"] | {"event_values": [1], "censored_values": ["0", "1.0"]}}},
        SchemaError,
        "'1' stands in event_values and in censored_values; keep it in one",
    ),
    "time unit": ({"endpoints": ENDPOINTS, "time_unit": "month"}, TomlError, "'month'.*did you mean 'months'"),
    "no kind": (with_covariate(levels=["a", "b"]), SchemaError, "covariates.x: the key 'kind' is missing; one of"),
    "kind": (with_covariate(kind="ordinal"), TomlError, "covariates.x, kind: 'ordinal'.*known: ordered, nominal,"),
    "no levels": (with_covariate(kind="ordered"), SchemaError, "needs levels = .*the first is the reference"),
    "one level": (with_covariate(kind="ordered", levels=["a"]), SchemaError, "one word only; .* at least two"),
    "binary with three": (
        with_covariate(kind="binary", levels=["a", "b", "c"]),
        SchemaError,
        "has two levels, was given 3; use nominal",
    ),
    "level twice": (with_covariate(kind="nominal", levels=["a", "a"]), TomlError, "a word stands twice"),
    "level twice as a number": (
        with_covariate(kind="nominal", levels=["1", "1.0"]),
        SchemaError,
        "'1' and '1.0' are one value in a table; keep one",
    ),
    "level that means missing": (
        with_covariate(kind="nominal", levels=["NA", "Europe"]),
        SchemaError,
        "levels: 'NA' means a missing value in a table; rename it",
    ),
    "levels of a number": (
        with_covariate(kind="continuous", levels=["a", "b"]),
        SchemaError,
        "'levels' does not belong to a continuous covariate; remove it or change kind",
    ),
    "center of a factor": (
        with_covariate(kind="nominal", levels=["a", "b"], center=1.0),
        SchemaError,
        "'center' does not belong to a nominal covariate",
    ),
    "scale zero": (with_covariate(kind="continuous", scale=0.0), TomlError, "scale: must be above 0"),
    "known before zero": (with_covariate(kind="continuous", known_at=-1.0), TomlError, "cannot be negative.*-1"),
    "cuts not increasing": (with_covariate(**ALC | {"cuts": [1.0, 0.5]}), CutError, "1 is followed by 0.5; sort"),
    "cuts no list": (with_covariate(**ALC | {"cuts": 0.5}), CutError, "expected a list of increasing numbers"),
    "classes without cuts": (with_covariate(**without(ALC, "cuts")), SchemaError, "'classes' stands without cuts; add"),
    "cuts without on_cut": (with_covariate(**without(ALC, "on_cut")), SchemaError, "on_cut, which says for each cut"),
    "cuts without classes": (with_covariate(**without(ALC, "classes")), SchemaError, "cuts need classes"),
    "too few classes": (with_covariate(**ALC | {"cuts": [0.5, 1.0]}), SchemaError, "2 cuts make 3 classes"),
    "classes not the levels": (with_covariate(**ALC | {"classes": ["lo", "high"]}), SchemaError, "must be the levels"),
    "sides": (with_covariate(**ALC | {"on_cut": ["above", "below"]}), SchemaError, "for each of 1 cuts"),
    "side": (with_covariate(**ALC | {"on_cut": "over"}), TomlError, "'over' is not possible here"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_schema_is_refused_with_place_and_remedy(case):
    raw, error, words = BAD[case]
    with pytest.raises(error, match=words) as caught:
        schema_from(raw, "bad.toml")
    assert str(caught.value).startswith("bad.toml")
    assert isinstance(caught.value, InputError)


def test_a_month_is_30_4375_days_and_a_year_12_months():
    # 365.25 / 12 days.
    assert 1 / MONTHS_PER["days"] == pytest.approx(365.25 / 12, rel=1e-15)
    assert MONTHS_PER["weeks"] == pytest.approx(7 * 12 / 365.25, rel=1e-15)
    assert MONTHS_PER["years"] == 12.0


def test_the_column_of_a_covariate_is_its_name_unless_said_otherwise():
    schema = schema_from(
        {
            "endpoints": ENDPOINTS,
            "covariates": {"age": {"kind": "continuous"}, "x": {"kind": "continuous", "column": "y"}},
        },
        "s",
    )
    assert (schema.covariates["age"].column, schema.covariates["x"].column) == ("age", "y")
    assert schema.covariates["age"].label == "age"


def test_a_schema_file_that_does_not_parse_is_named_with_its_line(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text("schema = 1\n[endpoints.os\n")
    with pytest.raises(TomlError, match=r"schema\.toml: is not valid TOML: .*line 2"):
        load_schema(path)


def test_a_schema_names_the_treatment_that_reports_compare():
    found = schema_from(treated(covariate="arm", on=["age"]), "s").treatment
    assert (found.covariate, found.on) == ("arm", ("age",))
    assert schema_from(treated(covariate="arm"), "s").treatment.on == ()
    assert schema_from({"endpoints": ENDPOINTS}, "s").treatment is None
