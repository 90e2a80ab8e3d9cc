"""Kinds of files that hospitals and trials have, each with what its columns are, and what is asked of a person."""

import datetime
import tomllib

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError
from escc_bayes.spec.draft.draft import draft
from escc_bayes.spec.reading import spec_from
from tests.reference.heart import cohort_of, heart_frame

N = 40
RNG = np.random.default_rng(8)
IDS = [f"P{i:02}" for i in range(N)]
MONTHS = RNG.uniform(1, 50, N).round(1)
DEAD = np.arange(N) % 2
STAGE = np.array(["I", "II", "III"])[RNG.integers(0, 3, N)]
START = [datetime.date(2018, 1, 3) + datetime.timedelta(days=int(d)) for d in RNG.integers(0, 500, N)]
LAST = [a + datetime.timedelta(days=int(m * 30.4375)) for a, m in zip(START, MONTHS, strict=True)]


def roles(**columns):
    found = draft(pd.DataFrame({"id": IDS, **columns}))
    return {row.column: row.read_as for row in found.rows}, found


def coded(**columns):
    """Return the roles of a file of Cyrillic or other names, in their order."""
    return list(roles(**columns)[0].values())


NAMES = {
    "Korean": ("병기", "전체생존기간(개월)", "사망여부"),
    "Japanese": ("病期", "全生存期間（月）", "転帰"),
    "Russian": ("Стадия", "Общая выживаемость, мес", "Умер"),
    "German": ("Stadium", "Überleben (Monate)", "verstorben"),
    "Chinese": ("分期", "总生存(月)", "死亡"),
    "Stata": ("stage", "_t", "_d"),
    "ADaM": ("stage", "AVAL OS", "CNSR OS"),
    "TCGA": ("stage", "OS.time", "OS"),
    "R": ("stage", "futime", "fustat"),
}


@pytest.mark.parametrize("language", NAMES)
def test_times_and_events_are_known_by_name(language):
    stage, time, event = NAMES[language]
    assert coded(**{stage: STAGE, time: MONTHS, event: DEAD}) == ["identifier", "ordered", "time of os", "event of os"]


@pytest.mark.parametrize("name", ["ECOG performance status", "smoking_status", "HER2 status", "marital status"])
def test_the_status_of_other_things_is_a_covariate(name):
    found, _ = roles(**{name: RNG.integers(0, 3, N), "os_days": MONTHS * 30, "vital_status": DEAD})
    assert found[name] in ("ordered", "nominal", "continuous")
    assert found["vital_status"] == "event of os"


def test_cells_that_say_dead_and_alive_stand_before_codes():
    words = np.where(DEAD, "Dead", "Alive")
    found, drafted = roles(event_code=RNG.integers(0, 2, N), os_months=MONTHS, state=words, vital=words)
    assert found["vital"] == "event of os"
    assert found["event_code"] == "binary"
    assert not [line for line in drafted.questions if "which of" in line]


@pytest.mark.parametrize("name", ["censored", "os_censor", "alive", "是否存活"])
def test_a_column_called_after_those_without_the_event_is_decided_by_a_person(name):
    _, found = roles(**{"os_months": MONTHS, name: DEAD})
    assert any("is 0 the event" in line for line in found.questions)
    frame = pd.DataFrame({"id": IDS, "os_months": MONTHS, name: DEAD})
    endpoint = {"time": "os_months", "event": name}
    with pytest.raises(CohortError, match="0 and 1 can mean either here"):
        read_cohort(frame, schema_from({"endpoints": {"os": endpoint}}, "s"))
    for happened, events in (("0", N // 2), ("1", N // 2)):
        said = schema_from({"endpoints": {"os": {**endpoint, "event_values": [happened]}}}, "s")
        assert read_cohort(frame, said).endpoints["os"].events == events


def test_relapse_is_of_the_endpoint_that_has_a_time():
    found, _ = roles(os_months=MONTHS, dead=DEAD, relapse=np.where(DEAD, "Y", "N"), rfs_months=MONTHS / 2)
    assert (found["relapse"], found["rfs_months"]) == ("event of rfs", "time of rfs")


def test_endpoints_of_tcga_are_told_apart():
    found, drafted = roles(**{"OS": DEAD, "OS.time": MONTHS * 30, "PFI": DEAD, "PFI.time": MONTHS * 20})
    assert (found["PFI"], found["PFI.time"]) == ("event of pfi", "time of pfi")
    assert not [line for line in drafted.questions if "which of" in line]


@pytest.mark.parametrize(
    "form",
    [
        lambda day: day.strftime("%d-%b-%y"),
        lambda day: day.strftime("%d%b%Y").upper(),
        lambda day: (day - datetime.date(1899, 12, 30)).days,
        lambda day: f"{day.year}년 {day.month}월 {day.day}일",
        lambda day: f"{day.day}. {['Januar', 'März'][day.month == 3]} {day.year}" if day.month in (1, 3) else str(day),
    ],
    ids=["SAS", "date9", "workbook", "Korean", "German"],
)
def test_dates_in_odd_forms_are_dates(form):
    found, _ = roles(treatment_start=[form(d) for d in START], last_contact=[form(d) for d in LAST], died=DEAD)
    assert (found["treatment_start"], found["last_contact"]) == ("first day", "last day of os")


def test_the_end_that_most_patients_have_ends_follow_up():
    death = [day if dead else None for day, dead in zip(LAST, DEAD, strict=True)]
    _, found = roles(start=START, death_date=death, last_seen=LAST)
    assert 'end_date = "last_seen"' in found.schema
    assert any("'death_date' is filled where it happened" in line for line in found.questions)


def test_levels_spelt_differently_are_one_level_and_asked():
    sex = np.where(DEAD, "Female", "Male").astype(object)
    sex[[0, 2, 1]] = "male", "M", "FEMALE"
    _, found = roles(sex=sex, os_months=MONTHS, dead=DEAD)
    (row,) = [row for row in found.rows if row.column == "sex"]
    assert (row.read_as, row.holds) == ("binary", "Female (20), Male (20)")
    assert "male as Male" in row.check
    said = {key: value for key, value in tomllib.loads(found.schema).items() if key != "schema"}
    schema = schema_from(said, "s")
    cohort = read_cohort(pd.DataFrame({"id": IDS, "sex": sex, "os_months": MONTHS, "dead": DEAD}), schema)
    assert cohort.covariates["sex"].missing.sum() == 0


def test_cells_that_are_no_numbers_are_named():
    crp = RNG.uniform(1, 40, N).round(1).astype(str).astype(object)
    crp[[3, 5]] = "<0.2", "12.3*"
    _, found = roles(crp=crp, os_months=MONTHS, dead=DEAD)
    assert any("no number: <0.2, 12.3*" in line for line in found.questions)


def test_repeated_identifiers_and_patients_without_follow_up_are_asked():
    frame = pd.DataFrame({"id": [*IDS[:-1], IDS[0]], "os_months": [*MONTHS[:-2], None, None], "dead": DEAD})
    found = draft(frame)
    assert any("1 row(s) repeat an identifier (P00)" in line for line in found.questions)
    assert any("2 patients have no time or event" in line for line in found.questions)


def test_a_word_or_nothing_is_no_event_column_yet():
    _, found = roles(os_months=MONTHS, death=np.where(DEAD, "dead", None))
    assert any("cells hold 'dead' or nothing (20)" in line for line in found.questions)
    assert 'event_values = ["CHECK"]' in found.schema


def test_plus_and_minus_are_answers():
    found, drafted = roles(os_months=MONTHS, Death=np.where(DEAD, "+", "-"))
    assert found["Death"] == "event of os"
    assert 'event_values = ["+"]' in drafted.schema


def test_a_unit_that_the_file_states_is_not_asked():
    _, found = roles(AVAL=MONTHS * 30, AVALU=["DAYS"] * N, CNSR=DEAD)
    assert 'time_unit = "days"\n' in found.schema


@pytest.mark.parametrize("form", ["{}%", "{}.5 months", "{}.234,5", "{}月"])
def test_numbers_with_signs_beside_them_say_so(form):
    (row,) = [row for row in roles(value=[form.format(k + 1) for k in range(N)])[1].rows if row.column == "value"]
    assert "numbers with signs beside them" in row.check


@pytest.mark.parametrize(
    ("time", "event"),
    [("OSMO", "DEAD"), ("Time (mo)", "Event (1=death)"), ("随访时间（月）", "死亡(0/1)"), ("OS", "Death 0/1")],
)
def test_units_and_codes_in_headers_hide_nothing(time, event):
    found, _ = roles(**{time: MONTHS, event: DEAD})
    assert (found[time], found[event]) == ("time of os", "event of os")


def test_whoever_is_called_dead_or_alive_is():
    words = np.where(DEAD, "Dead of unknown cause", np.where(np.arange(N) % 4 == 0, "Alive, NED", "Alive, relapsed"))
    _, found = roles(os_months=MONTHS, status=words)
    assert 'event_values = ["Dead of unknown cause"]' in found.schema
    assert 'censored_values = ["Alive, NED", "Alive, relapsed"]' in found.schema


@pytest.mark.parametrize(
    "name", ["复发类型", "死亡原因", "site of first failure", "tumor_status", "new_tumor_event_type"]
)
def test_what_became_of_patients_is_no_event_and_no_covariate(name):
    """Who lives longer has had more of it: beside survival it would foretell it."""
    found, drafted = roles(**{"os_months": MONTHS, "死亡": DEAD, name: np.where(DEAD, "局部", "无")})
    assert found[name] == "not used"
    assert "[[effect]]" not in drafted.model


def test_days_to_what_came_later_are_no_covariates():
    found, _ = roles(os_months=MONTHS, death=DEAD, last_contact_days_to=MONTHS * 30, days_to_death=MONTHS * 30 + 1)
    assert [found[name] for name in ("last_contact_days_to", "days_to_death")] == ["not used", "not used"]


def test_cells_in_one_column_are_refused():
    with pytest.raises(CohortError, match="has one column, 'id stage os'"):
        draft(pd.DataFrame({"id stage os": ["A1 2 5.5", "A2 1 7.1"]}))


def test_rows_with_start_and_stop_are_rows_of_patients():
    frame = pd.DataFrame(
        {
            "rownames": range(1, 2 * N + 1),
            "start": [0.0, 3.0] * N,
            "stop": np.column_stack([np.full(N, 3.0), 3.0 + MONTHS]).ravel(),
            "event": np.column_stack([np.zeros(N, int), DEAD]).ravel(),
            "id": np.repeat(IDS, 2),
        }
    )
    found = draft(frame)
    assert 'id = "id"   # called so' in found.schema
    schema = schema_from({k: v for k, v in tomllib.loads(found.schema).items() if k != "schema"}, "s")
    cohort = read_cohort(frame, schema)
    assert (len(cohort), cohort.rows, cohort.endpoints["os"].events) == (N, 2 * N, DEAD.sum())


def test_the_model_of_rows_with_start_and_stop_is_cut_where_values_change():
    """The heart transplants: within a fifth of Cox's standard error (cuts at 6, 12 and 24 months lie far below)."""
    rows = heart_frame()
    found = draft(rows[["id", "start", "stop", "death", "transplant", "age", "surgery"]])
    assert "lie from 0.00008 to 11 events a month" in found.model
    spec = spec_from({k: v for k, v in tomllib.loads(found.model).items() if k != "schema"}, "draft")
    cohort = cohort_of(rows)
    cox = fit_classical(spec, cohort).cox
    drawn = fit(spec, cohort, seed=1, engine="laplace").coefficients[:, 0]
    assert spec.baseline.pieces == 6
    assert abs(drawn.mean() - cox.coef[0]) < 0.2 * np.sqrt(cox.covariance[0, 0])


def test_calendar_years_and_shares_are_no_times():
    found, _ = roles(year=RNG.integers(2010, 2020, N), survival_percent=MONTHS * 1.5, os_months=MONTHS, dead=DEAD)
    assert found["year"] == found["survival_percent"] == "continuous"


@pytest.mark.parametrize(
    "name", ["protime", "prothrombin_time", "operation time (min)", "手术时间", "PSA doubling time"]
)
def test_times_of_other_things_are_numbers(name):
    found, drafted = roles(**{"time": MONTHS, "death": DEAD, name: np.round(RNG.normal(150.0, 30.0, N), 1)})
    assert found[name] == "continuous"
    assert not [question for question in drafted.questions if "which of" in question]


def test_failure_and_survival_are_two_endpoints():
    found, drafted = roles(failtime=MONTHS / 2, failcens=DEAD, survtime=MONTHS, survcens=DEAD)
    assert found["failtime"] == "time of pfs"
    assert found["survcens"] == "event of os"
    assert len([line for line in drafted.questions if "is 0 the event" in line]) == 2


def test_codes_that_a_header_names_are_not_asked():
    sex, vital = "性别 (1男2女)", "Vital status (0=alive, 1=dead)"
    # A header of two lines, as workbooks have them.
    header = sex.replace("(", "\n(")
    frame = pd.DataFrame({"id": IDS, header: RNG.integers(1, 3, N), "os_months": MONTHS, vital: DEAD})
    found = draft(frame)
    assert [line for line in found.questions if not line.startswith("priors")] == []
    schema = schema_from({k: v for k, v in tomllib.loads(found.schema).items() if k != "schema"}, "s")
    cohort = read_cohort(frame, schema)
    assert cohort.endpoints["os"].events == DEAD.sum()
    assert cohort.covariates["sex_1_2"].schema.levels == ("男", "女")


def test_a_header_that_calls_1_alive_turns_the_event():
    vital = "status (0=dead, 1=alive)"
    frame = pd.DataFrame({"id": IDS, "os_months": MONTHS, vital: 1 - DEAD})
    found = draft(frame)
    assert 'event_values = ["0"]' in found.schema
    with pytest.raises(CohortError, match="the file calls 1 'alive'"):
        read_cohort(frame, schema_from({"endpoints": {"os": {"time": "os_months", "event": vital}}}, "s"))


def test_a_code_beside_its_words_is_no_second_covariate():
    arm = np.where(np.arange(N) % 3 == 0, "Experimental", "Placebo")
    found, drafted = roles(
        TRT01P=arm, TRT01PN=(arm == "Placebo").astype(int), other=RNG.integers(0, 2, N), os_months=MONTHS, dead=DEAD
    )
    assert (found["TRT01P"], found["TRT01PN"], found["other"]) == ("binary", "not used", "binary")
    assert "says the same as 'TRT01P'" in drafted.schema


def test_of_several_endpoints_of_adam_each_has_its_time():
    found, drafted = roles(
        STARTDT=START,
        **{"ADT OS": LAST, "AVAL OS": MONTHS * 30, "CNSR OS": DEAD, "AVAL DOR": MONTHS * 9, "CNSR DOR": DEAD},
    )
    assert found["AVAL DOR"] == found["CNSR DOR"] == "not used"
    assert 'time = "AVAL OS"' in drafted.schema


def test_dates_beside_a_time_are_asked():
    _, found = roles(start=START, last_seen=LAST, os_months=MONTHS, dead=DEAD)
    assert any("these dates, or the time 'os_months'?" in line for line in found.questions)


def test_two_dates_of_an_end_that_complete_one_another_are_one_column_first():
    """One of them alone would analyse the dead, or the living, and drop the others."""
    death = [day if dead else None for day, dead in zip(LAST, DEAD, strict=True)]
    seen = [None if dead else day for day, dead in zip(LAST, DEAD, strict=True)]
    _, found = roles(start=START, death_date=death, last_seen=seen, status=np.where(DEAD, "dead", "alive"))
    assert 'end_date = "CHECK"' in found.schema
    assert "missing =" not in found.schema
    assert any("make one column of both" in line for line in found.questions)


def test_an_order_that_is_not_known_is_asked_and_ranges_have_one():
    stage = np.array(["early", "late", "middle"])[np.arange(N) % 3]
    age = np.array(["<60", "60-70", ">70"])[np.arange(N) % 3]
    found, drafted = roles(stage=stage, age_group=age, os_months=MONTHS, dead=DEAD)
    assert (found["stage"], found["age_group"]) == ("ordered", "ordered")
    assert any("is this their order: early, late, middle?" in line for line in drafted.questions)
    assert 'levels = ["<60", "60-70", ">70"]' in drafted.schema


def test_days_that_end_within_six_months_are_asked():
    _, found = roles(**{"OS, days": MONTHS, "dead": DEAD})
    assert any("the header says days" in line and "months?" in line for line in found.questions)


def test_figures_are_stages_only_beside_a_word_for_them():
    codes = np.arange(N) % 3 + 1
    found, drafted = roles(
        sequence=RNG.integers(1, 4, N), 병기=[f"{code}기" for code in codes], os_months=MONTHS, dead=DEAD
    )
    assert (found["sequence"], found["병기"]) == ("nominal", "ordered")
    assert not any("is this their order" in line for line in drafted.questions)
