"""Restricted mean survival time is an area under a curve of height at most 1: it cannot exceed its horizon.

Royston & Parmar 2013, BMC Med Res Methodol 13:152.
"""

import re
from collections.abc import Iterator

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import Study
from escc_bayes.evidence.finding import Finding


def rmst_within_horizon(study: Study) -> Iterator[Finding]:
    """Compare every number called ``rmst..`` with ``rmst_horizon`` or the ``_at_36`` of its own name."""
    horizons = [number for number in study.numbers if number.name.startswith("rmst_horizon")]
    for number in study.numbers:
        if "rmst" not in number.name or number in horizons:
            continue
        own = re.search(r"_at_(\d+)", number.name)
        limit = float(own[1]) if own else max((float(h.value) for h in horizons), default=None)
        if limit is not None and interval(abs(number.value), whole="rounded").low > limit:
            yield Finding(
                study.id,
                "rmst",
                "contradiction",
                f"{number.name} = {number.value} months exceeds its horizon of {limit:g} months.",
                f"{abs(number.value)} > {limit:g}",
                number.place,
            )
