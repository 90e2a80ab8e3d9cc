"""What a reconstructed cohort's rows give for each printed statistic, by the classical code that agrees with R.

Second source of ``targets.csv``: nothing here comes from the compiled search, and nothing but the rows, the layout and
the target's name is read.
"""

import re

import numpy as np

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier
from escc_bayes.classical.logrank import logrank
from escc_bayes.evidence.reconstruction.targets_of_estimates import model_of


class Rows:
    """The rows of one member, as columns of text."""

    def __init__(self, rows, layout, study):
        self.all, self.layout, self.study = rows, layout, study
        self.rows = [r for r in rows if r[layout.endpoints[0].time] != ""]

    def outcome(self, word):
        """Return months and events of the study's endpoint, of patients who have it."""
        endpoint = next(e for e in self.layout.endpoints if e.word == word)
        return self.numbers(endpoint.time), self.numbers(endpoint.event)

    def numbers(self, column):
        return np.array([float(r[column]) for r in self.rows])

    def level(self, name):
        """Return the level of a covariate: written as it is, spread over columns, or a measurement cut into classes."""
        covariate = self.layout.covariate(name)
        if covariate.write:
            words = [dict(w) for w in covariate.write]
            return np.array([next(k for k, w in enumerate(words) if w.items() <= r.items()) for r in self.rows])
        if covariate.measured is None:
            return np.array([covariate.levels.index(r[name]) for r in self.rows])
        value, classes = self.numbers(name), np.zeros(len(self.rows), dtype=int)
        for cut, side in zip(covariate.measured.cuts, covariate.measured.on_cut or ("above",) * 9, strict=False):
            classes += (value >= cut) if side == "above" else (value > cut)
        return classes

    def group(self, contrast):
        """Return the group of each patient in a contrast, -1 for none."""
        levels = self.layout.covariate(contrast.covariate).levels
        known = {levels.index(w): k for k, words in enumerate(contrast.groups) for w in words}
        return np.array([known.get(code, -1) for code in self.level(contrast.covariate)])

    def curve(self, endpoint, name):
        """Return months and events of a printed curve: of all, of the levels of an arm, or of those who progressed."""
        arm = next((a for a in self.layout.arms if a.name == name and a.endpoint in ("", endpoint)), None)
        if arm is None:
            return self.outcome(endpoint)
        word = next((e.word for e in self.layout.endpoints if e.name == arm.of), endpoint)
        time, event = self.outcome(word)
        if arm.subset == "progressed":
            first, happened = self.outcome("PFS")
            mine = (happened == 1) & (first < time)
            # Hundredths of a month: a difference of two is no third one exactly, and ties would be none.
            return np.round(time - first * (arm.clock == "progression"), 2)[mine], event[mine]
        levels = self.layout.covariate(arm.covariate).levels
        mine = np.isin(self.level(arm.covariate), [levels.index(w) for w in arm.levels])
        return time[mine], event[mine]


def statistic(rows, target):
    """Return the value of one row of ``targets.csv``; None for those that ``recomputed`` does not know."""
    endpoint, name = target["endpoint"], target["target"]
    arm = name.split(", ", 1)[1] if ", " in name and not name.startswith(("log", "Wald", "n, ", "t, ")) else ""
    if endpoint == "OS after failure":
        arm = "patients with treatment failure"
    if name.startswith(("log-rank", "log HR", "Wald z")):
        return effect(rows, endpoint, name)
    if name.startswith("failures"):
        (first, happened), (last, _) = rows.outcome(endpoint), rows.outcome("OS")
        return float(((happened == 1) & (first < last)).sum())
    if name.startswith(("S(", "median", "events")) and "limit" not in name:
        return of_curve(*rows.curve(endpoint, arm), name, target["printed"])
    return None


def of_curve(time, event, name, printed):
    """Return survival at a month, the median, the follow-up or the number of events."""
    curve = kaplan_meier(time, event, level=0.95)
    steps = np.concatenate(([1.0], curve.survival))
    if name.startswith("events"):
        return float(event.sum())
    if name.startswith("S("):
        at = float(re.match(r"S\(([\d.]+)\)", name)[1])
        return float(steps[np.searchsorted(curve.time, at, side="right")])
    if name.startswith("median follow-up"):
        return float(follow_up(time, event, level=0.95).value)
    if printed == "not reached":
        return float(steps[-1])
    below = np.flatnonzero(curve.survival <= 0.5)
    return float(curve.time[below[0]]) if below.size else np.inf


def effect(rows, endpoint, name):
    """Return a log-rank statistic, a log hazard ratio or a Wald statistic."""
    layout = rows.layout
    kind, word = name.split(", ")[:2]
    time, event = rows.outcome(endpoint)
    if kind == "log-rank chi2":
        count = int(name.split(", ")[2].split()[0])
        contrast = next(c for c in layout.contrasts if c.effect == word and len(c.groups) == count)
        group = rows.group(contrast)
        return float(logrank(time[group >= 0], event[group >= 0], group[group >= 0]).chi2)
    printed = next(e for e in rows.study.estimates if e.effect == word and e.endpoint == endpoint and e.measure == "HR")
    key, column = model_of(printed, layout, rows.study, next(e for e in layout.endpoints if e.word == endpoint))
    groups = np.column_stack([rows.group(layout.contrasts[k]) for k in key.contrasts]).astype(float)
    fitted = cox(groups, time, event)
    ratio = float(fitted.coef[column])
    return ratio if kind == "log HR" else ratio / float(np.sqrt(fitted.covariance[column, column]))
