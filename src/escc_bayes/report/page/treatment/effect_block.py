"""The treatment's hazard ratio: every method under every design, and the print beside."""

import math
from collections.abc import Sequence

from scipy.special import ndtr

from escc_bayes.foundation.sentence import small
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.as_read import DESIGNS
from escc_bayes.matching.run import Match
from escc_bayes.plots.words import probability
from escc_bayes.report.page.treatment.words import (
    alike_by,
    captioned,
    endpoint_of,
    limits_words,
    marks_note,
    method_of,
    naive_words,
    note_of,
    ratio_cell,
    treatment_of,
)
from escc_bayes.report.page.view import Block, Picture, Table
from escc_bayes.study.treatment.gather import AS_THEY_ARE, Treatment

UNADJUSTED = "cox_unadjusted"
IMPLIED = ("implied events",)


def effect_block(held: Treatment, endpoint: str, pictures: Sequence[Picture]) -> Block:
    """Return hazard ratios of one endpoint: reading, table, Kaplan-Meier and forest."""
    said = [*naive_words(held, endpoint), reading(held, endpoint)]
    if held.printed is not None:
        said += held.printed.said_of(endpoint, *IMPLIED)
        said += [unprinted(held, endpoint)] if endpoint not in held.printed.ratios else []
    return Block(
        f"{endpoint_of(held.cohort, endpoint)}: hazard ratio",
        tuple(said),
        (effect_table(held, endpoint),),
        tuple(pictures),
    )


def unprinted(held: Treatment, endpoint: str) -> str:
    """Say that the study prints no hazard ratio of an endpoint."""
    own = " and on how the cohorts were reconstructed" if held.members > 1 else ""
    rests = f": this one rests on the printed medians{own}" if own else ""
    return f"The study prints no hazard ratio of {small(endpoint_of(held.cohort, endpoint))}{rests}."


def effect_table(held: Treatment, endpoint: str) -> Table:
    """Return one row for each method of each design; the unadjusted one first."""
    matches = held.matches[endpoint]
    control, treated = matches[0].patients.read
    naive = matches[0].answer(UNADJUSTED)
    printed = held.printed.ratios.get(endpoint, "") if held.printed is not None else ""
    column = ("Printed",) if held.printed is not None else ()
    as_is = matches[0].design.method == AS_THEY_ARE
    rows: list[tuple[str, ...]] = [] if as_is else [("Everybody, before any design",)]
    rows.append((*row_of(naive), *([""] * len(column))))
    for match in matches:
        rows += [] if as_is else [(DESIGNS[match.design.method],)]
        for one in match.answers:
            if one.method == UNADJUSTED or math.isnan(one.hr):
                continue
            beside = printed if one.method == "cox" and match is matches[0] else ""
            rows.append((*row_of(one), *([beside] if column else [])))
    head = ("Method", "Hazard ratio (limits)", "P", "P(HR < 1)", "P(HR < 0.8)", "Patients (events)", *column)
    words = f"{endpoint_of(held.cohort, endpoint)}: {treatment_of(held)}, hazard of {treated} over {control}"
    note = note_of(limits_words(held), absent_words(matches), *marks_note(held, [printed]))
    return Table(captioned(held, words, "effect", of_design=True), head, tuple(rows), note)


def row_of(one: Answer) -> tuple[str, ...]:
    """Return the cells of one method."""
    name = "Cox, robust" if (one.method, one.design) == ("cox", AS_THEY_ARE) else method_of(one.method)
    word = name if one.verdict == "ok" else f"{name}: NOT FIT FOR USE"
    chances = ["" if math.isnan(p) else probability(p) for p in (p_value(one), one.prob_lt_1, one.prob_lt_08)]
    return (word, ratio_cell(one.hr, one.lower, one.upper), *chances, f"{one.n} ({one.events})")


def p_value(one: Answer) -> float:
    """Return the two-sided Wald P of a confidence interval; NaN of a posterior."""
    if one.interval != "confidence" or math.isnan(one.hr):
        return math.nan
    return 2.0 * float(ndtr(-abs(math.log(one.hr)) / one.se))


def absent_words(matches: Sequence[Match]) -> str:
    """Say which methods the headline design has not, and why."""
    gone = [f"{method_of(one.method)}: {one.note}" for one in matches[0].answers if math.isnan(one.hr)]
    said = "; ".join(gone).replace("bayes_design", method_of("bayes_design"))
    return f"Not to be had: {said}." if gone else ""


def reading(held: Treatment, endpoint: str) -> str:
    """Return the table in one sentence."""
    match = held.matches[endpoint][0]
    naive, cox, bayes = (match.answer(word) for word in (UNADJUSTED, "cox", "bayes_piecewise"))
    if math.isnan(cox.hr):
        return f"No hazard ratio: {cox.note}."
    as_is = match.design.method == AS_THEY_ARE
    how = alike_by(match)
    first = "" if as_is else f"Before {how}ing {ratio_cell(naive.hr, naive.lower, naive.upper)}; "
    holds = "which hold 1" if cox.lower <= 1.0 <= cox.upper else "which leave 1 out"
    said = [
        f"{first}Cox{'' if as_is else f' of the {how}ed'} {ratio_cell(cox.hr, cox.lower, cox.upper)}, limits {holds}"
    ]
    if not math.isnan(bayes.hr):
        said.append(
            f"the piecewise posterior {ratio_cell(bayes.hr, bayes.lower, bayes.upper)}, P(HR < 1) "
            f"{probability(bayes.prob_lt_1)} and P(HR < 0.8) {probability(bayes.prob_lt_08)}"
        )
    over = match.answer("bayes_design")
    if not math.isnan(over.hr):
        said.append(f"with the design's uncertainty {ratio_cell(over.hr, over.lower, over.upper)}")
    if held.printed is not None and endpoint in held.printed.ratios:
        said.append(f"printed {held.printed.ratios[endpoint].rstrip('*†')}")
    return f"{'; '.join(said)}."
