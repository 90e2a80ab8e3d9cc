"""Who is at risk of what, from when to when, with which values: from a raw table, as schema and specification say.

Months count from the start of the clock; of death after progression under a clock that is reset, from progression.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

PROGRESSION, WITHOUT, AFTER = "progression", "death_without_progression", "death_after_progression"


@dataclass
class Stretch:
    """Months at risk of one state in which no value changes; ``event``: whether it ends with that state's event."""

    state: str
    start: float
    stop: float
    event: bool
    values: dict


@dataclass
class Patient:
    """A patient: stretches at risk, and for an event between two months both of them; ``copies`` alike."""

    weight: float
    copies: int
    stretches: list
    between: tuple | None = None

    @property
    def first(self):
        """The values that an average over patients takes."""
        return self.stretches[0].values


def month(value):
    """Read a cell with a number; None where it is empty."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return float(value)


def changes(row, covariate):
    """Return [(month, value)] of a covariate that changes; None of one that does not."""
    if "starts_at" in covariate:
        begins = month(row[covariate["starts_at"]])
        first, second = covariate["levels"]
        return [(-math.inf, first)] + ([] if begins is None else [(begins, second)])
    if "measured" in covariate:
        found = [(at, month(row[column])) for column, at in covariate["measured"]]
        return [(at, value) for at, value in found if value is not None]
    return None


def plain_value(row, name, covariate):
    """Return a value that does not change: a number, a level, or None."""
    cell = row[covariate.get("column", name)]
    return month(cell) if covariate["kind"] == "continuous" else (cell or None)


def needed(spec):
    """Return the covariates that a patient must have."""
    names = []
    for effect in spec.get("effect", []):
        names += effect.get("covariates") or [effect["covariate"]]
        names += [effect[key] for key in ("within", "by") if key in effect]
    strata = spec["baseline"].get("strata")
    known = spec.get("background", {})
    names += [strata] if strata else []
    names += [known[key] for key in ("age", "sex", "year") if key in known]
    return list(dict.fromkeys(names))


def endpoint_of(row, endpoint):
    """Return (entry, last month, event, the two months of an event between them)."""
    entry = month(row[endpoint["entry"]]) if "entry" in endpoint else 0.0
    if "left" in endpoint:
        left, right = month(row[endpoint["left"]]) or 0.0, month(row[endpoint["right"]])
        if right is None:
            return entry, left, False, None
        return entry, right, True, None if right == left else (left, right)
    return entry, float(row[endpoint["time"]]), bool(row[endpoint["event"]]), None


def visit_before(when, visits):
    """Return the last planned visit before a month, less what a visit may come late."""
    planned = [0.0]
    for begin, end, step in visits["every"]:
        planned += [begin + step * k for k in range(1, round((end - begin) / step) + 1)]
    return max([v for v in planned if v < when - visits.get("late", 0.0) - 1e-9], default=0.0)


class Reader:
    """Patients of a table, one after the other."""

    def __init__(self, schema, spec):
        self.schema, self.spec = schema, spec
        self.outcome = spec["outcome"]
        self.start = self.outcome.get("landmark", 0.0)
        self.names = needed(spec)

    def patients(self, table):
        """Return the patients analysed, weights scaled to their number where they are sampling weights."""
        if "start" in next(iter(self.schema["endpoints"].values())):
            found = self.of_several_rows(table)
        else:
            found = [p for row in table if self.complete(row) and (p := self.patient(row)) is not None]
        if self.schema.get("weight_kind") == "sampling":
            unit = sum(p.weight for p in found) / len(found)
            for p in found:
                p.weight /= unit
        return found

    def complete(self, row):
        """Return whether a patient has every covariate that does not change."""
        held = [(name, self.schema["covariates"][name]) for name in self.names]
        return all(plain_value(row, n, c) is not None for n, c in held if changes(row, c) is None)

    def patient(self, row):
        """Return a patient; None who is at risk of nothing."""
        between, parts = self.parts(row)
        stretches = [s for part in parts for s in self.cut(row, *part)]
        weight = float(row[self.schema["weight"]]) if "weight" in self.schema else 1.0
        copies = int(weight) if self.schema.get("weight_kind") == "frequency" else 1
        return Patient(weight, copies, stretches, between) if stretches else None

    def parts(self, row):
        """Return (state, from, to, event, month of the clock's start) of all that a patient is at risk of."""
        kind = self.outcome.get("kind")
        if kind == "illness_death":
            return None, self.illness_death(row)
        if "endpoints" in self.outcome:
            ends = [(name, *endpoint_of(row, self.schema["endpoints"][name])) for name in self.outcome["endpoints"]]
            return None, [self.since(name, a, t, d) for name, a, t, d, _ in ends if t > self.start]
        entry, last, event, between = endpoint_of(row, self.schema["endpoints"][self.outcome["endpoint"]])
        if "visits" in self.spec and event:
            deaths = self.spec["visits"]["deaths"]
            died = deaths != "none" and self.dies(row, deaths, last)
            between = None if died else (max(visit_before(last, self.spec["visits"]), entry), last)
            between = None if between is None or between[0] >= between[1] else between
        if last <= self.start:
            return None, []
        if between is not None:
            between = tuple(m - self.start for m in between)
        if kind == "competing_causes":
            cause = row[self.outcome["cause"]]
            return between, [self.since(k, entry, last, event and k == cause) for k in self.causes]
        return between, [self.since("", entry, last, event)]

    def dies(self, row, deaths, last):
        """Return whether a patient dies in this month."""
        _, died, dead, _ = endpoint_of(row, self.schema["endpoints"][deaths])
        return dead and abs(died - last) < 1e-6

    def since(self, state, entry, last, event):
        """Return a part that counts from the start of the clock."""
        return state, max(entry - self.start, 0.0), last - self.start, event, self.start

    def illness_death(self, row):
        """Return the parts of the table "Who is at risk of what"."""
        entry, left, happened, _ = endpoint_of(row, self.schema["endpoints"][self.outcome["progression"]])
        entry_os, last, died, _ = endpoint_of(row, self.schema["endpoints"][self.outcome["death"]])
        if left <= self.start:
            return []
        together = died and last == left
        progressed = happened and not together
        entry = max(entry, entry_os, self.start) - self.start
        left, last = left - self.start, last - self.start
        found = []
        if entry < left:
            found += [(PROGRESSION, entry, left, progressed, self.start), (WITHOUT, entry, left, together, self.start)]
        if progressed and last > max(left, entry):
            ago = left if self.outcome["clock"] == "reset" else 0.0
            found.append((AFTER, max(left, entry) - ago, last - ago, died, self.start + ago))
        return found

    def cut(self, row, state, start, stop, event, origin):
        """Return the stretches of a part between which values change."""
        moving = {n: changes(row, self.schema["covariates"][n]) for n in self.names}
        months = {round(at - origin, 9) for own in moving.values() if own is not None for at, _ in own}
        edges = [start, *sorted(m for m in months if start < m < stop), stop]
        found = []
        for begin, end in pairwise(edges):
            values = {n: self.value(row, n, moving[n], begin + origin) for n in self.names}
            if None not in values.values():
                found.append(Stretch(state, begin, end, event and end == stop, values))
        return found

    def value(self, row, name, moving, at):
        """Return the value that holds just after a month."""
        if moving is None:
            return plain_value(row, name, self.schema["covariates"][name])
        return next((value for begins, value in reversed(moving) if begins <= at + 1e-9), None)

    def of_several_rows(self, table):
        """Return the patients of a table in which each has a row for each stretch."""
        endpoint, found = self.schema["endpoints"][self.outcome["endpoint"]], {}
        for row in table:
            if not self.complete(row):
                continue
            values = {n: plain_value(row, n, self.schema["covariates"][n]) for n in self.names}
            own = Stretch(
                "", float(row[endpoint["start"]]), float(row[endpoint["stop"]]), bool(row[endpoint["event"]]), values
            )
            found.setdefault(row[self.schema["id"]], []).append(own)
        return [Patient(1.0, 1, sorted(rows, key=lambda s: s.start)) for rows in found.values()]

    causes = ()


def read_patients(schema, spec, table):
    """Return the patients of a specification."""
    reader = Reader(schema, spec)
    cause = spec["outcome"].get("cause")
    if cause:
        seen = {row[cause] for row in table if row[schema["endpoints"][spec["outcome"]["endpoint"]]["event"]]}
        reader.causes = tuple(k for k in schema["covariates"][cause]["levels"] if k in seen)
    return reader.patients(table)
