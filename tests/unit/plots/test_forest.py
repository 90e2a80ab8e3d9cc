"""The forest draws the estimates it is given: values are read back from the artists."""

import math

import pytest

from escc_bayes.plots.forest import forest, layout


def markers(ax):
    """Return (x, filled) of every value drawn, from top to bottom."""
    drawn = [line for line in ax.lines if line.get_label() == "_value"]
    drawn.sort(key=lambda line: line.get_ydata()[0])
    return [(line.get_xdata()[0], line.get_markerfacecolor() == line.get_color()) for line in drawn]


def intervals(ax):
    """Return the (left, right) of every interval drawn."""
    found = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"]
    return [tuple(line.get_xdata()) for line in found if line.get_ydata()[0] == line.get_ydata()[1]]


def arrows(ax):
    return [(line.get_marker(), line.get_xdata()[0]) for line in ax.lines if line.get_marker() in ("<", ">")]


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.fixture
def three(hazard_ratio):
    return [
        hazard_ratio(1.9, 0.7, 5.5, method="bayes_nuts", model="os_piecewise"),
        hazard_ratio(2.5, 0.3, 18.8),
        hazard_ratio(2.6, 0.4, 17.1, method="cox_firth"),
    ]


def test_markers_and_intervals_are_the_estimates(ax, three):
    forest(three, headings={}, limits=(0.1, 20.0), ax=ax)
    assert [x for x, _ in markers(ax)] == [1.9, 2.5, 2.6]
    assert [i for i in intervals(ax) if i != (0.0, 1.0)] == [(0.7, 5.5), (0.3, 18.8), (0.4, 17.1)]
    assert {"1.90 (0.70 to 5.50)", "2.50 (0.30 to 18.8)", "2.60 (0.40 to 17.1)"} <= set(texts(ax))


def test_credible_intervals_are_filled_and_named_confidence_intervals_hollow(ax, three):
    forest(three, headings={}, ax=ax)
    assert [filled for _, filled in markers(ax)] == [True, False, False]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [
        "Bayes, os_piecewise: 95 % credible interval",
        "Cox: 95 % confidence interval",
        "Cox, Firth: 95 % confidence interval",
    ]


def test_interval_beyond_the_axis_ends_in_an_arrow(ax, hazard_ratio):
    forest([hazard_ratio(2.0, 0.01, 90.0)], headings={}, limits=(0.1, 10.0), ax=ax)
    assert arrows(ax) == [("<", 0.1), (">", 10.0)]
    assert "2.00 (0.01 to 90.0)" in texts(ax)


def test_infinite_estimate_is_an_arrow_with_words(ax, hazard_ratio):
    endless = hazard_ratio(math.inf, math.nan, math.nan, note="no finite estimate: a group without events")
    forest([endless], headings={}, limits=(0.1, 10.0), ax=ax)
    assert arrows(ax) == [(">", 10.0)]
    assert markers(ax) == []
    assert "no finite estimate" in texts(ax)


def test_zero_estimate_is_an_arrow_to_the_left(ax, hazard_ratio):
    none = hazard_ratio(0.0, math.nan, math.nan, note="no finite estimate: a group without events")
    forest([none], headings={}, limits=(0.1, 10.0), ax=ax)
    assert arrows(ax) == [("<", 0.1)]


def test_headings_are_the_words_of_the_terms(ax, three, hazard_ratio):
    other = hazard_ratio(1.1, 0.9, 1.4, term="age", contrast="per 10")
    forest([*three, other], headings={"stage": "Stage", "age": "Age (years)"}, ax=ax)
    assert {"Stage", "Age (years)", "IV vs II", "per 10"} <= set(texts(ax))


def test_lines_do_not_share_a_height(three, hazard_ratio):
    placed = layout([*three, hazard_ratio(1.1, 0.9, 1.4, contrast="III vs II")])
    heights = [line.y for line in placed.lines] + [y for _, _, y in placed.headings]
    assert min(abs(a - b) for i, a in enumerate(heights) for b in heights[:i]) >= 1.0
    assert placed.bottom > max(heights)
