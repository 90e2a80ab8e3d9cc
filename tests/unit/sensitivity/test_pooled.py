"""Tables of several reconstructions become one."""

import math

from escc_bayes.sensitivity.part import Part
from escc_bayes.sensitivity.pooled import DIFFER, pooled_rows

PART = Part("p", "p", ("term", "hr", "word", "note"), ("term",), lambda *_: [], lambda _: ())


def test_numbers_are_averaged_where_they_exist_and_words_kept_where_all_agree():
    one = [{"term": "a", "hr": 1.0, "word": "x", "note": "n"}, {"term": "b", "hr": math.nan, "word": "", "note": ""}]
    two = [{"term": "a", "hr": 3.0, "word": "y", "note": "n"}, {"term": "b", "hr": 5.0, "word": "", "note": ""}]
    three = [{"term": "a", "hr": 8, "word": "y", "note": "n"}]
    assert pooled_rows(PART, [one, two, three]) == [
        {"term": "a", "hr": 4.0, "word": DIFFER, "note": "n", "members": 3},
        {"term": "b", "hr": 5.0, "word": "", "note": "", "members": 2},
    ]
