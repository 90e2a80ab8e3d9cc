"""The first screen: lines of the table, the paragraph made of them, the words of trust."""

import dataclasses
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from escc_bayes.classical.baseline_ratios import ph_rows
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.data.bundled import example_cohort
from escc_bayes.plots.words import probability
from escc_bayes.report.page.answer_words import paragraph
from escc_bayes.report.page.answers import Answer, answers
from escc_bayes.report.page.first_screen import place_of, printed, screens
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.page import render
from escc_bayes.report.page.trust import prior_sensitivity, proportional, trust
from escc_bayes.spec.cure import Cure
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import load_spec


@pytest.fixture(scope="module")
def lines(naive):
    (first, *_) = outcomes(naive)
    return answers(first, naive)


def of(line, value, prob, **more):
    """Return a line with another posterior hazard ratio."""
    moved = dataclasses.replace(line.posterior, value=value, lower=value / 2, upper=value * 2, prob_gt_1=prob)
    return dataclasses.replace(line, posterior=moved, **more)


def test_levels_have_their_patients_and_events(lines, naive):
    by_heading = {}
    for line in lines:
        by_heading.setdefault(line.heading, []).append(line)
    plan = outcomes(naive)[0].posteriors[0].plan
    for heading, block in by_heading.items():
        if block[0].posterior is None:  # levels: the reference comes first, and nobody is counted twice
            assert sum(line.patients for line in block) == plan.rows.n, heading
            assert sum(line.events for line in block) == plan.rows.events, heading


def test_the_paragraph_changes_with_the_table(lines):
    moved = next(line for line in lines if line.posterior is not None and line.reference)
    others = [dataclasses.replace(line) for line in lines if line.heading != moved.heading]
    sure = paragraph([of(moved, 3.21, 0.991), *others])
    assert f"{moved.level} has 3.21 times the hazard of {moved.reference} (above 1 with probability 0.991" in sure
    below = paragraph([of(moved, 0.31, 0.012), *others])
    assert f"{moved.level} has 0.31 times the hazard of {moved.reference} (below 1 with probability 0.988" in below
    assert "probably matters" in paragraph([of(moved, 1.9, 0.94), *others])
    assert " has 3.21 times the excess hazard of " in paragraph([of(moved, 3.21, 0.991, hazard="excess hazard")])
    assert "the data do not say" in paragraph([of(moved, 1.1, 0.6)])


def test_of_levels_in_an_order_the_last_is_told(lines):
    """All share one probability, and those between are no findings of their own: a note below says so."""
    medium, low = [line for line in lines if line.posterior is not None and line.reference][:2]
    shared = [of(medium, 1.31, 0.985), of(low, 1.87, 0.985)]
    assert f"{low.level} has 1.87 times the hazard" in paragraph(shared)
    assert f"{medium.level} has 1.31 times" in paragraph([of(medium, 1.31, 0.99), of(low, 1.87, 0.985)])


def test_a_sentence_begins_with_a_large_letter(lines):
    moved = next(line for line in lines if line.posterior is not None and line.reference)
    assert paragraph([of(moved, 3.2, 0.99, topic="stage group")]).startswith("Stage group matters: ")


def test_every_number_of_the_paragraph_stands_in_the_table(lines):
    told = paragraph(lines)
    table = " ".join(" ".join(map(str, dataclasses.astuple(printed(line, {}))[:-3])) for line in lines)
    inverse = {f"{1 - float(x):.3f}" for x in re.findall(r"0\.\d{3}", table)}
    for number in re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d+(?= in \d+ patient)", told):
        assert number in table or number in inverse, (number, told)


def test_few_events_are_marked_and_said():
    line = Answer("Stage", "IV", 7, 4)
    assert printed(line, {}).few
    assert "Few events: 4 in 7 patients of stage IV." in paragraph([line])


def test_bars_are_symmetric_on_the_log_scale():
    assert place_of(2.0) - 50.0 == pytest.approx(50.0 - place_of(0.5), abs=0.11)


def test_a_sceptic_that_moves_much_is_said(lines):
    line = next(line for line in lines if line.posterior is not None)
    far = dataclasses.replace(line.posterior, log_mean=line.posterior.log_mean + 1.5 * line.posterior.log_sd)
    assert prior_sensitivity([dataclasses.replace(line, sceptic=far)]).verdict == "high"
    assert prior_sensitivity([dataclasses.replace(line, sceptic=line.posterior)]).verdict == "low"


def test_five_words_of_trust_and_one_screen_for_each_outcome(naive, lines):
    found = screens(naive)
    assert len(found) == sum(bool(o.comparison.of("hazard_ratio")) for o in outcomes(naive))
    words = trust(outcomes(naive)[0], naive, lines)
    assert [word.what for word in words] == [
        "Computed reliably",
        "Fits the curve",
        "Proportional hazards",
        "Prior sensitivity",
        "Left out",
    ]


@pytest.mark.parametrize("model", ["os_piecewise", "os_weibull", "larynx_piecewise"])
def test_proportional_hazards_are_tested_whatever_shrinks(model):
    """Ordered, exchangeable and pooled effects have columns of which Cox can fit none as they stand."""
    cohort = example_cohort("larynx" if model.startswith("larynx") else "escc79")
    plan = make_plan(load_spec(model), cohort)
    outcome = SimpleNamespace(posteriors=[SimpleNamespace(plan=plan)])
    found = proportional(outcome)
    assert found.verdict in ("no sign against", "signs against")
    row = next(row for row in ph_rows(fit_classical_plan(plan).plan) if row["term"] == "GLOBAL")
    assert found.more == f"P {probability(row['p_value'])}"


def test_a_share_cured_says_why_hazards_of_all_patients_are_not_proportional():
    """S = pi + (1 - pi) S_u: the ratio of hazards falls from that of the not cured towards one, whatever the effect."""
    spec = replace(load_spec("os_weibull"), cure=Cure(Normal(-1.4, 0.6)))
    plain = proportional(SimpleNamespace(posteriors=[SimpleNamespace(plan=make_plan(load_spec("os_weibull"), escc()))]))
    found = proportional(SimpleNamespace(posteriors=[SimpleNamespace(plan=make_plan(spec, escc()))]))
    assert found.more == f"{plain.more}; of all patients, whose hazards cannot be proportional where a share is cured"


def escc():
    return example_cohort("escc79")


def test_the_screen_stands_before_everything_else(naive):
    page = render(naive, [])
    assert (
        page.index('class="answer"') < page.index('<nav aria-label="Sections"') < page.index('<section id="patients">')
    )
    assert page.count("<tbody>") >= 1
