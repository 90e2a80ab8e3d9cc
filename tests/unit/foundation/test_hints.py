"""Values against annotations: a list is checked item by item, or type by type where a type says all."""

from collections.abc import Sequence
from typing import Literal

import pytest

from escc_bayes.foundation.hints import fits


@pytest.mark.parametrize(
    ("value", "hint", "right"),
    [
        (["a"] * 3, Sequence[str], True),
        (["a", "b", 3], Sequence[str], False),
        ([1.0, 2.0, None], Sequence[float | None], True),
        ([1.0, True], Sequence[float], False),
        ([1, 10**400], Sequence[int], False),
        (["up", "down", "side"], Sequence[Literal["up", "down"]], False),
        ([["a"], [1]], Sequence[Sequence[str]], False),
    ],
)
def test_every_item_of_a_list_is_of_the_kind(value, hint, right):
    assert fits(value, hint) is right
