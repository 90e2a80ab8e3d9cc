"""What a model's other analyses say in one sentence: which hazard ratio moves most, or that none does."""

from types import SimpleNamespace

import pytest

from escc_bayes.compare.other_analyses import WITH, WITHOUT, Analysis, sentences_of


def analysis(name, **ratios):
    """Return an analysis of posterior hazard ratios by term."""
    return Analysis(
        name,
        tuple(
            SimpleNamespace(
                estimand="hazard_ratio",
                interval_kind="credible",
                term=term,
                contrast="b vs a",
                contrast_in="b vs a",
                value=value,
            )
            for term, value in ratios.items()
        ),
    )


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ({"arm": 0.834, "stage": 1.5}, "No hazard ratio differs in its second decimal: with other sources or without."),
        (
            {"arm": 0.7, "stage": 1.5},
            "Of all hazard ratios the one that differs most is HR arm b vs a: with other sources 0.83, without 0.70.",
        ),
    ],
    ids=["alike", "apart"],
)
def test_the_ratio_that_moves_most_is_named_where_it_can_be_seen(without, said):
    assert sentences_of((analysis(WITH, arm=0.83, stage=1.5), analysis(WITHOUT, **without))) == (said,)
