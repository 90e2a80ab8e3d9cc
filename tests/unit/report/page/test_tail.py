"""What the tail rests on: counts of the patients themselves, and the estimates of both analyses."""

from dataclasses import replace

import pytest

import escc_bayes as eb
from escc_bayes.compare.other_analyses import WITH, WITHOUT, external_analyses
from escc_bayes.report.page.tail import tail_sentences, tail_table


@pytest.fixture(scope="module")
def shipped():
    """A quick fit of ``os_external``, and it with and without its counts."""
    spec, cohort = eb.load_spec("os_external"), eb.example_cohort("escc79")
    posterior = eb.fit(spec, cohort, seed=2, engine="laplace", draws=500)
    return posterior.plan, external_analyses(posterior, seed=1, level=0.95)


def test_each_year_counts_who_is_followed_and_what_is_to_come(shipped):
    """Second source: the months of the patients, counted here."""
    plan, found = shipped
    table = tail_table(found, "RECONSTRUCTED: os", plan)
    time, event = plan.rows.time, plan.rows.event
    assert [row[0] for row in table.rows] == ["12", "24", "36", "48", "60", "120"]
    for row in table.rows:
        month = float(row[0])
        assert row[1:3] == (str(sum(time >= month)), str(int(sum(event[time > month]))))


def test_the_means_are_those_of_both_analyses(shipped):
    plan, found = shipped
    means = {a.name: next(e for e in a.estimates if e.estimand == "rmst" and e.time == 60.0) for a in found}
    sentence = tail_sentences(found, plan)[-1]
    for name in (WITH, WITHOUT):
        assert f"{means[name].value:.1f} ({means[name].lower:.1f} to {means[name].upper:.1f})" in sentence
    widths = {name: e.upper - e.lower for name, e in means.items()}
    assert f"{100 * (1.0 - widths[WITH] / widths[WITHOUT]):.0f} % narrower" in sentence


def test_the_month_of_the_tenth_last_is_told(shipped):
    plan, found = shipped
    tenth = sorted(plan.rows.time)[-10]
    assert f"Beyond {tenth:.1f} months fewer than 10 of {plan.rows.n} patients" in tail_sentences(found, plan)[0]
    few = replace(plan, rows=replace(plan.rows, time=plan.rows.time * 2.0))
    assert f"Beyond {2.0 * tenth:.1f} months" in tail_sentences(found, few)[0]
