"""One table of a paper, done on a cohort: its numbers, its words, what could not be done, what the audit says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escc_bayes.evidence.finding import Finding
from escc_bayes.plots.band import Band
from escc_bayes.plots.survival import AtRisk

type Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table.

    Attributes
    ----------
    name : of its file, ``study_NAME.csv``.
    caption : what it shows.
    rows : of the file, at full precision; each has the same columns.
    head, cells : as readers see them; a row of one cell is a heading over those below it.
    note : under the table.
    folded : whether it is opened by who asks for it.
    """

    name: str
    caption: str
    rows: tuple[Row, ...]
    head: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class StudyPanel:
    """Survival curves in one panel.

    Attributes
    ----------
    title : over it.
    curves, behind : of groups; those behind are drawn thin.
    until : last month shown.
    time_label, survival_label : of the axes.
    at_risk : numbers under the axis; None: none.
    """

    title: str
    curves: tuple[Band, ...]
    behind: tuple[Band, ...]
    until: float
    time_label: str
    survival_label: str
    at_risk: AtRisk | None = None


@dataclass(frozen=True, slots=True)
class StudyDots:
    """Shares with limits, one line each.

    Attributes
    ----------
    lines : name, value, lower and upper limit, as fractions; the first is the cohort itself.
    hollow : places of lines of another kind.
    label : of the axis.
    """

    title: str
    lines: tuple[tuple[str, float, float, float], ...]
    hollow: frozenset[int]
    label: str


@dataclass(frozen=True, slots=True)
class StudyFigure:
    """A figure of panels.

    Attributes
    ----------
    name : of its files, ``study_NAME``.
    title : what it shows.
    about : patients and provenance.
    words : how to read it.
    clock : where time starts.
    """

    name: str
    title: str
    about: str
    words: str
    clock: str
    panels: tuple[StudyPanel | StudyDots, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one number of the paper.

    Attributes
    ----------
    place : its number in the paper, such as ``Table 3``; empty: text of the paper.
    title : what it is about.
    sentences : made of the numbers of the tables; the first is the reading.
    tables : none where the cohort has nothing of what it takes.
    skipped : what was left out, with the column that is missing.
    findings : what the audit of the paper says of it.
    figures : in the order of the page.
    """

    place: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[StudyTable, ...]
    skipped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    figures: tuple[StudyFigure, ...] = ()

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.place}. {self.title}" if self.place else self.title


@dataclass(frozen=True, slots=True)
class StudyChapter:
    """Every part of one paper on a cohort.

    Attributes
    ----------
    study, citation : which paper.
    whose : of whom the numbers are.
    provenance : of the cohort.
    methods : pages of ``docs/methods``.
    """

    study: str
    citation: str
    whose: str
    provenance: str
    parts: tuple[Part, ...]
    methods: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[StudyTable, ...]:
        """The tables of every part."""
        return tuple(table for part in self.parts for table in part.tables)


def table_of(
    name: str,
    caption: str,
    rows: Sequence[Row],
    head: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    note: str = "",
    folded: bool = False,
) -> StudyTable:
    """Return a table of lists."""
    shown = tuple(tuple(row) for row in cells)
    return StudyTable(name, caption, tuple(rows), tuple(head), shown, note, folded)
