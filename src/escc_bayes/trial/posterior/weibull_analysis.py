"""Analysis by a Weibull hazard in proportional-hazards form, its shape integrated out on nodes of each trial.

H(t) = lambda t0 (t / t0)^k in the baseline, lambda ~ Gamma(a, b) per month, log k ~ N(m, s). Given k a trial is one
piece with exposures t0 sum (t / t0)^k; the rest of the likelihood is D log k + (k - 1) sum over events of log(t / t0).
Adaptive Gauss-Hermite nodes about the mode of log k. ``docs/methods/exact_posterior.md``.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.looks.risk_sets import RiskSets
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.marginal_posterior import WeightedData

SHAPE_NODES = 15
NEWTON_STEPS = 25
LONGEST_STEP = 0.5
CLOSE = 1e-6
# Follow-up of a patient not yet in; its logarithm must be finite, and its share of any sum nothing.
EARLIEST = 1e-12
# The farthest nodes of a trial without events would overflow; they weigh nothing.
LARGEST = 600.0


@dataclass(frozen=True, slots=True)
class WeibullShape:
    """``log_shape`` is believed normal; ``reference`` (months) is the t0 up to which lambda is the mean hazard."""

    log_shape: Normal
    reference: float


@dataclass(frozen=True, slots=True, eq=False)
class LogTimes:
    """Of one stratum: log(t / t0) (n, m) and weights (n, m) that choose control and treated patients who are in."""

    log_time: FloatArray
    control: FloatArray
    treated: FloatArray
    control_events: FloatArray
    treated_events: FloatArray
    log_events: FloatArray

    def exposure(self, shape: FloatArray) -> tuple[FloatArray, ...]:
        """Return sums over controls and treated of (t / t0)^k for ``shape`` k (n,), and their first two moments.

        Moments are derivatives by k: six arrays (n,).
        """
        power = np.exp(shape[:, None] * self.log_time)
        found = []
        for _ in range(3):
            found += [(power * self.control).sum(axis=1), (power * self.treated).sum(axis=1)]
            power *= self.log_time
        return tuple(found)


def log_times(patients: RiskSets, reference: float) -> LogTimes:
    """Return what the Weibull likelihood needs of one stratum."""
    log_time = np.log(np.maximum(patients.time, EARLIEST) / reference)
    inside = patients.time > 0.0
    treated = patients.treated & inside
    return LogTimes(
        log_time,
        (inside & ~treated).astype(np.float64),
        treated.astype(np.float64),
        np.count_nonzero(patients.event & ~patients.treated, axis=1).astype(np.float64),
        np.count_nonzero(patients.event & patients.treated, axis=1).astype(np.float64),
        np.where(patients.event, log_time, 0.0).sum(axis=1),
    )


def weibull_data(strata: tuple[RiskSets, ...], believed: WeibullShape, *, nodes: int = SHAPE_NODES) -> WeightedData:
    """Return each trial at its nodes of the shape; every stratum is a piece with its own lambda."""
    parts = [log_times(patients, believed.reference) for patients in strata]
    log_shape, log_weight = shape_nodes(strata, believed, nodes=nodes)
    shape = np.exp(log_shape)
    log_weight = log_weight - 0.5 * ((log_shape - believed.log_shape.mean) / believed.log_shape.sd) ** 2
    months: list[list[FloatArray]] = [[], []]
    for part in parts:
        events = (part.control_events + part.treated_events)[:, None]
        log_weight = log_weight + events * log_shape + (shape - 1.0) * part.log_events[:, None]
        sums = [exposure_at(part, shape[:, k]) for k in range(nodes)]
        for arm in (0, 1):
            months[arm].append(believed.reference * np.stack([of[arm] for of in sums], axis=1).reshape(-1))

    def repeated(values: list[FloatArray]) -> FloatArray:
        return np.repeat(np.stack(values, axis=1), nodes, axis=0)

    data = ArmData(
        repeated([part.control_events for part in parts]),
        repeated([part.treated_events for part in parts]),
        np.stack(months[0], axis=1),
        np.stack(months[1], axis=1),
    )
    return WeightedData(data, log_weight)


def shape_nodes(
    strata: tuple[RiskSets, ...], believed: WeibullShape, *, nodes: int = SHAPE_NODES
) -> tuple[FloatArray, FloatArray]:
    """Return log shapes (n, G) about the mode of every trial, and the logarithms of their widths."""
    centre, sd = shape_mode([log_times(patients, believed.reference) for patients in strata], believed.log_shape)
    unit, weight = np.polynomial.hermite.hermgauss(nodes)
    log_shape = centre[:, None] + np.sqrt(2.0) * sd[:, None] * unit
    return log_shape, np.log(weight) + unit**2 + np.log(sd)[:, None]


def exposure_at(part: LogTimes, shape: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return sums over controls and treated of (t / t0)^k, each (n,)."""
    power = np.exp(np.minimum(shape[:, None] * part.log_time, LARGEST))
    return np.einsum("nm,nm->n", power, part.control), np.einsum("nm,nm->n", power, part.treated)


def shape_mode(parts: list[LogTimes], believed: Normal) -> tuple[FloatArray, FloatArray]:
    """Return the mode of log k (n,) and its standard deviation, every arm and stratum with a hazard of its own.

    Newton's method on the profile D log k + k sum log t - sum_a d_a log S_a(k) and the prior. It only centres the
    nodes: where the profile is not concave, the prior's precision takes the place of its curvature.
    """
    log_shape = np.full(parts[0].log_events.shape, min(max(believed.mean, -1.0), 1.0))
    for _ in range(NEWTON_STEPS):
        gradient, curvature = shape_derivatives(parts, log_shape, believed)
        step = np.clip(-gradient / curvature, -LONGEST_STEP, LONGEST_STEP)
        log_shape = log_shape + step
        if np.all(np.abs(step) < CLOSE):
            break
    return log_shape, 1.0 / np.sqrt(-shape_derivatives(parts, log_shape, believed)[1])


def shape_derivatives(parts: list[LogTimes], log_shape: FloatArray, believed: Normal) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivative by log k of the log profile posterior, (n,)."""
    shape = np.exp(log_shape)
    gradient = -(log_shape - believed.mean) / believed.sd**2
    curvature = np.full(shape.shape, -1.0 / believed.sd**2)
    for part in parts:
        s0, s1, t0, t1, u0, u1 = part.exposure(shape)
        slope, bend = part.log_events.copy(), np.zeros(shape.shape)
        for events, s, t, u in ((part.control_events, s0, t0, u0), (part.treated_events, s1, t1, u1)):
            ratio = t / np.maximum(s, 1e-300)
            slope -= events * ratio
            bend -= events * (u / np.maximum(s, 1e-300) - ratio**2)
        gradient += part.control_events + part.treated_events + shape * slope
        curvature += shape * slope + shape**2 * bend
    return gradient, np.minimum(curvature, -1.0 / believed.sd**2)
