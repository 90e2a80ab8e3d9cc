"""The rows at risk of a plan, cut where coefficients change, with the columns that each coefficient multiplies."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.at_risk import AtRisk, split_at
from escc_bayes.hazard.piecewise import FloatArray, IntArray, piece_of
from escc_bayes.spec.design import Design
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class RiskRows:
    """Rows at risk (m,) in each of which every coefficient is one number.

    Attributes
    ----------
    at_risk : the rows.
    of : (m,) the row of the analysis that each is a part of.
    columns : (m, coefficients) centred columns, 0 in coefficients of other segments; eta = columns @ beta.
    """

    at_risk: AtRisk
    of: IntArray
    columns: FloatArray


def risk_rows(rows: AnalysisRows, design: Design) -> RiskRows:
    """Return the rows at risk, cut at the ends of the segments of effects that change over time."""
    ends = design.segment_ends
    if not ends.size:
        return RiskRows(rows.at_risk, np.arange(rows.time.size), design.centred)
    parts, of = split_at(rows.at_risk, ends)
    return RiskRows(parts, of, segment_columns(design, design.centred[of], parts.stop))


def segment_columns(design: Design, columns: FloatArray, months: FloatArray) -> FloatArray:
    """Return what each coefficient multiplies, (g, coefficients), for centred columns (g, p) at months (g,).

    A month at which a segment ends belongs to that segment.
    """
    if not design.segment_ends.size:
        return columns
    found = np.zeros((len(columns), design.size))
    acting = design.acting[piece_of(months, design.segment_ends)]
    np.put_along_axis(found, acting, columns, axis=1)
    return found
