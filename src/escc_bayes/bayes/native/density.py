"""The joint log density of a plan at one point and its gradient, in numpy: what NUTS evaluates some 10^5 times.

The coordinates (x, u) are those of the engine ``laplace`` (``coordinates``), whose ``log_prior`` and
``likelihood`` are the same density at many points at once. Here the likelihood is rows
(``rows``), arrays are allocated once, and where psi is linear in the scaled latents (no ordered effect of
several steps) the rows are stated in these. See docs/methods/nuts.md.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.modes.coordinates import (
    LEAST_SD,
    LOG_SQRT_2PI,
    Coordinates,
    Frailty,
    Scale,
    Shape,
    parameter_values,
)
from escc_bayes.bayes.native.rows import LikelihoodRows
from escc_bayes.bayes.native.scales import ScaledLatents
from escc_bayes.bayes.native.shares import OrderedRows
from escc_bayes.bayes.native.spans import SpansAt
from escc_bayes.bayes.numeric.log_gamma import with_slopes
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Mixture:
    """A prior that is a mixture of normals on one number ``mean + sd x``.

    Attributes
    ----------
    latent : the place of x.
    mean, sd : of the number in terms of x.
    components : log(weight / SD), mean and SD of each.
    """

    latent: int
    mean: float
    sd: float
    components: tuple[tuple[float, float, float], ...]

    def value_and_slope(self, x: float) -> tuple[float, float]:
        """Return the log density of x and its derivative."""
        value = self.mean + self.sd * x
        apart = [((value - m) / s, height) for height, m, s in self.components]
        logs = [height - 0.5 * z * z for z, height in apart]
        highest = max(logs)
        parts = [math.exp(log - highest) for log in logs]
        total = sum(parts)
        pull = sum(part * (m - value) / (s * s) for part, (_, m, s) in zip(parts, self.components, strict=True))
        return highest + math.log(total * self.sd) - LOG_SQRT_2PI, self.sd * pull / total


def mixtures(plan: ModelPlan, coords: Coordinates) -> tuple[Mixture, ...]:
    """Return the mixture priors of a plan; each is on one number."""
    found = []
    for free in (one for block in plan.design.blocks for one in block.free):
        if isinstance(free.prior, EvidencePrior):
            slot = next(p for p in coords.parameters if p.name == free.name)
            components = tuple((math.log(weight / sd), mean, sd) for weight, mean, sd in free.prior.components)
            found.append(Mixture(slot.start, slot.mean, slot.sd, components))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Around:
    """Where the posterior is: hyperparameters (h,), latents (d,) and a root of their covariance (d, d) there."""

    hypers: FloatArray
    centre: FloatArray
    factor: FloatArray


class Density:
    """Log density and gradient at q = (y, u): latents centre + factor y, partly centred. One caller at a time.

    Parameters
    ----------
    coords : coordinates of the plan; where priors are mixtures, of any one component.
    rows : the likelihood.
    mixed : the mixture priors.
    around : about the mode. It decides how far NUTS may step, not what it samples.

    Attributes
    ----------
    size : elements of q.
    """

    def __init__(self, coords: Coordinates, rows: LikelihoodRows, mixed: tuple[Mixture, ...], around: Around) -> None:
        self.coords, self.mixed = coords, mixed
        self.centre, self.factor = around.centre, np.ascontiguousarray(around.factor)
        self.latents, self.size = coords.latents, coords.latents + len(coords.hypers)
        self.normal = normal_latents(coords, mixed)
        scaled = any(isinstance(hyper, Scale) for hyper in coords.hypers)
        self.scales = ScaledLatents(coords, self.factor, around.hypers, self.normal) if scaled else None
        self.frailties = frailties(coords)
        self.ordered = OrderedRows(coords) if coords.simplexes else None
        shapes = [(h, s) for h, s in enumerate(coords.hypers) if isinstance(s, Shape)]
        # Shapes are the last elements of w; each has its events.
        self.shapes = [(h, s, k - len(shapes), rows.shape_events[k]) for k, (h, s) in enumerate(shapes)]
        self.place(rows)
        self.allocate()

    def place(self, rows: LikelihoodRows) -> None:
        """Take the rows as they are; where psi is linear, in terms of the scaled latents."""
        columns, base, gain, moved = rows.columns, rows.base, rows.gain, 0.0
        linear = None if self.ordered is not None else self.coords.loading
        self.terms = tuple(SpansAt(term, linear, self.coords.offset) for term in rows.terms)
        if self.ordered is None:
            width, load, offset = self.coords.offset.size, self.coords.loading, self.coords.offset
            base, moved = base + columns[:, :width] @ offset, float(gain[:width] @ offset)
            columns = np.concatenate([columns[:, :width] @ load, columns[:, width:]], axis=1)
            gain = np.concatenate([gain[:width] @ load, gain[width:]])
        self.columns, self.base, self.gain = np.ascontiguousarray(columns), base, gain
        # A last column of ones: the way back to w adds up the exponentials as well.
        self.back = np.ascontiguousarray(np.column_stack([columns, np.ones(base.size)]) * rows.sign[:, None])
        self.constant = rows.constant + moved - LOG_SQRT_2PI * (float(self.normal.sum()) + len(self.coords.hypers))

    def allocate(self) -> None:
        """Make the arrays that every evaluation writes into."""
        self.x, self.free, self.by_latent = np.empty((3, self.latents))
        self.w, self.by_w = np.empty((2, self.gain.size))
        linear = self.latents if self.ordered is None else self.coords.offset.size
        self.linear, self.by_linear = self.w[:linear], self.by_w[:linear]
        self.scaled = self.linear if self.ordered is None else np.empty(self.latents)
        self.cells, self.spent = np.empty(self.base.size), np.empty(self.gain.size + 1)
        self.by_row, self.gradient = self.spent[:-1], np.empty(self.size)
        self.by_y = self.gradient[: self.latents]

    def __call__(self, q: FloatArray) -> tuple[float, FloatArray]:
        """Return log density and gradient at q (size,); the next call writes over the gradient."""
        hypers: list[float] = q[self.latents :].tolist()
        value = self.forward(q, hypers)
        return value + self.way_back(hypers), self.gradient

    def forward(self, q: FloatArray, hypers: list[float]) -> float:
        """Return the log density without mixture priors and the log shape's own term."""
        x, cells = self.x, self.cells
        np.dot(self.factor, q[: self.latents], out=x)
        x += self.centre
        value = self.constant - 0.5 * sum(v * v for v in hypers)
        if self.scales is not None:
            value += self.scales.forward(x, hypers, self.scaled)
        else:
            np.multiply(x, self.normal, out=self.free)
            value -= 0.5 * float(x.dot(self.free))
            self.scaled[:] = x
        if self.ordered is not None:
            self.ordered.psi(self.scaled, hypers, self.linear)
        for h, shape, place, _ in self.shapes:
            self.w[place] = np.exp(shape.mean + shape.sd * hypers[h])
        np.dot(self.columns, self.w, out=cells)
        cells += self.base
        np.exp(cells, out=cells)
        np.dot(cells, self.back, out=self.spent)
        return value + float(self.gain.dot(self.w)) - float(self.spent[-1])

    def way_back(self, hypers: list[float]) -> float:
        """Write the gradient; return what ``forward`` left out of the log density."""
        by_latent, added = self.by_latent, 0.0
        np.subtract(self.gain, self.by_row, out=self.by_w)
        for term in self.terms:
            added += term.add(self.w, self.by_w)
        by_hyper, by_scaled = [-value for value in hypers], self.by_linear
        if self.ordered is not None:
            by_scaled = self.ordered.back(self.by_linear, by_hyper)
        for frailty, place in self.frailties:
            added += self.frail(frailty, place, by_scaled, by_hyper)
        if self.scales is not None:
            self.scales.back(by_scaled, self.x, by_hyper, by_latent)
        else:
            np.subtract(by_scaled, self.free, out=by_latent)
        for h, shape, place, events in self.shapes:
            added += events * (shape.mean + shape.sd * hypers[h])
            by_hyper[h] += shape.sd * (events + float(self.by_w[place]) * float(self.w[place]))
        for mixture in self.mixed:
            value, slope = mixture.value_and_slope(float(self.x[mixture.latent]))
            added += value
            by_latent[mixture.latent] += slope
        np.dot(by_latent, self.factor, out=self.by_y)
        self.gradient[self.latents :] = by_hyper
        return added

    def frail(self, frailty: Frailty, place: int, by_scaled: FloatArray, by_hyper: list[float]) -> float:
        """Add to the gradient by log frailties, and by their SD; return the log density beside that of normals."""
        assert self.scales is not None
        inside = slice(frailty.start, frailty.stop)
        sd = max(self.scales.sds[place], LEAST_SD)
        value, by_own, by_log_sd = with_slopes(self.scaled[inside], sd)
        by_scaled[inside] += by_own
        by_hyper[frailty.hyper] += by_log_sd * self.scales.slopes[place]
        return value

    def values(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the free parameters of ``bayes/model/parameters.py``, (n, size) by name, from draws of q (n, size)."""
        x, u = points[:, : self.latents] @ self.factor.T + self.centre, points[:, self.latents :]
        return parameter_values(self.coords, x if self.scales is None else self.scales.latents(x, u), u)


def frailties(coords: Coordinates) -> list[tuple[Frailty, int]]:
    """Return the log gammas of a plan, each with the place of its SD among the scales."""
    scales = [h for h, hyper in enumerate(coords.hypers) if isinstance(hyper, Scale)]
    return [(frailty, scales.index(frailty.hyper)) for frailty in coords.frailties]


def normal_latents(coords: Coordinates, mixed: tuple[Mixture, ...]) -> FloatArray:
    """Return 1 for each latent that is standard normal a priori, 0 for log rates with a gamma prior and mixtures."""
    found = np.ones(coords.latents)
    if coords.gamma is not None:
        found[: coords.pieces] = 0.0
    found[[mixture.latent for mixture in mixed]] = 0.0
    return found
