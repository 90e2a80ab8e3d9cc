"""The first screen as blocks of a document: what Word opens."""

from collections.abc import Iterator

from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Table
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.first_screen import screens
from escc_bayes.report.page.page import title
from escc_bayes.report.page.view import Line, Screen

HEAD = ("Level", "Patients", "Events", "Posterior HR", "Data", "P(HR > 1)", "Sceptical prior", "Cox HR", "P")


def first_screens(bundle: Bundle) -> Iterator[Block]:
    """Yield heading, faults, and each outcome's answer, table, words of trust and notes."""
    yield Heading(provenance_first(bundle.cohort.provenance, title(bundle)), 1)
    if bundle.faults:
        yield Paragraph("NOT FIT FOR USE")
        yield Items(bundle.faults)
    for screen in screens(bundle):
        yield Heading(screen.title)
        yield Paragraph(screen.who)
        yield Paragraph(screen.paragraph)
        yield answer_table(screen, bundle.cohort.provenance)
        yield Items(tuple(f"{w.what}: {w.verdict}{f', {w.more}' if w.more else ''}" for w in screen.words))
        yield from (Paragraph(note) for note in screen.notes)


def answer_table(screen: Screen, provenance: str) -> Table:
    """Return the table of a screen."""
    rows: list[tuple[str, ...]] = []
    for heading, lines in screen.blocks:
        rows.append((heading,))
        rows += [cells(line) for line in lines]
    caption = f"{screen.interval}{f'. {screen.whose}' if screen.whose else ''}."
    return Table(provenance_first(provenance, caption), HEAD, tuple(rows))


def cells(line: Line) -> tuple[str, ...]:
    """Return a line as the screen shows it."""
    level = f"{line.level} !" if line.few else line.level
    posterior = f"{line.posterior} {line.limits}".strip()
    asked = (posterior, line.data, line.chance, line.sceptic, line.cox, line.p_value)
    return (level, line.patients, line.events, *asked)
