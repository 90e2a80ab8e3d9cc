"""A study file drafted from what passages say: entries with their places, each name once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from escc_bayes.data.published import Study
from escc_bayes.data.study import study_from
from escc_bayes.evidence.manuscript.analyses import analysis_of, goes_on, kept_apart
from escc_bayes.evidence.manuscript.arms import arms_of
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.sentence import understood
from escc_bayes.evidence.quotes.text import plain

STUDY_KEYS = ("n", "design", "population")
"""Entries that are keys of the study itself: the first of each is kept."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted study: its tables as a study file has them, where each entry stands, and what was read of what."""

    raw: dict[str, object]
    places: dict[str, str]
    passages: tuple[Understood, ...]

    @property
    def study(self) -> Study:
        """The study, faults listed."""
        return study_from(self.raw, f"{self.raw['id']}.toml", faults="listed")

    @property
    def words(self) -> str:
        """How much was read, in one line."""
        counts = [(kind, len(bodies)) for kind in ("estimate", "survival", "number") if (bodies := self.entries(kind))]
        unread = sum(len(one.unread) for one in self.passages)
        kinds = {"estimate": "estimates", "survival": "curves", "number": "numbers"}
        read = ", ".join(f"{n} {kind if n == 1 else kinds[kind]}" for kind, n in counts) or "nothing"
        return f"{read} read; {unread} numbers not read"

    def entries(self, kind: str) -> list[dict[str, object]]:
        """Return the entries of one table."""
        found = self.raw.get(kind, [])
        return found if isinstance(found, list) else []


def drafted(name: str, passages: Iterable[Passage]) -> Draft:
    """Draft a study from passages.

    Examples
    --------
    >>> draft = drafted("quick", [Passage("HR 0.73 (95 % CI 0.59-0.89)", "the line")])
    >>> draft.study.estimates[0].value, draft.places
    (Decimal('0.73'), {'estimate 1': 'the line'})
    """
    return draft_of(name, read_in_order(list(passages)))


def read_in_order(passages: Sequence[Passage]) -> Iterator[Understood]:
    """Yield what each passage says; one without an endpoint, or an analysis, speaks of that of the one before it."""
    endpoint, section, where, analysis, arms = "", "", "", "", arms_of(passages)
    for passage in passages:
        endpoint = endpoint if passage.section == section else ""
        analysis = analysis_of(plain(passage.text)) or (
            analysis if passage.where == where and goes_on(analysis) else ""
        )
        found, where = of_analysis(understood(passage, endpoint, arms), analysis), passage.where
        named = [str(entry.body["endpoint"]) for entry in found.entries if "endpoint" in entry.body]
        endpoint, section = named[-1] if named else endpoint, passage.section
        yield found


def of_analysis(found: Understood, analysis: str) -> Understood:
    """Return what was understood, with the analysis that its curves and estimates are of."""
    if not analysis:
        return found
    apart = [
        entry._replace(body=kept_apart(dict(entry.body), analysis), words=f"{entry.words}, {analysis}")
        if entry.kind in ("estimate", "survival")
        else entry
        for entry in found.entries
    ]
    return replace(found, entries=tuple(apart))


def draft_of(name: str, found: Iterable[Understood]) -> Draft:
    """Return the draft of what was understood."""
    passages = tuple(found)
    raw: dict[str, object] = {"schema_version": 1, "time_unit": "months", "id": name, "citation": name}
    raw |= {"source": "drafted from the paper's own sentences and tables; read it against the paper"}
    tables: dict[str, list[dict[str, object]]] = {"estimate": [], "survival": [], "number": []}
    places: dict[str, str] = {}
    seen: dict[str, list[dict[str, object]]] = {}
    for one in passages:
        for entry in one.entries:
            if entry.kind in STUDY_KEYS:
                raw.setdefault(entry.kind, entry.body["value"])
                continue
            body = distinct(entry, seen)
            if body is None:
                continue
            tables[entry.kind].append(body)
            places[f"{entry.kind} {len(tables[entry.kind])}"] = one.passage.where
    return Draft(raw | {kind: bodies for kind, bodies in tables.items() if bodies}, places, passages)


def distinct(entry: Entry, seen: dict[str, list[dict[str, object]]]) -> dict[str, object] | None:
    """Return the body of an entry under a name of its own; None for a print that was read before.

    Two numbers that the same words name need not be one quantity: the second gets a name that no rule compares with
    the first.
    """
    body = dict(entry.body)
    if entry.kind != "number":
        same = {key: value for key, value in body.items() if key != "quote"}
        known = seen.setdefault(entry.kind, [])
        if same in known:
            return None
        known.append(same)
        return body
    name = str(body["name"])
    known = seen.setdefault(name, [])
    if any(other["value"] == body["value"] for other in known):
        return None
    known.append(body)
    if len(known) > 1:
        body["name"] = f"{'elsewhere_' * (len(known) - 1)}{name}"
    return body
