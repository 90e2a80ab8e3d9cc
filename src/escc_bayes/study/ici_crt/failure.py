"""Table 6: patterns of failure, second-line treatment, survival after failure, cumulative incidence by cause."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from escc_bayes.classical.proportions import share
from escc_bayes.foundation.errors import InputError
from escc_bayes.plots.words import percent
from escc_bayes.study.ici_crt.after_failure import after_table
from escc_bayes.study.ici_crt.causes import first_events, incidence_table
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.shares import share_head
from escc_bayes.study.subject import Subject

PLACE, TITLE = "Table 6", "Failure, second-line treatment and survival after failure"
CONCERNED = ("failure", "second_line", "conservative")
PRINTED = (
    ("local: the primary lesion", "failure_primary_n"),
    ("distant: new lesions", "failure_new_n"),
    ("both", "failure_both_n"),
)
SECOND_LINE = (("second-line treatment", "second_line_n"), ("conservative management", "conservative_n"))
NOTE = (
    "Of patients with failure: exact limits of each share by itself; posterior of all shares together under a uniform "
    "(Dirichlet) prior."
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Patients with one pattern of failure, or one treatment after it, in words of files and as people read them."""

    words: str
    count: int
    read: str


def failure_part(subject: Subject) -> Part:
    """Return what is known of failure, from the cohort's own columns or as printed."""
    lacking = [*subject.lacking("os", "pfs")]
    tables: list[StudyTable] = []
    said: list[str] = []
    patterns, treated, total = counted(subject)
    if patterns:
        tables.append(pattern_table(subject, patterns, treated, total))
        said.append(reading(subject, patterns, total))
    if not subject.has("failure"):
        lacking += subject.lacking("failure")
        lacking += ["Patterns of failure are counted as the paper prints them, and not by month."] if patterns else []
    if subject.has("os", "pfs"):
        for make in (after_failure, incidence):
            try:
                found, more = make(subject)
            except InputError as problem:
                lacking.append(f"Left out: {make.__name__.replace('_', ' ')}; {problem}")
                continue
            tables.append(found)
            said += more
    return Part(PLACE, TITLE, tuple(said), tuple(tables), tuple(lacking), subject.concerning(*CONCERNED))


def after_failure(subject: Subject) -> tuple[StudyTable, tuple[str, ...]]:
    """Return survival after failure."""
    return after_table(subject)


def incidence(subject: Subject) -> tuple[StudyTable, tuple[str, ...]]:
    """Return cumulative incidence of first events."""
    return incidence_table(subject), ()


def counted(subject: Subject) -> tuple[list[Pattern], list[Pattern], int]:
    """Return patterns of failure, what was done after, and how many failed: of the cohort's columns, or as printed."""
    if subject.has("failure") and subject.has("os", "pfs"):
        failed = first_events(subject)[0] == 1.0
        patterns = levels_of(subject, "failure", failed)
        treated = levels_of(subject, "second_line", failed) if subject.has("second_line") else []
        return patterns, treated, sum(pattern.count for pattern in patterns)
    if not subject.of_paper:
        return [], [], 0
    patterns, treated = (
        [Pattern(words, n, words) for words, name in names if (n := subject.printed.count(name)) is not None]
        for names in (PRINTED, SECOND_LINE)
    )
    return patterns, treated, subject.printed.count("failures_n") or 0


def levels_of(subject: Subject, role: str, inside: np.ndarray) -> list[Pattern]:
    """Return how many of some patients have each level of a factor."""
    data = subject.column(role)
    known = data.values[inside & ~data.missing]
    return [
        Pattern(level, int((known == place).sum()), data.schema.read_as(level))
        for place, level in enumerate(data.schema.levels)
    ]


def reading(subject: Subject, patterns: list[Pattern], total: int) -> str:
    """Return one line: the most frequent pattern."""
    most = max(patterns, key=lambda pattern: pattern.count)
    found = share(most.count, total, level=subject.level)
    limits = f"{percent(found.lower)} to {percent(found.upper)}"
    each = ", ".join(f"{pattern.read} {pattern.count}" for pattern in patterns)
    return (
        f"Failure in {total} patients: {each}. Most frequent: {most.read}, {percent(found.value)} % of failures "
        f"(exact {100 * subject.level:g} % confidence interval {limits})."
    )


def pattern_table(subject: Subject, patterns: list[Pattern], treated: list[Pattern], total: int) -> StudyTable:
    """Return patterns and treatments among patients with failure."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for title, group in (("Pattern", patterns), ("After failure", treated)):
        cells += [(title,)] if group else []
        of = sum(one.count for one in group)
        for one in group:
            found = share(one.count, total, level=subject.level)
            tail = (1.0 - subject.level) / 2.0
            # The share of one class under a uniform Dirichlet prior over all classes of the group.
            law = stats.beta(1 + one.count, len(group) - 1 + of - one.count)
            median, low, high = (float(law.ppf(q)) for q in (0.5, tail, 1.0 - tail))
            limits = f"{percent(found.value)} ({percent(found.lower)} to {percent(found.upper)})"
            bayes = f"{percent(median)} ({percent(low)} to {percent(high)})"
            cells.append((one.read, f"{one.count} of {total}", limits, bayes))
            rows.append(
                {
                    "group": title.lower(),
                    "pattern": one.words,
                    "events": one.count,
                    "n": total,
                    "share": found.value,
                    "lower_exact": found.lower,
                    "upper_exact": found.upper,
                    "posterior_median": median,
                    "lower_credible": low,
                    "upper_credible": high,
                    "level": subject.level,
                }
            )
    head = ("", *share_head(subject.level))
    own = "" if subject.has("failure") else ", as the paper counts them"
    return table_of(
        "table6_patterns", f"patterns of failure and what was done after{own}", rows, head, cells, note=NOTE
    )
