"""The log hazard ratio of a patient in words of docs/methods: one function for each structure, of plain values.

Where columns are centred, the mean over patients is taken from each log hazard ratio: it is linear in its columns.
"""

import math
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import integrate, interpolate

CENTRED_NOT = ("time_varying", "random_intercept")


class Curves:
    """Natural cubic splines of unit roughness that are 0 at the outer knots (docs/methods/spline.md)."""

    def __init__(self, knots):
        self.knots = knots
        count = len(knots) - 2
        rough = np.zeros((count, count))
        for j in range(count):
            for k in range(j + 1):
                product = lambda u, j=j, k=k: self.bend(j, u) * self.bend(k, u)  # noqa: E731
                parts = [integrate.quad(product, a, b, epsabs=0.0, epsrel=1e-12)[0] for a, b in pairwise(knots)]
                rough[j, k] = rough[k, j] = math.fsum(parts)
        # R'R = roughness with R upper triangular; the curves are N R^-1.
        self.inverse = np.linalg.inv(np.linalg.cholesky(rough).T)

    def power(self, j, u, degree):
        """Return ((u - k_j)+^degree - (u - k_K)+^degree) / (k_K - k_j)."""
        last = self.knots[-1]
        return (max(u - self.knots[j], 0.0) ** degree - max(u - last, 0.0) ** degree) / (last - self.knots[j])

    def bend(self, j, u):
        """Return the second derivative of the jth natural spline."""
        return 6.0 * (self.power(j, u, 1) - self.power(len(self.knots) - 2, u, 1))

    def natural(self, j, u):
        """Return the jth natural spline, brought to 0 at both outer knots by a straight line."""
        first, last = self.knots[0], self.knots[-1]
        raw = lambda at: self.power(j, at, 3) - self.power(len(self.knots) - 2, at, 3)  # noqa: E731
        return raw(u) - raw(last) * (u - first) / (last - first)

    def at(self, u):
        """Return the curves at u."""
        return np.array([self.natural(j, u) for j in range(len(self.knots) - 2)]) @ self.inverse


class Effect:
    """One ``[[effect]]`` on some patients, in all states of an outcome or in none."""

    def __init__(self, raw, schema, patients, states):
        self.raw, self.schema, self.patients, self.states = raw, schema, patients, states
        self.word = raw["structure"]
        self.names = raw.get("covariates") or [raw["covariate"]]
        self.name = raw.get("name") or raw.get("covariate") or "_".join(self.names)
        self.covariate = self.names[0]
        self.levels = {}
        self.knots = self.placed() if "knots" in raw else ()
        if self.word == "spline":
            self.curves = Curves([self.number(self.covariate, k) for k in self.knots])

    def occurring(self, name):
        """Return the levels that occur among the patients, in their order."""
        if name not in self.levels:
            seen = {stretch.values[name] for p in self.patients for stretch in p.stretches}
            self.levels[name] = [level for level in self.schema["covariates"][name]["levels"] if level in seen]
        return self.levels[name]

    def placed(self):
        """Return the knots: those stated, or at quantiles of the values that patients have, each patient's once."""
        knots = self.raw["knots"]
        if isinstance(knots, list):
            return knots
        values = []
        for p in self.patients:
            values += sorted({s.values[self.covariate] for s in p.stretches}) * p.copies
        return list(np.quantile(values, np.linspace(0.0, 1.0, knots)))

    def number(self, name, value):
        """Return (value - center) / scale, or the rank of a level."""
        covariate = self.schema["covariates"][name]
        if covariate["kind"] != "continuous":
            return float(covariate["levels"].index(value))
        return (value - covariate.get("center", 0.0)) / covariate.get("scale", 1.0)

    def indicators(self, name, value):
        """Return 1 for the level that it is, of all that occur but the first; of a number itself."""
        if self.schema["covariates"][name]["kind"] == "continuous":
            return np.array([self.number(name, value)])
        return np.array([float(value == level) for level in self.occurring(name)[1:]])

    def own_name(self, state):
        """Return the name that the parameters of this state bear; None where the effect does not act."""
        if not self.states:
            return self.name
        named = self.raw.get("transitions") or self.raw.get("endpoints")
        if self.word == "across_transitions":
            return self.name
        if named is not None and state not in named:
            return None
        if self.raw.get("shared"):
            return self.name
        return f"{self.name}_{state}"

    def log_ratio(self, values, month, state, parameters):
        """Return the log hazard ratio of values at a month, centred nowhere."""
        name = self.own_name(state)
        if name is None:
            return 0.0
        return float(getattr(self, self.word)(values, month, state, Named(parameters, name)))

    def fixed(self, values, _month, _state, of):
        return self.indicators(self.covariate, values[self.covariate]) @ of("b")

    def linear(self, values, _month, _state, of):
        return self.number(self.covariate, values[self.covariate]) * of("b")[0]

    def ordered(self, values, _month, _state, of):
        """b times the share of the steps up to the level."""
        rank = self.schema["covariates"][self.covariate]["levels"].index(values[self.covariate])
        shares = of("share") if of.has("share") else [1.0]
        return of("b")[0] * (1.0 if not of.has("share") and rank else sum(shares[:rank]) if rank else 0.0)

    def exchangeable(self, values, _month, _state, of):
        """sd B z with Helmert's basis."""
        levels = self.occurring(self.covariate)
        place, total = levels.index(values[self.covariate]), 0.0
        for j, z in enumerate(of("z"), start=1):
            entry = 1.0 if place < j else -float(j) if place == j else 0.0
            total += z * entry / math.sqrt(j * (j + 1.0))
        return of("sd")[0] * total

    def pooled(self, values, _month, _state, of):
        found, width = 0.0, of("mean").size
        for t, name in enumerate(self.names):
            each = of("mean") + of("sd")[0] * of("z")[t * width : (t + 1) * width]
            found += self.indicators(name, values[name]) @ each
        return found

    def random_intercept(self, values, _month, _state, of):
        return of("sd")[0] * of("z")[self.occurring(self.covariate).index(values[self.covariate])]

    def spline(self, values, _month, _state, of):
        u = self.number(self.covariate, values[self.covariate])
        return of("b")[0] * u + of("sd")[0] * self.curves.at(u) @ of("z")

    def monotone(self, values, _month, _state, of):
        """b times cumulative shares times B-splines by scipy."""
        knots = np.array(self.knots, dtype=float)
        x = min(max(values[self.covariate], knots[0]), knots[-1])
        ends = np.concatenate([[knots[0]] * 2, knots, [knots[-1]] * 2])
        heights = np.concatenate([[0.0], np.cumsum(of("share"))])
        return of("b")[0] * float(interpolate.BSpline(ends, heights, 2)(x))

    def changepoint(self, values, _month, _state, of):
        u, at = (self.number(self.covariate, v) for v in (values[self.covariate], self.raw["at"]))
        return of("b")[0] * u + of("change")[0] * max(u - at, 0.0)

    def per_doubling(self, values, _month, _state, of):
        center = self.schema["covariates"][self.covariate].get("center", 0.0)
        return of("b")[0] * math.log2(values[self.covariate] / (center if center > 0.0 else 1.0))

    def across_transitions(self, values, _month, state, of):
        own = self.indicators(self.covariate, values[self.covariate])
        place = self.states.index(state) * own.size
        return own @ (of("mean") + of("sd")[0] * of("z")[place : place + own.size])

    def subgroup(self, values, _month, _state, of):
        own = self.indicators(self.covariate, values[self.covariate])
        place = self.occurring(self.raw["within"]).index(values[self.raw["within"]]) * own.size
        return own @ (of("mean") + of("sd")[0] * of("z")[place : place + own.size])

    def interaction(self, values, _month, _state, of):
        own, other = self.indicators(self.covariate, values[self.covariate]), self.raw["by"]
        found = own @ of("b")
        if self.schema["covariates"][other]["kind"] == "continuous":
            return found + self.number(other, values[other]) * (own @ of("ratio"))
        place = (self.occurring(other).index(values[other]) - 1) * own.size
        return found + (own @ of("ratio")[place : place + own.size] if place >= 0 else 0.0)

    def time_varying(self, values, month, _state, of):
        """A random walk over segments; a month on a cut belongs to the segment that ends there."""
        cuts, own = self.raw["cuts"], self.indicators(self.covariate, values[self.covariate])
        beta = of("b").copy()
        for step, distance in enumerate(years_between_midpoints(cuts)):
            if month > cuts[step]:
                z = of("z")[step * own.size : (step + 1) * own.size]
                beta = beta + of("sd")[0] * math.sqrt(distance) * z
        return own @ beta

    def horseshoe(self, values, _month, _state, of):
        found = 0.0
        for j, name in enumerate(self.names):
            product = of("tau")[0] * of("lambda")[j]
            scale = (1.0 / product**2 + 1.0 / self.raw["slab"] ** 2) ** -0.5
            found += scale * of("z")[j] / self.spreads[j] * self.number(name, values[name])
        return found

    @cached_property
    def spreads(self):
        """The SD of each covariate among the patients."""
        weights = [p.weight for p in self.patients]
        found = []
        for name in self.names:
            held = np.array([self.number(name, p.first[name]) for p in self.patients])
            found.append(math.sqrt(np.average((held - np.average(held, weights=weights)) ** 2, weights=weights)))
        return found

    @property
    def centred(self):
        """Whether its mean over the patients is taken away where the baseline is the average patient's."""
        return self.word not in CENTRED_NOT


class Named:
    """The parameters of one effect: ``of("b")`` is ``b_NAME``."""

    def __init__(self, parameters, name):
        self.parameters, self.name = parameters, name

    def __call__(self, kind):
        return np.asarray(self.parameters[f"{kind}_{self.name}"])

    def has(self, kind):
        return f"{kind}_{self.name}" in self.parameters


def years_between_midpoints(cuts):
    """Return the distances between midpoints of neighbouring pieces, the last as long as the one before it."""
    edges = [0.0, *cuts]
    edges.append(edges[-1] + edges[-1] - edges[-2])
    middles = [(a + b) / 2.0 for a, b in pairwise(edges)]
    return [(b - a) / 12.0 for a, b in pairwise(middles)]
