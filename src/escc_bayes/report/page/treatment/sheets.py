"""The figures of the chapter: those of each match, placed beside what they show."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from escc_bayes.estimand.printed import number
from escc_bayes.matching.run import Match
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.page.treatment.match_sheets import (
    curves_sheet,
    effect_sheet,
    love_sheet,
    positivity_sheet,
    subgroup_sheet,
)
from escc_bayes.report.page.treatment.section import NAME
from escc_bayes.study.treatment.gather import Treatment


def treatment_makers(held: Treatment) -> Iterator[partial[Sheet]]:
    """Yield what draws each figure: balance and scores of the first design, curves and ratios of every endpoint."""
    first = held.first
    if first.balance:
        yield partial(placed, love_sheet, first, "design", "treatment_love")
    if first.design.score is not None:
        yield partial(placed, positivity_sheet, first, "design", "treatment_positivity")
    for endpoint, matches in held.matches.items():
        yield partial(placed, curves_sheet, matches[0], endpoint, f"treatment_{endpoint}_curves")
        if any(math.isfinite(one.hr) for match in matches for one in match.answers):
            yield partial(placed, effect_sheet, every_design(matches), endpoint, f"treatment_{endpoint}_effect")
    for endpoint, matches in held.matches.items():
        if any(math.isfinite(number(row["hr"])) for row in matches[0].subgroups):
            yield partial(placed, subgroup_sheet, matches[0], "subgroups", f"treatment_{endpoint}_subgroups")


def every_design(matches: tuple[Match, ...]) -> Match:
    """Return the first match with the hazard ratios of all designs; of those without a posterior Cox's alone."""
    first, *others = matches
    more = tuple(
        one
        for match in others
        for one in match.answers
        if one.design == match.design.method and (match.asked.extent != "classical" or one.method == "cox")
    )
    return replace(first, answers=(*first.answers, *more))


def placed(draw: Callable[[Match], Sheet], match: Match, key: str, name: str) -> Sheet:
    """Return a figure of a match under a name and in a place of the chapter."""
    return replace(draw(match), section=NAME, outcome=key, name=name)
