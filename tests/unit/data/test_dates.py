"""A date is one day or is refused with both; months are days over 30.4375."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.dates import DAYS_PER_MONTH, Order, between, dates, days_to_come, read_date
from escc_bayes.data.schema import schema_from
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError, DataWarning, SchemaError

UNKNOWN = Order(None)


def table(**columns):
    rows = len(next(iter(columns.values())))
    return RawTable("c.csv", "line", list(range(2, rows + 2)), {name: list(values) for name, values in columns.items()})


@pytest.mark.parametrize(
    "text",
    [
        "2019-01-07",
        "2019/1/7",
        "2019.01.07",
        "2019年1月7日",
        "20190107",
        "20190107.0",
        "7 Jan 2019",
        "07-JAN-2019",
        "7JAN2019",
        "7 January 2019",
        "Jan 7, 2019",
        "January 7th, 2019",
        "7.1.2019",
        "07.01.2019",
        "2019-01-07 00:00:00",
        "2019-01-07T13:45:00Z",
        "Mon 7 Jan 2019",
        "Monday, 7 January 2019",
        "43472",
        "07-Jan-19",
        "07JAN2019",
        "07JAN19",
        "7th January 2019",
        "7. Januar 2019",
        "7 janvier 2019",
        "7 января 2019",
        "2019년 1월 7일",
        "2019. 1. 7.",
    ],
)
def test_forms_that_can_mean_one_day_only(text):
    assert read_date(text, UNKNOWN) == date(2019, 1, 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1/7/2019", "may be 1 July 2019 or 7 January 2019; write dates as 2019-07-01, or 2019-01-07"),
        ("1-7-2019", "may be 1 July 2019 or 7 January 2019"),
        ("1/7/19", "has a year of two digits"),
        ("30.02.2019", "is no day of the calendar"),
        ("2019-13-01", "is no day of the calendar"),
        ("Tue 7 Jan 2019", "is a Monday; correct the date or its weekday"),
        ("7 Foo 2019", "names no month"),
        ("2019-01", "is no date"),
        ("soon", "is no date"),
        ("0019-01-07", "is in the year 19"),
    ],
)
def test_what_is_no_date_says_why(text, words):
    assert words in read_date(text, UNKNOWN)


def test_a_number_above_twelve_tells_the_order_of_a_column_and_of_the_file():
    assert dates(table(d=["1/7/2019", "13/7/2019"]), "d") == [date(2019, 7, 1), date(2019, 7, 13)]
    assert dates(table(d=["1/7/2019", "7/13/2019"]), "d") == [date(2019, 1, 7), date(2019, 7, 13)]
    assert dates(table(d=["1/7/2019"], e=["25/12/2018"]), "d") == [date(2019, 7, 1)]
    assert dates(table(d=["5/5/2019"]), "d") == [date(2019, 5, 5)]
    with pytest.raises(CohortError, match=r"'13/7/2019' in line 2 and '7/13/2019' in line 3 cannot both be right"):
        dates(table(d=["13/7/2019", "7/13/2019"]), "d")
    with pytest.raises(CohortError, match=r"line 3, column 'd': '1/7/2019' may be 1 July 2019 or 7 January 2019"):
        dates(table(d=["2/2/2019", "1/7/2019"]), "d")


@given(st.dates(date(1901, 1, 1), date(2030, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d %b %Y", "%d.%m.%Y"]))
def test_every_day_is_read_back(day, form):
    assert read_date(day.strftime(form), UNKNOWN) == day


def test_months_are_days_over_30_4375_and_the_data_cut_ends_follow_up():
    found = between(
        table(a=["2019-01-05", "2019-02-01", "2019-03-10"], b=["2020-03-01", "2020-09-11", "2019-12-24"]),
        "a",
        "b",
        None,
    )
    assert (found.months * DAYS_PER_MONTH).round(6).tolist() == [421.0, 588.0, 289.0]
    cut = between(table(a=["2019-01-05", "2019-02-01"], b=["2020-03-01", "2020-09-11"]), "a", "b", date(2020, 3, 1))
    assert cut.cut.tolist() == [False, True]
    assert np.rint(cut.months * DAYS_PER_MONTH).tolist() == [421.0, 394.0]


def test_a_month_is_a_twelfth_of_365_25_days():
    found = between(table(a=["2019-01-05"] * 3, b=["2020-03-01", "2020-08-15", "2019-10-21"]), "a", "b", None)
    np.testing.assert_allclose(found.months, [421 * 12 / 365.25, 588 * 12 / 365.25, 289 * 12 / 365.25], rtol=1e-12)


def test_ends_before_starts_and_days_to_come_are_named_with_a_swap_that_would_do():
    swap = (
        r"line 2, column 'b': follow-up ends before it starts \(2020-01-05 is before 2020-03-01 in column 'a'\); "
        "with day and month changed over 2020-01-05 is 2020-05-01"
    )
    with pytest.raises(CohortError, match=swap):
        between(table(a=["2020-03-01"], b=["2020-01-05"]), "a", "b", None)
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - as the hospital's calendar
    assert (
        "column 'b': 2030-01-01 lie(s) in the future (today is 2026-01-01)"
        in days_to_come(table(b=["2020-03-01", "2030-01-01"]), ["b"], today=date(2026, 1, 1))[0]
    )
    assert days_to_come(table(b=[tomorrow - timedelta(days=1)]), ["b"]) == []
    with pytest.raises(CohortError, match="lies after the data cut of 2020-01-01"):
        between(table(a=["2020-03-01"], b=["2020-05-01"]), "a", "b", date(2020, 1, 1))


def test_a_cohort_of_dates_with_a_data_cut(tmp_path):
    (tmp_path / "c.csv").write_text(
        "id,start,last,dead\n1,2019-01-05,2020-03-01,1\n2,2019-02-01,2020-09-11,1\n3,2019-03-10,2019-12-24,0\n"
    )
    os = {"start_date": "start", "end_date": "last", "event": "dead"}
    whole = read_cohort(tmp_path / "c.csv", schema_from({"id": "id", "endpoints": {"os": os}}, "s.toml"))
    assert (whole.endpoint("os").time * DAYS_PER_MONTH).round(6).tolist() == [421.0, 588.0, 289.0]
    cut = schema_from({"id": "id", "endpoints": {"os": {**os, "cutoff": date(2020, 4, 1)}}}, "s.toml")
    with pytest.warns(DataWarning, match=r"line 3, column 'last': 1 date\(s\) lie after the data cut of 2020-04-01"):
        found = read_cohort(tmp_path / "c.csv", cut)
    assert found.endpoint("os").event.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"start_date": "a"}, "start_date stands without end_date"),
        ({"end_date": "a"}, "end_date stands without start_date"),
        ({"start_date": "a", "end_date": "b", "time": "t"}, "time and start_date both say"),
        ({"start_date": "a", "end_date": "b", "entry": "e"}, "entry is a time, and this endpoint has dates"),
        ({"time": "t", "cutoff": "2020-01-01"}, "cutoff is a date, and this endpoint has times"),
        ({"start_date": "a", "end_date": "b", "cutoff": "soon"}, "cutoff: expected a date such as 2022-12-31"),
    ],
)
def test_dates_of_a_schema_are_checked(keys, words):
    with pytest.raises(SchemaError, match=words):
        schema_from({"endpoints": {"os": {"event": "d", **keys}}}, "s.toml")
