"""Figures in labels: a number on an axis, or under it, is never read as a level."""

import matplotlib.pyplot as plt
import pytest

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.level_labels import LevelLabels
from escc_bayes.report.document.labelled_figures import is_number, label_figure

SEX = CovariateSchema("sex", "sex", "binary", ("0", "1"), labels={"0": "female", "1": "male"})


@pytest.mark.parametrize("words", ["0", "1", "-1", "0.5", "75", "95 %", "1.", "\N{MINUS SIGN}1"])
def test_a_number_alone_is_a_number(words):
    assert is_number(words)


@pytest.mark.parametrize("words", ["", "low", "1 vs 0", "0-1", "<1"])
def test_other_texts_are_none(words):
    assert not is_number(words)


def test_only_the_legend_of_curves_names_levels_by_numbers():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [1, 0], label="0")
    ax.plot([0, 1], [1, 1], label="1")
    ax.set_xticks([0, 1, 12], labels=["0", "1", "12"])
    at_risk = ax.text(0, 0, "1")
    contrast = ax.text(0, 0, "1 vs 0")
    ax.legend()
    ax.set_title("sex")
    label_figure(figure, LevelLabels((SEX,)))
    figure.canvas.draw()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["female", "male"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "1", "12"]
    assert (at_risk.get_text(), contrast.get_text()) == ("1", "male vs female")
    plt.close(figure)
