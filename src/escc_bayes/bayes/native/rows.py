"""The likelihood as rows: what the data and gamma priors add to the log density that backend ``native`` samples.

    log L = gain'w - sum_m sign_m exp(A_m w + base_m),      w = psi = (beta, log rates)

A piecewise row is a cell of the likelihood, base = log person-months. A Weibull row is a stop (sign +) or a start
(sign -) of a pattern, base = log weight; its w is (psi, k), k the shapes themselves, one for each stratum, whose
columns in A are log(t / t0).
A gamma prior on rates is ``shape`` events in ``rate`` person-months at beta = 0.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.bayes.model.likelihood.with_terms import WithTerms
from escc_bayes.bayes.modes.coordinates import Coordinates
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class LikelihoodRows:
    """The terms of ``gain'w - sum sign exp(A w + base) + shape_events'log k + constant``.

    Attributes
    ----------
    columns : (m, e) A.
    base, sign : (m,), and 1 or -1 (m,).
    gain : (e,).
    shape_events : weighted events of each shape; none for a piecewise baseline.
    constant : free of parameters.
    terms : that know hazards over spans of time.
    """

    columns: FloatArray
    base: FloatArray
    sign: FloatArray
    gain: FloatArray
    shape_events: tuple[float, ...]
    constant: float
    terms: tuple[Spans, ...] = ()


def likelihood_rows(data: Cells, coords: Coordinates) -> LikelihoodRows:
    """Return the rows of a plan's cells."""
    held = data.counted()
    columns, months, gain, constant = held.design, held.months, held.gain, held.constant
    if coords.gamma is not None:
        shape, rate, pieces = coords.gamma.shape, coords.gamma.rate, coords.pieces
        columns = np.concatenate([columns, np.eye(pieces, columns.shape[1], columns.shape[1] - pieces)])
        months = np.concatenate([months, np.full(pieces, rate)])
        gain = np.concatenate([gain[:-pieces], gain[-pieces:] + shape])
        constant = float(pieces * (shape * np.log(rate) - gammaln(shape)))
    if isinstance(data, WithTerms) and data.besides:
        # What the terms alone know stands before the shapes of a Weibull baseline.
        place = np.full(data.besides, columns.shape[1] - coords.shapes)
        columns, gain = np.insert(columns, place, 0.0, axis=1), np.insert(gain, place, 0.0)
    return LikelihoodRows(
        columns=columns,
        base=np.log(np.abs(months)),
        sign=np.sign(months),
        gain=gain,
        shape_events=held.shape_events,
        constant=constant,
        terms=data.terms if isinstance(data, WithTerms) else (),
    )
