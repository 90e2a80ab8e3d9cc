"""The joint log density of survival and trajectories at one point, and its gradient, in numpy.

The part of survival is ``Density`` with a row for each patient, piece of the baseline and stretch of trajectories, of
which the trajectory moves the log months. What describes trajectories has the coordinates level, changes, Fisher's z
and, of SDs and the error, numbers that are standard normal a priori (``coordinates``); a patient has two standard
normal ones (``bayes/model/trajectories.py``). The gradient of the few numbers that describe all trajectories is taken
by a complex step (Squire & Trapp 1998, SIAM Rev 40:110), which is exact to the last digit: of a sum of some ten terms
for each pattern of measurements, whatever the number of patients.
"""

import math
from dataclasses import fields

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.bayes.model.likelihood.counted import Counted
from escc_bayes.bayes.model.trajectories import (
    LOG_SQRT_2PI,
    Law,
    Patterns,
    Spread,
    deviations,
    means,
    patterns_of,
    projections,
    spread_of,
    standard_means,
)
from escc_bayes.bayes.model.trajectory_rows import TrajectoryRows, log_sinhc, slope_of_log_sinhc
from escc_bayes.bayes.modes.coordinates import Coordinates, half_normal_score
from escc_bayes.bayes.native.density import Density
from escc_bayes.bayes.native.scales import half_normal
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.free import variable
from escc_bayes.spec.structures.registry import Trajectory

STEP = 1e-30
# Prior SDs beyond which no chain starts.
FAR = 3.0


def still_cells(rows: TrajectoryRows, pieces: int) -> Counted:
    """Return the rows as cells, as if nobody's value were anything but the centre."""
    design = np.concatenate([rows.columns, np.eye(pieces)[rows.piece]], axis=1)
    return Counted(design, rows.weight * rows.event, rows.weight * rows.months, pieces)


def real_law(law: Law) -> Law:
    """Return the law behind complex steps (t,) of it."""
    return Law(*(getattr(law, one.name)[0].real for one in fields(Law)))


def real_spread(spread: Spread) -> Spread:
    """Return the spread behind complex steps (t,) of it."""
    return Spread(*(getattr(spread, one.name)[0].real for one in fields(Spread)))


class JointDensity:
    """Log density and gradient at q = (of survival, of all trajectories, two for each patient). One caller at a time.

    Parameters
    ----------
    plan : with a trajectory.
    survival : the density of its rows, in the coordinates ``coords``.
    rows : of which the first rows of ``survival`` are.

    Attributes
    ----------
    size : elements of q.
    """

    def __init__(self, plan: ModelPlan, survival: Density, rows: TrajectoryRows) -> None:
        course = plan.course
        assert course is not None
        assert isinstance(course.block.effect, Trajectory)
        self.survival, self.rows, self.effect = survival, rows, course.block.effect
        self.held: Patterns = patterns_of(course.measured)
        self.stretches, self.patients = self.held.passed.shape[1], self.held.of.size
        self.described = self.stretches + 5
        self.latents = survival.latents
        self.size = survival.size + self.described + 2 * self.patients
        self.place_of_ratio(survival.coords)
        self.place_rows(course.center)
        self.place_measurements()
        self.gradient = np.empty(self.size)
        self.steps = 1j * STEP * np.eye(self.described)
        s, effect = self.stretches, self.effect
        self.scales = ((1 + s, effect.sd_level), (2 + s, effect.sd_change), (4 + s, effect.error))

    def place_of_ratio(self, coords: Coordinates) -> None:
        """Find the log hazard ratio per doubling among the latents."""
        name = variable(f"b_{self.effect.name}")
        self.ratio = next(p for p in coords.parameters if p.name == name)

    def place_rows(self, center: float) -> None:
        """Take what of the rows does not change."""
        rows = self.rows
        self.count = rows.months.size
        self.base = self.survival.base[: self.count].copy()
        self.center, self.half = center, 0.5 * rows.months
        self.still = rows.middle.sum(axis=1)
        self.is_moving = rows.moving.sum(axis=1)
        ended = np.flatnonzero(rows.event > 0.0)
        self.ended, self.ended_weight = rows.patient[ended], rows.weight[ended]
        self.ended_passed, self.ended_at = rows.end[ended], rows.end[ended].sum(axis=1)

    def place_measurements(self) -> None:
        """Take sums over the patients of each pattern, of which the density of the measurements is made."""
        held = self.held
        patterns = len(held.seen)
        inside = np.eye(patterns)[held.of]
        self.inside = np.ascontiguousarray(inside.T)
        self.number = inside.sum(axis=0)
        self.seen = held.seen.sum(axis=1)
        first, second = held.sums
        self.summed = inside.T @ held.sums.T
        self.products = inside.T @ np.stack([first * first, first * second, second * second], axis=1)
        self.totals = inside.T @ held.values
        self.squares = inside.T @ (held.values**2).sum(axis=1)

    def law(self, described: FloatArray) -> Law:
        """Return the law of trajectories, with a complex step along each of its coordinates (described,) in turn."""
        s, scaled = self.stretches, []
        steps = described + self.steps
        for place, prior in self.scales:
            quantile, slope = half_normal(float(described[place]))
            scaled.append(prior.sd * (quantile + slope * self.steps[:, place]))
        return Law(
            level=steps[:, 0],
            change=steps[:, 1 : 1 + s],
            sd_level=scaled[0],
            sd_change=scaled[1],
            fisher_z=steps[:, 3 + s],
            error=scaled[2],
        )

    def __call__(self, q: FloatArray) -> tuple[float, FloatArray]:
        """Return log density and gradient at q (size,); the next call writes over the gradient."""
        own = self.survival.size
        y, described, z = q[:own], q[own : own + self.described], q[own + self.described :]
        z0, z1 = z[0::2], z[1::2]
        along, of = self.law(described), self.held.of
        leaning = spread_of(along, self.held.moments, np)
        law, spread = real_law(along), real_spread(leaning)
        mean = means(law, self.held.passed)
        q0, q1 = projections(self.held.sums, mean, self.held.seen, self.held.seen_month, of)
        u0, u1, _ = standard_means(spread, q0, q1, of)
        b0, b1 = deviations(spread, (u0, u1), (z0, z1), of, np)
        value, by_b0, by_b1 = self.hazards(y, law, b0, b1)
        by_z0, by_z1 = self.back_to_latents(spread, by_b0, by_b1)
        value -= 0.5 * float(z @ z) + 2.0 * self.patients * LOG_SQRT_2PI
        gradient = self.gradient
        gradient[own + self.described :: 2] = by_z0 - z0
        gradient[own + self.described + 1 :: 2] = by_z1 - z1
        sums = self.inside @ np.stack(
            [by_b0, by_b1, *(z[place::2] * by for place in (0, 1) for by in (by_b0, by_b1))], 1
        )
        crossed = self.inside @ np.stack([s * by for s in self.held.sums for by in (by_b0, by_b1)], 1)
        measured, moved = self.described_part(along, leaning, sums, crossed)
        gradient[own : own + self.described] += (measured + moved).imag / STEP
        return value + float(measured[0].real) + self.prior(described), gradient

    def hazards(self, y: FloatArray, law: Law, b0: FloatArray, b1: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return the log density of survival, and its slopes in level and slope of each patient.

        Writes the gradient of survival's own coordinates, and what level and changes of the mean do to hazards.
        """
        rows, survival, ratio = self.rows, self.survival, self.ratio
        line = survival.factor[ratio.start]
        psi = ratio.mean + ratio.sd * float(survival.centre[ratio.start] + line @ y[: survival.latents])
        whose = rows.patient
        apart = means(law, rows.middle) + b0[whose] + b1[whose] * self.still - self.center
        slope = (rows.moving @ law.change + b1[whose]) * self.is_moving
        x = psi * slope * self.half
        survival.base[: self.count] = self.base + psi * apart + log_sinhc(x, np)
        value, own = survival(y)
        spent = survival.cells[: self.count]
        bent = spent * slope_of_log_sinhc(x) * self.half
        at_end = means(law, self.ended_passed) + b0[self.ended] + b1[self.ended] * self.ended_at - self.center
        value += psi * float(self.ended_weight @ at_end)
        by_psi = float(self.ended_weight @ at_end) - float(spent @ apart) - float(bent @ slope)
        by_value, by_slope = -psi * spent, -psi * bent * self.is_moving
        gained = psi * self.ended_weight
        self.gradient[: survival.size] = own
        self.gradient[: survival.latents] += by_psi * ratio.sd * line
        start = survival.size
        self.gradient[start] = by_value.sum() + gained.sum()
        self.gradient[start + 1 : start + 1 + self.stretches] = (
            by_value @ rows.middle + by_slope @ rows.moving + gained @ self.ended_passed
        )
        self.gradient[start + 1 + self.stretches : start + self.described] = 0.0
        n = self.patients
        by_b0 = np.bincount(whose, by_value, n) + np.bincount(self.ended, gained, n)
        by_b1 = np.bincount(whose, by_value * self.still + by_slope, n)
        by_b1 += np.bincount(self.ended, gained * self.ended_at, n)
        return value, by_b0, by_b1

    def back_to_latents(self, spread: Spread, by_b0: FloatArray, by_b1: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the slopes in both standard numbers of each patient."""
        of = self.held.of
        by_v0, by_v1 = spread.l00 * by_b0 + spread.l10 * by_b1, spread.l11 * by_b1
        last = np.sqrt(spread.det / spread.a00)
        return (
            by_v0 / np.sqrt(spread.a00)[of],
            by_v1 / last[of] - by_v0 * (spread.a01 / (spread.a00 * last))[of],
        )

    def described_part(
        self, law: Law, spread: Spread, sums: FloatArray, crossed: FloatArray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what depends on the law of trajectories but for the mean in hazards, (t,) each, of a complex law (t,).

        The density of the measurements, and the deviations of patients times the slopes of the hazards in them.
        """
        mean = means(law, self.held.passed)
        g0, g1, z00, z01, z10, z11 = sums.T
        m0, m1 = mean @ self.held.seen.T, mean @ self.held.seen_month.T
        q00, q01, q10, q11 = (
            own - m * g for own, m, g in zip(crossed.T, (m0, m0, m1, m1), (g0, g1, g0, g1), strict=True)
        )
        l00, l10, l11, e2 = (part[:, None] for part in (spread.l00, spread.l10, spread.l11, spread.error2))
        by00, by10 = l00 * q00 + l10 * q01, l00 * q10 + l10 * q11
        by01, by11 = l11 * q01, l11 * q11
        w00, w10 = l00 * by00 + l10 * by10, l11 * by10
        w01, w11 = l00 * by01 + l10 * by11, l11 * by11
        last = np.sqrt(spread.det / spread.a00)
        found = (spread.a11 * w00 - spread.a01 * (w10 + w01) + spread.a00 * w11) / (spread.det * e2)
        found += (l00 * z00 + l10 * z01) / np.sqrt(spread.a00) + l11 * z11 / last
        found -= (l00 * z10 + l10 * z11) * spread.a01 / (spread.a00 * last)
        return self.density_of_all(law, mean, spread), np.asarray(found.sum(axis=1))

    def density_of_all(self, law: Law, mean: np.ndarray, spread: Spread) -> np.ndarray:
        """Return the log density of all measurements, real or complex, from sums over the patients of each pattern."""
        seen, number = self.held.seen, self.number
        m0, m1 = mean @ seen.T, mean @ self.held.seen_month.T
        (s0, s1), (p00, p01, p11) = self.summed.T, self.products.T
        q00 = p00 - 2.0 * m0 * s0 + number * m0 * m0
        q01 = p01 - m0 * s1 - m1 * s0 + number * m0 * m1
        q11 = p11 - 2.0 * m1 * s1 + number * m1 * m1
        l00, l10, l11, e2 = (part[..., None] for part in (spread.l00, spread.l10, spread.l11, spread.error2))
        w00 = l00 * l00 * q00 + 2.0 * l00 * l10 * q01 + l10 * l10 * q11
        w01, w11 = l11 * (l00 * q01 + l10 * q11), l11 * l11 * q11
        explained = (spread.a11 * w00 - 2.0 * spread.a01 * w01 + spread.a00 * w11) / (spread.det * e2 * e2)
        squares = self.squares - 2.0 * (mean @ self.totals.T) + number * ((mean * mean) @ seen.T)
        found = -0.5 * number * np.log(spread.det) - number * self.seen * (LOG_SQRT_2PI + np.log(law.error)[..., None])
        return np.asarray((found - 0.5 * (squares / e2 - explained)).sum(axis=-1))

    def prior(self, described: FloatArray) -> float:
        """Return the log prior of the law of trajectories in its coordinates; add its gradient."""
        effect, s, found = self.effect, self.stretches, 0.0
        gradient = self.gradient[self.survival.size : self.survival.size + self.described]
        normals = (
            (slice(0, 1), effect.level),
            (slice(1, 1 + s), effect.change),
            (slice(3 + s, 4 + s), effect.correlation),
        )
        for place, prior in normals:
            apart = (described[place] - prior.mean) / prior.sd
            found -= 0.5 * float(apart @ apart) + apart.size * (math.log(prior.sd) + LOG_SQRT_2PI)
            gradient[place] -= apart / prior.sd
        for place, _ in self.scales:
            u = float(described[place])
            found -= 0.5 * u * u + LOG_SQRT_2PI
            gradient[place] -= u
        return found

    def start(self) -> FloatArray:
        """Return coordinates (described,) near which trajectories as measured lie."""
        held, effect = self.held, self.effect
        months = np.diff(held.passed.sum(axis=1))
        middle = held.values.sum(axis=0) / held.seen[held.of].sum(axis=0)
        spread = float(np.std(held.values[:, 0]))
        guess = max(0.5 * spread, 1e-3)
        scales = (guess, guess / held.passed[-1].sum(), guess)
        level, change, error = (
            float(np.clip(ndtri(2.0 * ndtr(size / prior.sd) - 1.0), -FAR, FAR))
            for size, (_, prior) in zip(scales, self.scales, strict=True)
        )
        return np.array([middle[0], *(np.diff(middle) / months), level, change, effect.correlation.mean, error])

    def values(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the free parameters, (n, size) by name, from draws of q (n, size)."""
        own, s, name = self.survival.size, self.stretches, self.effect.name
        described = points[:, own : own + self.described]
        scales = np.stack([prior.sd * half_normal_score(described[:, k]) for k, prior in self.scales], axis=1)
        found = {
            f"level_{name}": described[:, :1],
            f"change_{name}": described[:, 1 : 1 + s],
            f"sd_level_{name}": scales[:, :1],
            f"sd_change_{name}": scales[:, 1:2],
            f"fisher_z_{name}": described[:, 3 + s : 4 + s],
            f"error_{name}": scales[:, 2:],
            f"z_{name}": points[:, own + self.described :],
        }
        return self.survival.values(points[:, :own]) | {variable(key): value for key, value in found.items()}
