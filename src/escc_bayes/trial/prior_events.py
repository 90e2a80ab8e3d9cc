"""What borrowed controls are worth before the trial has data: events in each piece of the control's hazard.

The prior on log lambda_j is a mixture of log-gammas over the nodes of the borrowing model. An event carries information
1 on a log hazard, so the expected local information ratio is E[(d/dtheta log p(theta))^2] (Neuenschwander et al. 2020,
Biometrics 76:578, by parts), and by moments it is 1 / Var(theta): lower, since far tails count for much.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.historical import nobody
from escc_bayes.trial.weighted_posterior import posterior

COLUMNS = ("start", "stop", "historical_events", "effective_events", "by_moments")
POINTS = 20_001
REACH = 16.0
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


def prior_events(design: TrialDesign) -> tuple[PieceWorth, ...]:
    """Return what the prior on the control's hazards is worth by piece; none without borrowing."""
    borrowing, prior = design.borrowing, design.analysis_prior
    if borrowing is None:
        return ()
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


def prior_event_rows(found: tuple[PieceWorth, ...]) -> list[dict[str, object]]:
    """Return the rows of ``prior_events.csv``."""
    return [
        {
            "start": one.start,
            "stop": "" if one.stop == float("inf") else one.stop,
            "historical_events": one.historical,
            "effective_events": one.effective,
            "by_moments": one.by_moments,
        }
        for one in found
    ]


def prior_event_sentences(found: tuple[PieceWorth, ...]) -> tuple[str, ...]:
    """Say what the prior is worth."""
    if not found:
        return ()
    parts = "; ".join(
        f"{one.start:g} months on: {one.effective:.1f}"
        if one.stop == float("inf")
        else f"{one.start:g} to {one.stop:g}: {one.effective:.1f}"
        for one in found
    )
    return (
        f"Before the trial has data its prior on the control hazard is worth, in events by piece (local information): "
        f"{parts}; historical controls had {sum(one.historical for one in found):g} in all.",
    )
