"""Response: each category, objective response and disease control, with exact and posterior intervals, by group."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.classical.association import Association, of_levels
from escc_bayes.classical.proportions import Share, pooled_share
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import percent
from escc_bayes.study.ici_crt.roles import PRINTED_LEVELS
from escc_bayes.study.members import count_words, p_words, spread
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.shares import share_cells, share_head, share_row
from escc_bayes.study.subject import Subject

TITLE = "Response"
CATEGORIES = ("CR", "PR", "SD", "PD")
OBJECTIVE, CONTROL = "objective response (CR or PR)", "disease control (CR, PR or SD)"
COMBINED = {OBJECTIVE: ("CR", "PR"), CONTROL: ("CR", "PR", "SD")}
PRINTED_PERCENT = {OBJECTIVE: "orr_percent", CONTROL: "dcr_percent"}
FACTORS = ("stage", "coverage", "sequence", "alc_baseline", "alc_mid", "sex", "ecog")
CONCERNED = ("orr_", "dcr_", "cr_n", "pr_n", "response, OS", "response, PFS")
NOT_PRINTED = (
    "The paper prints no response by group; in the reconstructions it is held only by the log-rank tests and hazard "
    "ratios of response, so these rows say how little is known. Exact limits: of the middle counts of the "
    "reconstructions; posteriors: of all of them with equal weights."
)


def response_part(subject: Subject) -> Part:
    """Return response of all patients and by group."""
    if not subject.has("response"):
        return Part("", TITLE, (), (), subject.lacking("response"), subject.concerning(*CONCERNED))
    levels = subject.column("response").schema.levels
    unknown = [word for word in CATEGORIES if word not in levels]
    if unknown:
        said = (
            f"Left out: response; its levels ({', '.join(levels)}) lack {', '.join(unknown)}: name them CR, PR, SD, PD."
        )
        return Part("", TITLE, (), (), (said,), subject.concerning(*CONCERNED))
    overall = overall_table(subject)
    factors = [name for name in FACTORS if subject.has(name)]
    return Part(
        "",
        TITLE,
        (reading(subject),),
        (overall, group_table(subject, factors)),
        subject.lacking(*(name for name in FACTORS if name not in factors)),
        subject.concerning(*CONCERNED),
    )


def counted(
    subject: Subject, words: Sequence[str], inside: Sequence[np.ndarray] | None = None
) -> list[tuple[int, int]]:
    """Return, of each member, patients with one of these responses and patients with any, among some of them."""
    found = []
    for place, data in enumerate(subject.columns("response")):
        codes = [data.schema.levels.index(word) for word in words]
        known = ~data.missing if inside is None else ~data.missing & inside[place]
        found.append((int(np.isin(data.values[known], codes).sum()), int(known.sum())))
    return found


def overall_share(subject: Subject, words: Sequence[str]) -> Share:
    """Return the share of patients with one of these responses: of counts in the middle of the reconstructions."""
    found = counted(subject, words)
    events, n = ([pair[place] for pair in found] for place in (0, 1))
    return pooled_share(events, n, level=subject.level)


def reading(subject: Subject) -> str:
    """Return one line: objective response and disease control."""
    words = []
    for name, categories in COMBINED.items():
        found = overall_share(subject, categories)
        limits = f"{percent(found.lower)} to {percent(found.upper)}"
        after = f"posterior {percent(found.median)} % ({percent(found.low)} to {percent(found.high)})"
        words.append(
            f"{name} in {found.events} of {found.n} patients, {percent(found.value)} % (exact "
            f"{100 * subject.level:g} % confidence interval {limits}; {after})"
        )
    return f"{capital(words[0])}; {words[1]}."


def overall_table(subject: Subject) -> StudyTable:
    """Return the categories and their combinations."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for name, categories in {**{word: (word,) for word in CATEGORIES}, **COMBINED}.items():
        found = overall_share(subject, categories)
        printed, mark = printed_of(subject, name)
        rows.append({"response": name, **share_row(found, subject.level), "printed": printed, "reached": mark})
        cells.append((name, *share_cells(found), f"{printed}{f', {mark}' if mark else ''}"))
    head = ("Response", *share_head(subject.level), "Printed")
    return table_of("response", "Response of all patients", rows, head, cells)


def printed_of(subject: Subject, name: str) -> tuple[str, str]:
    """Return what the paper prints of a category or a combination, and whether it was reached."""
    if name in PRINTED_PERCENT:
        value = subject.printed.number(PRINTED_PERCENT[name])
        marks = {printed_of(subject, word)[1] for word in COMBINED[name]} - {""}
        return ("" if value is None else f"{value:g} %"), (marks.pop() if len(marks) == 1 else "")
    number, target = PRINTED_LEVELS["response", name]
    count = subject.printed.count(number)
    return ("" if count is None else str(count)), subject.printed.mark("", target)


def group_table(subject: Subject, factors: Sequence[str]) -> StudyTable:
    """Return objective response in the groups of each factor, with a test over its levels."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for name in factors:
        group, levels = subject.groups(name), subject.column(name).schema.levels
        each = [counted(subject, COMBINED[OBJECTIVE], [g == place for g in group]) for place in range(len(levels))]
        tests = [test_of([of_level[member] for of_level in each]) for member in range(len(subject.members))]
        words, p = "; ".join(dict.fromkeys(t.test for t in tests if t.test)), [t.p_value for t in tests]
        cells.append((subject.label(name),))
        for place, (level, of_level) in enumerate(zip(levels, each, strict=True)):
            events, n = ([pair[part] for pair in of_level] for part in (0, 1))
            if not sum(n):
                continue
            found = pooled_share(events, n, level=subject.level)
            middle, low, high = spread(p)
            tested = {"test": words, "p_value": middle, "p_low": low, "p_high": high, "members": len(subject.members)}
            rows.append({"factor": name, "group": level, **share_row(found, subject.level), **tested})
            counts = f"{count_words(events)} of {count_words(n)}"
            cells.append(
                (
                    subject.levels_read(name)[place],
                    counts,
                    *share_cells(found)[1:],
                    *((words, p_words(p)) if place == 0 else ("", "")),
                )
            )
    head = ("Group", *share_head(subject.level), "Test", "P")
    note = NOT_PRINTED if subject.several else ""
    return table_of("response_by_group", "Objective response by group", rows, head, cells, note=note, folded=True)


def test_of(pairs: Sequence[tuple[int, int]]) -> Association:
    """Return the test of a response over the levels of a factor."""
    return of_levels(np.array([[events for events, _ in pairs], [n - events for events, n in pairs]], dtype=np.int64))
