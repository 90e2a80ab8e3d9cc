"""The forest of a pool: values are read back from the artists, and cut intervals end in an arrow."""

import math

import pytest
from matplotlib.patches import Polygon

from escc_bayes.plots.evidence_forest import evidence_forest

NAN = math.nan


def row(what, method, value, lower, upper):
    return {"what": what, "method": method, "value": value, "lower": lower, "upper": upper}


def study(name, entered, shrunken):
    return [row(name, "printed", *entered), row(name, "adjusted", *entered), row(name, "shrunken", *shrunken)]


POOL = [
    row("pooled", "exact", 0.62, 0.39, 1.02),
    row("pooled", "reml_wald", 0.63, 0.45, 0.85),
    row("pooled", "reml_hartung_knapp", 0.63, 0.33, 1.16),
    row("new study", "exact", 0.62, 0.25, 1.56),
]
ROWS = [*study("a", (0.8, 0.55, 1.15), (0.72, 0.5, 1.0)), *study("b", (0.5, 0.37, 0.7), (0.55, 0.4, 0.75)), *POOL]


def intervals(ax):
    found = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"]
    return [tuple(line.get_xdata()) for line in found if line.get_ydata()[0] == line.get_ydata()[1]]


def test_every_interval_and_diamond_stands_where_its_numbers_are(ax):
    evidence_forest(ROWS, direction="x over y", ax=ax)
    drawn = intervals(ax)
    for expected in ((0.55, 1.15), (0.5, 1.0), (0.37, 0.7), (0.4, 0.75), (0.25, 1.56)):
        assert any(found == pytest.approx(expected) for found in drawn)
    diamonds = [p.get_xy()[:, 0] for p in ax.patches if isinstance(p, Polygon)]
    assert [(d.min(), d.max()) for d in diamonds] == [(0.39, 1.02), (0.45, 0.85), (0.33, 1.16)]


def test_names_numbers_and_direction_are_written(ax):
    evidence_forest(ROWS, direction="x over y", ax=ax)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:2] == ["a", "b"]
    assert "Mean effect, REML (Hartung-Knapp)" in labels
    assert "0.80 (0.55 to 1.15)" in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel().endswith("x over y")


def test_an_interval_beyond_the_axis_ends_in_an_arrow(ax):
    evidence_forest([*study("wide", (1.0, 0.001, 900.0), (1.0, 0.5, 2.0)), *POOL], direction="", ax=ax)
    assert {line.get_marker() for line in ax.lines} >= {"<", ">"}
    assert any(found == pytest.approx((0.05, 20.0)) for found in intervals(ax))


def test_a_single_study_has_no_hartung_knapp_diamond_and_says_so(ax):
    one = [*POOL[:2], row("pooled", "reml_hartung_knapp", 0.63, NAN, NAN), POOL[3]]
    evidence_forest([*study("a", (0.8, 0.55, 1.15), (0.72, 0.5, 1.0)), *one], direction="", ax=ax)
    assert sum(isinstance(p, Polygon) for p in ax.patches) == 2
    assert "0.63 (no interval from one study)" in [text.get_text() for text in ax.texts]
