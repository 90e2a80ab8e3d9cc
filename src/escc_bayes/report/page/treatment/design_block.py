"""Design and balance: who is compared under each design, and how alike the groups are then."""

import math
from collections.abc import Sequence

from escc_bayes.matching.as_read import DESIGNS, column_read, covariates_read
from escc_bayes.matching.balance import DISTANCE, Balance
from escc_bayes.matching.run import Match
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.treatment.words import file_words, label_of, marks_note, note_of
from escc_bayes.report.page.view import Block, Picture, Table
from escc_bayes.study.treatment.gather import Treatment

BALANCED = 0.1
NO_DIFFERENCE = "0.00"
WHOSE = {
    "att": "those who had it (att)",
    "atm": "the matched alone (atm)",
    "ate": "all patients (ate)",
    "ato": "those who might have had either (ato)",
    "given": "the patients given",
}


def design_block(held: Treatment, pictures: Sequence[Picture]) -> Block:
    """Return the designs side by side, and their balance."""
    tables = [design_table(held)]
    if held.first.balance:
        tables.append(balance_table(held))
    said = (design_reading(held), *held.first.patients.notes, *balance_reading(held), *held.refused)
    return Block("Design and balance", said, tuple(tables), tuple(pictures))


def shown(held: Treatment) -> tuple[Match, ...]:
    """Return the matches of the first endpoint: designs do not depend on outcomes but through who has follow-up."""
    return next(iter(held.matches.values()))


def design_table(held: Treatment) -> Table:
    """Return one row for each design, and what the study prints of its own."""
    rows = []
    for match in shown(held):
        design, treated = match.design, match.patients.treated
        kept = design.weight > 0.0
        worst = worst_of(match.balance)
        rows.append(
            (
                DESIGNS[design.method],
                WHOSE[design.estimand],
                f"{int((kept & treated).sum())} of {int(treated.sum())}",
                f"{int((kept & ~treated).sum())} of {int((~treated).sum())}",
                f"{design.effective(treated):.1f} and {design.effective(~treated):.1f}",
                str(design.sets or ""),
                largest(held, worst),
            )
        )
    control, treated_word = held.first.patients.read
    if held.printed is not None:
        sizes, before = held.printed.sizes, held.printed.before
        rows.append(("Printed", "", sizes[1], sizes[0], "", f"{before} patients before matching", ""))
    head = ("Design", "Effect of whom", treated_word, control, "Worth unweighted", "Matched sets", "Largest difference")
    printed = [cell for row in rows for cell in row]
    note = note_of(
        f"Treatment: {label_of(held.cohort, held.asked.treatment)}. Largest difference: of means after, in standard "
        "deviations of the treated before; the score left out."
        if held.first.balance
        else "",
        *marks_note(held, printed),
    )
    return Table(captioned_first(held, "Designs", "design"), head, tuple(rows), note)


def largest(held: Treatment, worst: Balance | None) -> str:
    """Print the largest difference with its covariate; which one it is does not matter where all are nothing."""
    if worst is None or signed(worst.smd_after) == NO_DIFFERENCE:
        return "" if worst is None else NO_DIFFERENCE
    return f"{signed(worst.smd_after)} ({column_read(held.cohort, worst.covariate)})"


def captioned_first(held: Treatment, words: str, file: str) -> str:
    """Return a caption of what is of the first reconstruction alone."""
    first = "; of the first reconstruction" if held.members > 1 else ""
    return provenance_first(held.cohort.provenance, f"{words}{first}; {file_words(file)}")


def worst_of(balance: Sequence[Balance]) -> Balance | None:
    """Return the covariate with the largest difference after; None where none is looked at."""
    found = [one for one in balance if one.covariate != DISTANCE and not math.isnan(one.smd_after)]
    return max(found, key=lambda one: abs(one.smd_after), default=None)


def design_reading(held: Treatment) -> str:
    """Say who stays and who does not."""
    match = held.first
    design, treated = match.design, match.patients.treated
    kept = design.weight > 0.0
    control, word = match.patients.read
    counts = f"{int((kept & treated).sum())} patients with {word} and {int((kept & ~treated).sum())} with {control}"
    if design.method == "none" and held.refused:
        named = ", ".join(covariates_read(held.cohort, held.asked.on))
        return (
            f"NOT COMPARABLE by {named}: no design makes the groups alike, for the reason below. {counts} are compared "
            "as they are, nothing adjusted."
        )
    if design.method == "none":
        before = held.printed.before.rstrip("*†") if held.printed is not None else ""
        own = (
            f"; the study matched them out of {before} before, and prints no covariate of theirs, so that balance, "
            "scores, pairs and subgroups cannot be shown: the end of the chapter says which column each needs"
            if before
            else ""
        )
        return f"{counts} are compared as they are{own}."
    if design.pairs is None:
        return f"{DESIGNS[design.method]}, since there are no pairs: {counts} have a weight."
    left = int((treated & ~kept).sum())
    gone = f"; {left} of {int(treated.sum())} with {word} find nobody within the caliper" if left else ""
    return (
        f"{design.sets} pairs, nearest neighbours within {held.asked.caliper:g} SD of the score, the largest first: "
        f"{counts} stay{gone}."
    )


def balance_reading(held: Treatment) -> tuple[str, ...]:
    """Say how far the largest difference falls under each design."""
    if not held.first.balance:
        return ()
    covariates = [b for b in held.first.balance if b.covariate != DISTANCE and not math.isnan(b.smd_before)]
    before = max(covariates, key=lambda one: abs(one.smd_before))
    after = []
    for match in shown(held):
        worst = worst_of(match.balance)
        if worst is not None:
            apart = "" if abs(worst.smd_after) <= BALANCED else ", NOT BALANCED"
            after.append(f"{DESIGNS[match.design.method].lower()} {size(worst.smd_after)}{apart}")
    which = column_read(held.cohort, before.covariate)
    largest = f"{size(before.smd_before)} before ({which})"
    return (f"The largest standardised difference is {largest}; after: {'; '.join(after)}.",)


def balance_table(held: Treatment) -> Table:
    """Return standardised differences before, and after each design."""
    matches = shown(held)
    after = [{one.covariate: one.smd_after for one in match.balance} for match in matches]
    rows = tuple(
        (
            column_read(held.cohort, one.covariate),
            signed(one.smd_before),
            *(signed(of.get(one.covariate, math.nan)) for of in after),
        )
        for one in matches[0].balance
    )
    head = ("Covariate", "Before", *(f"After: {DESIGNS[m.design.method].lower()}" for m in matches))
    note = (
        "Differences of means, treated less control, in standard deviations of the treated before; within 0.1: alike."
    )
    return Table(captioned_first(held, "Standardised differences", "balance"), head, rows, note)


def signed(x: float) -> str:
    """Print a difference with its sign; infinite where all treated are alike, and the controls are not like them."""
    if math.isinf(x):
        return "infinite"
    return "" if math.isnan(x) else NO_DIFFERENCE if abs(x) < 0.005 else f"{x:+.2f}"


def size(x: float) -> str:
    """Print a difference without its sign."""
    return "infinite" if math.isinf(x) else f"{abs(x):.2f}"
