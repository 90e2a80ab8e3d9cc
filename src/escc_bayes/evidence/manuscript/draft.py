"""A study file drafted from what passages say: entries with their places, each name once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from escc_bayes.data.published import Study
from escc_bayes.data.study import study_from
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.sentence import understood

SECTIONS = ("abstract", "methods", "results", "discussion")


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


def drafted(name: str, passages: Iterable[Passage]) -> Draft:
    """Draft a study from passages.

    Examples
    --------
    >>> draft = drafted("quick", [Passage("HR 0.73 (95 % CI 0.59-0.89)", "the line")])
    >>> draft.study.estimates[0].value, draft.places
    (Decimal('0.73'), {'estimate 1': 'the line'})
    """
    return draft_of(name, read_in_order(passages))


def read_in_order(passages: Iterable[Passage]) -> Iterator[Understood]:
    """Yield what each passage says; a sentence without an endpoint speaks of that of the one before it."""
    endpoint, section = "", ""
    for passage in passages:
        endpoint = endpoint if passage.section == section else ""
        found = understood(passage, endpoint)
        named = [str(entry.body["endpoint"]) for entry in found.entries if "endpoint" in entry.body]
        endpoint, section = named[-1] if named else endpoint, passage.section
        yield found


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
            if entry.kind == "n":
                raw.setdefault("n", entry.body["value"])
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
