"""What borrowed controls are worth before the trial has data: events in each piece of the control's hazard.

The prior on log lambda_j is a mixture of log-gammas over the nodes of the borrowing model. An event carries information
1 on a log hazard, so the expected local information ratio is E[(d/dtheta log p(theta))^2] (Neuenschwander et al. 2020,
Biometrics 76:578, by parts), and by moments it is 1 / Var(theta): lower, since far tails count for much.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray, piece_of
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.borrowing import Borrowing
from escc_bayes.trial.posterior.historical import nobody
from escc_bayes.trial.posterior.marginal_posterior import WeightedData, certain, posterior
from escc_bayes.trial.significance.direct_power import at_risk, grid
from escc_bayes.trial.truth.data_generating import Exponential
from escc_bayes.trial.truth.stratum import apportioned

COLUMNS = ("part", "start", "stop", "historical_events", "effective_events", "by_moments")
POINTS = 20_001
REACH = 16.0
JOINT = "all pieces, for the hazard ratio"
MOST_LOG_FACTOR = 12.0
# Between fewer nodes of a drift the density would be a row of humps, whose slopes count as information.
NODES = {1: 120, 2: 40, 3: 14}


@dataclass(frozen=True, slots=True)
class PieceWorth:
    """One piece, from month ``start`` to ``stop`` (infinite: open).

    Attributes
    ----------
    historical : events of all historical controls in it.
    effective : events that the prior is worth, by local information.
    by_moments : the same by the variance of the log hazard.
    """

    start: float
    stop: float
    historical: float
    effective: float
    by_moments: float


@dataclass(frozen=True, slots=True)
class JointWorth:
    """What borrowing is worth for the hazard ratio at the final look: ``controls`` more, beside the trial's ``events``.

    ``own``: events of its own controls among them.
    """

    controls: float
    own: float
    events: float


@dataclass(frozen=True, slots=True)
class PriorWorth:
    """What is borrowed is worth, by ``pieces`` and for the hazard ratio; ``joint`` None: the final look never comes."""

    pieces: tuple[PieceWorth, ...]
    joint: JointWorth | None

    @property
    def historical(self) -> float:
        """Events of all historical controls."""
        return sum(piece.historical for piece in self.pieces)


def prior_worth(design: TrialDesign, month: float) -> PriorWorth | None:
    """Return what is borrowed is worth; None without borrowing.

    Parameters
    ----------
    month : calendar month of the final look under the planned effect; infinite where it never comes.
    """
    if design.borrowing is None:
        return None
    return PriorWorth(piece_worths(design, design.borrowing), joint_worth(design, design.borrowing, month))


def piece_worths(design: TrialDesign, borrowing: Borrowing) -> tuple[PieceWorth, ...]:
    """Return what the prior on the control's hazards is worth by piece."""
    prior = design.analysis_prior
    nodes = NODES[len(borrowing.sources)]
    empty = borrowing.borrowed(nobody(prior.pieces), prior.baseline, prior.mixture, nodes=nodes)
    weight = posterior(empty, prior.mixture, prior.baseline, np.zeros(1)).node_weight[0]
    edges = [0.0, *(prior.cuts or ()), float("inf")]
    old = np.sum([source.historical.events for source in borrowing.sources], axis=0)
    found = []
    for piece in range(prior.pieces):
        shape = prior.baseline.shape + empty.data.control_events[:, piece]
        rate = prior.baseline.rate + empty.data.control_months[:, piece]
        worth = worth_of(weight, shape, rate)
        found.append(PieceWorth(edges[piece], edges[piece + 1], float(old[piece]), *worth))
    return tuple(found)


def joint_worth(design: TrialDesign, borrowing: Borrowing, month: float) -> JointWorth | None:
    """Return the control events that would do as much for the hazard ratio as what is borrowed, all pieces together.

    Data are those expected at the final look under the planned effect: the SD of the log hazard ratio with borrowing is
    that of the trial alone with its control data times f, so that (f - 1) d0 control events are the worth. None for a
    look that never comes.
    """
    prior = design.analysis_prior
    if not math.isfinite(month):
        return None
    data = expected_data(design, month)

    def sd_of(weighted: WeightedData) -> float:
        return float(posterior(weighted, prior.mixture, prior.baseline, np.zeros(1)).sd[0])

    wanted = sd_of(borrowing.borrowed(data, prior.baseline, prior.mixture))

    def missing(log_factor: float) -> float:
        factor = math.exp(log_factor)
        more = replace(data, control_events=factor * data.control_events, control_months=factor * data.control_months)
        return sd_of(certain(more)) - wanted

    own = float(data.control_events.sum())
    if not missing(0.0) > 0.0:
        return JointWorth(0.0, own, float(data.events[0]))
    factor = math.exp(root(missing, 0.0, MOST_LOG_FACTOR)) if missing(MOST_LOG_FACTOR) < 0.0 else math.inf
    return JointWorth((factor - 1.0) * own, own, float(data.events[0]))


def expected_data(design: TrialDesign, month: float) -> ArmData:
    """Return the events and person-months expected at calendar ``month``, by arm and piece."""
    cuts, found = design.analysis_prior.cuts or (), []
    edges = np.array(cuts, dtype=np.float64)
    arms = design.arms_under(design.effect)
    controls = sum(part > 0 for part in apportioned(design.patients[0], design.strata)) if design.strata else 1
    for mine in (arms[:controls], arms[controls:]):
        events, months = np.zeros(edges.size + 1), np.zeros(edges.size + 1)
        for arm in mine:
            times, width = grid(month, arm, (arm[0], Exponential(1.0, cuts), 0.0))
            exposed, hazard = at_risk(month, times, arm)
            piece = piece_of(times, edges)
            events += np.bincount(piece, exposed * hazard * width, minlength=edges.size + 1)
            months += np.bincount(piece, exposed * width, minlength=edges.size + 1)
        found.append((events[None, :], months[None, :]))
    (d0, y0), (d1, y1) = found
    return ArmData(d0, d1, y0, y1)


def worth_of(weight: FloatArray, shape: FloatArray, rate: FloatArray) -> tuple[float, float]:
    """Return the events that a mixture of gammas (G,) on a hazard is worth: by local information, by moments.

    Examples
    --------
    >>> worth = worth_of(np.ones(1), np.array([40.0]), np.array([500.0]))
    >>> round(worth[0], 6)  # one gamma is worth its shape
    40.0
    """
    kept = weight > 1e-12 * weight.max()
    weight, shape, rate = weight[kept] / weight[kept].sum(), shape[kept], rate[kept]
    centre, spread = np.log(shape / rate), 1.0 / np.sqrt(np.minimum(shape, 1.0) * shape)
    theta = np.linspace(float((centre - REACH * spread).min()), float((centre + REACH * spread).max()), POINTS)
    density, slope = np.zeros(POINTS), np.zeros(POINTS)
    for share, a, b in zip(weight.tolist(), shape.tolist(), rate.tolist(), strict=True):
        part = share * np.exp(a * np.log(b) - gammaln(a) + a * theta - b * np.exp(np.minimum(theta, 700.0)))
        density += part
        slope += part * (a - b * np.exp(np.minimum(theta, 700.0)))
    mass = density / density.sum()
    mean = float(mass @ theta)
    local = np.where(density > 0.0, slope / np.maximum(density, 1e-300), 0.0)
    return float(mass @ local**2), 1.0 / float(mass @ (theta - mean) ** 2)


def prior_event_rows(worth: PriorWorth | None) -> list[dict[str, object]]:
    """Return the rows of ``prior_events.csv``: the pieces, then what all are worth together for the hazard ratio."""
    if worth is None:
        return []
    rows: list[dict[str, object]] = [
        {
            "part": "piece",
            "start": one.start,
            "stop": "" if one.stop == float("inf") else one.stop,
            "historical_events": one.historical,
            "effective_events": one.effective,
            "by_moments": one.by_moments,
        }
        for one in worth.pieces
    ]
    if worth.joint is not None:
        row = {"part": JOINT, "start": 0.0, "stop": "", "historical_events": worth.historical}
        rows.append(row | {"effective_events": worth.joint.controls, "by_moments": ""})
    return rows
