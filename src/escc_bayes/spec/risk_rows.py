"""The rows at risk of a plan, cut where coefficients change, with the columns that each coefficient multiplies."""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.hazard.at_risk import AtRisk, split_at, taken
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
    if not design.segment_ends.size:
        return RiskRows(rows.at_risk, np.arange(rows.time.size), design.centred)
    return cut(rows.at_risk, np.arange(rows.time.size), design)


def seen_rows(rows: AnalysisRows, design: Design) -> RiskRows:
    """Return the rows at risk up to the last month known without the event, where events lie between two months."""
    if rows.left is None:
        return risk_rows(rows, design)
    until = replace(rows.at_risk, stop=rows.last_free, event=np.where(rows.apart, 0.0, rows.event))
    kept = np.flatnonzero(until.stop > until.start)
    if not kept.size:
        # Nobody was seen before an interval: one row of weight 0, which leaves no trace.
        kept, until = np.zeros(1, dtype=np.int64), replace(rows.at_risk, weight=np.zeros(rows.time.size))
    return cut(taken(until, kept), kept, design)


def rows_between(rows: AnalysisRows, design: Design) -> RiskRows:
    """Return a row for each event between two months, from the one to the other."""
    inside = np.flatnonzero(rows.apart)
    between = replace(rows.at_risk, start=rows.last_free)
    return cut(taken(between, inside), inside, design)


def cut(at_risk: AtRisk, of: IntArray, design: Design) -> RiskRows:
    """Return rows of the analysis, those at the places ``of``, cut at the ends of segments."""
    parts, part_of = split_at(at_risk, design.segment_ends)
    own = of[part_of]
    return RiskRows(parts, own, segment_columns(design, design.centred[own], parts.stop))


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
