"""The log-likelihood of each patient, and of other sources: hazards added up from month to month (docs/methods)."""

import csv
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import stats

from tests.properties.plainly.effects import Effect, years_between_midpoints
from tests.properties.plainly.patients import AFTER, PROGRESSION, WITHOUT, read_patients


class Baseline:
    """The hazard of whom the baseline describes, in each stratum of each state."""

    def __init__(self, spec, schema, patients, states):
        self.raw, self.states = spec["baseline"], states
        self.pieces = self.raw["family"] == "piecewise_exponential"
        name = self.raw.get("strata")
        self.strata = ()
        if name:
            seen = {s.values[name] for p in patients for s in p.stretches}
            self.strata = tuple(level for level in schema["covariates"][name]["levels"] if level in seen)
        self.copies = max(1, len(states)) * max(1, len(self.strata))
        self.cuts = cuts_of(self.raw, patients, states) if self.pieces else []
        stated = spec["priors"].get("baseline_survival", {})
        self.reference = stated.get("at") or self.raw.get("reference_time")

    def copy(self, state, values):
        """Return which baseline it is: state by state, stratum by stratum."""
        place = self.states.index(state) if self.states else 0
        own = self.strata.index(values[self.raw["strata"]]) if self.strata else 0
        return place * max(1, len(self.strata)) + own

    def log_rates(self, copy, parameters):
        """Return the log rate of each piece of one baseline."""
        size = len(self.cuts) + 1
        level = np.asarray(parameters["baseline"])
        if self.raw.get("smoothing") == "independent" or size == 1:
            return level[copy * size : (copy + 1) * size]
        lengths = (
            years_between_midpoints(self.cuts) if self.raw.get("steps", "length") == "length" else [1.0] * (size - 1)
        )
        rates = [level[copy]]
        for k, length in enumerate(lengths):
            step = parameters["z_baseline"][copy * (size - 1) + k]
            rates.append(rates[-1] + parameters["sd_baseline"][0] * math.sqrt(length) * step)
        return rates

    def log_hazard(self, month, copy, parameters):
        """Return the log hazard at a month; a month on a cut belongs to the piece that ends there."""
        if self.pieces:
            return self.log_rates(copy, parameters)[sum(month > cut for cut in self.cuts)]
        level, shape = parameters["baseline"][copy], math.exp(parameters["log_shape"][copy])
        return level + math.log(shape) - math.log(month) + shape * math.log(month / self.reference)

    def passed(self, start, stop, copy, parameters):
        """Return the cumulative hazard between two months within which no cut lies."""
        if self.pieces:
            return (stop - start) * math.exp(self.log_hazard((start + stop) / 2.0, copy, parameters))
        level, shape = parameters["baseline"][copy], math.exp(parameters["log_shape"][copy])
        at = [math.exp(level) * (month / self.reference) ** shape for month in (start, stop)]
        return at[1] - at[0]


def cuts_of(raw, patients, states):
    """Return the cuts stated, or at quantiles of the months with an event and of those at which a value changes."""
    if "pieces" not in raw:
        return raw["cuts"]
    events, turns = [], []
    for p in patients:
        events += [s.stop for s in p.stretches if s.event] * p.copies
        pairs = [] if states else pairwise(p.stretches)
        turns += [after.start for before, after in pairs if before.values != after.values] * p.copies
    turns = [month for month in turns if month < max(events)]
    return sorted({*at_quantiles(events, raw["pieces"]), *(at_quantiles(turns, raw["pieces"]) if turns else ())})


def at_quantiles(months, pieces):
    """Return months below the last, up to each of which a share k / pieces lies."""
    held = sorted(months)
    found = {held[math.ceil(k * len(held) / pieces) - 1] for k in range(1, pieces)}
    return {month for month in found if month < held[-1]}


class LifeTable:
    """Expected hazards per month: constant within a cell, changing at birthdays and new years."""

    def __init__(self, raw, start):
        self.raw, self.start, self.rates = raw, start, {}
        with Path(raw["table"]).open() as file:
            for row in csv.DictReader(file):
                self.rates[int(row["age"]), row["sex"], int(row.get("year") or 0)] = float(row["rate"])
        self.ages, _, self.years = (sorted({key[k] for key in self.rates}) for k in range(3))

    def clock(self, values):
        """Return age and calendar year at the start of the clock."""
        year = values[self.raw["year"]] if "year" in self.raw else 0.0
        return values[self.raw["age"]] + self.start / 12.0, year + self.start / 12.0 if year else 0.0

    def hazard(self, values, month):
        """Return the expected hazard in the month that ends here."""
        age, year = self.clock(values)
        # Of a month on a birthday the year of age that ends.
        age, year = (math.ceil(round(at + month / 12.0, 9)) - 1 for at in (age, year))
        age = min(max(age, self.ages[0]), self.ages[-1])
        year = min(max(year, self.years[0]), self.years[-1]) if "year" in self.raw else 0
        return self.rates[age, values[self.raw["sex"]], year] / 12.0

    def passed(self, values, start, stop):
        """Return the expected cumulative hazard between two months."""
        turns = [12.0 * (k - at) for at in self.clock(values) for k in range(math.floor(at), math.ceil(at) + 20)]
        edges = [start, *sorted(m for m in turns if start < m < stop), stop]
        return math.fsum((b - a) * self.hazard(values, (a + b) / 2.0) for a, b in pairwise(edges))


class Likelihood:
    """The log-likelihood of a specification on a table, at named parameters."""

    def __init__(self, schema, spec, table):
        self.spec = spec
        self.patients = read_patients(schema, spec, table)
        self.states = states_of(schema, spec, table)
        self.effects = [Effect(raw, schema, self.patients, self.states) for raw in spec.get("effect", [])]
        self.baseline = Baseline(spec, schema, self.patients, self.states)
        self.changes = [
            *self.baseline.cuts,
            *(cut for e in self.effects if e.word == "time_varying" for cut in e.raw["cuts"]),
        ]
        start = spec["outcome"].get("landmark", 0.0)
        self.table = LifeTable(spec["background"], start) if "background" in spec else None

    def centre(self, effect, state, parameters):
        """Return the mean over the patients of a log hazard ratio."""
        if self.spec["baseline"].get("at", "mean") == "reference" or not effect.centred:
            return 0.0
        held = [effect.log_ratio(p.first, 0.0, state, parameters) for p in self.patients]
        return np.average(held, weights=[p.weight for p in self.patients])

    def at(self, parameters):
        """Return the log-likelihood (n,) of the patients and that of other sources."""
        self.parameters = parameters
        self.centres = {
            (e.name, state): self.centre(e, state, parameters) for e in self.effects for state in self.states or ("",)
        }
        own = [p.weight * self.of_patient(p) for p in self.patients]
        return np.array(own), math.fsum(self.of_count(one) for one in self.spec.get("external", []))

    def log_ratio(self, values, month, state):
        """Return the log hazard over that of whom the baseline describes."""
        return math.fsum(
            e.log_ratio(values, month, state, self.parameters) - self.centres[e.name, state] for e in self.effects
        )

    def log_hazard(self, values, month, state):
        copy = self.baseline.copy(state, values)
        return self.baseline.log_hazard(month, copy, self.parameters) + self.log_ratio(values, month, state)

    def passed(self, values, start, stop, state):
        """Return the cumulative hazard between two months, added up over what is constant in between."""
        copy, edges = (
            self.baseline.copy(state, values),
            [start, *sorted({c for c in self.changes if start < c < stop}), stop],
        )
        return math.fsum(
            self.baseline.passed(a, b, copy, self.parameters) * math.exp(self.log_ratio(values, (a + b) / 2.0, state))
            for a, b in pairwise(edges)
        )

    def of_patient(self, patient):
        """Return the log-likelihood of one patient of weight 1."""
        if "cure" in self.spec:
            return self.with_cure(patient.stretches[0])
        if patient.between is not None:
            return self.of_span(patient)
        return math.fsum(self.of_stretch(stretch) for stretch in patient.stretches)

    def of_stretch(self, stretch):
        """Return d log h(t) - H(t) + H(start)."""
        own = (stretch.values, stretch.start, stretch.stop, stretch.state)
        found = -self.passed(*own)
        if self.table is not None:
            found -= self.table.passed(*own[:3])
        if stretch.event:
            hazard = math.exp(self.log_hazard(stretch.values, stretch.stop, stretch.state))
            if self.table is not None:
                hazard += self.table.hazard(stretch.values, stretch.stop)
            found += math.log(hazard)
        return found

    def of_span(self, patient):
        """Return the log probability S(l) - S(r) of an event between two months, of who was free of it at entry."""
        (stretch,), (left, right) = patient.stretches, patient.between
        before = self.passed(stretch.values, stretch.start, max(left, stretch.start), "")
        inside = self.passed(stretch.values, max(left, stretch.start), right, "")
        return -before + math.log(-math.expm1(-inside))

    def with_cure(self, stretch):
        """Return the log-likelihood of a mixture: some are cured, the others have the hazard."""
        cured = 1.0 / (1.0 + math.exp(-self.parameters["cure_log_odds"][0]))
        passed = [self.passed(stretch.values, 0.0, month, "") for month in (stretch.start, stretch.stop)]
        free = [cured + (1.0 - cured) * math.exp(-one) for one in passed]
        if stretch.event:
            density = (1.0 - cured) * math.exp(self.log_hazard(stretch.values, stretch.stop, "") - passed[1])
            return math.log(density) - math.log(free[0])
        return math.log(free[1]) - math.log(free[0])

    def of_count(self, one):
        """Return the log probability of a count of survivors of another source."""
        studies = list(dict.fromkeys(e["study"] for e in self.spec["external"] if "study" in e))
        factor = math.exp(self.parameters[f"drift_{studies.index(one['study']) + 1}"][0]) if "study" in one else 1.0
        group = one.get("group", {}).items()
        alive = [0.0, 0.0]
        for patient in self.patients:
            if all(patient.first[name] == level for name, level in group):
                for k, month in enumerate((one["start"], one["stop"])):
                    alive[k] += patient.weight * math.exp(-factor * self.passed(patient.first, 0.0, month, ""))
        return stats.binom.logpmf(one["alive"], one["at_risk"], alive[1] / alive[0])


def states_of(schema, spec, table):
    """Return the transitions, causes or endpoints of an outcome; none of one endpoint."""
    outcome = spec["outcome"]
    if "endpoints" in outcome:
        return tuple(outcome["endpoints"])
    if outcome.get("kind") == "illness_death":
        return PROGRESSION, WITHOUT, AFTER
    if outcome.get("kind") == "competing_causes":
        found = {s.state for p in read_patients(schema, spec, table) for s in p.stretches}
        return tuple(k for k in schema["covariates"][outcome["cause"]]["levels"] if k in found)
    return ()
