"""A drafted study against the study file of the same paper: which of its numbers were read right, and which wrong.

A number is known by what it is (value, limit, P of a ratio; median, limit, rate of a curve), endpoint, month and arm.
"""

from decimal import Decimal

from escc_bayes.evidence.endpoints import endpoint


def facts(study, treated):
    """Return the numbers of a study's estimates and curves, with the role of each arm, and its follow-up and size."""
    found = set()
    for e in study.estimates:
        about = (endpoint(e.endpoint), str(e.value.normalize()) if e.value is not None else "")
        for key in ("value", "ci_low", "ci_high", "p"):
            if getattr(e, key) is not None:
                found.add((*about, key, getattr(e, key).normalize()))
        if e.p_text:
            found.add((*about, "p", e.p_text.removeprefix("one-sided ").replace("<.", "<0.")))
    curves = [c for c in study.survivals if c.arm]
    roles = len({treated.casefold() in c.arm.casefold() for c in curves}) == 2
    for c in curves:
        role = ("treated" if treated.casefold() in c.arm.casefold() else "control") if roles else "one"
        about = (endpoint(c.endpoint), role)
        for key in ("median", "median_ci_low", "median_ci_high"):
            if getattr(c, key) is not None:
                found.add((*about, key, getattr(c, key).normalize()))
        if c.median_reached is False and c.median is None and not c.landmarks:
            found.add((*about, "median", "not reached"))
        for mark in c.landmarks:
            found.add((*about, f"s at {mark.t.normalize():f}", mark.s.normalize()))
            for key in ("lo", "hi"):
                if getattr(mark, key) is not None:
                    found.add((*about, f"{key} at {mark.t.normalize():f}", getattr(mark, key).normalize()))
        if c.followup_median is not None:
            found.add(("follow-up", Decimal(c.followup_median).normalize()))
    for number in study.numbers:
        if number.name == "followup_median":
            found.add(("follow-up", number.value.normalize()))
        elif number.name.endswith("_n"):
            found.add(("count", number.value.normalize()))
    if study.n is not None:
        found.add(("n", Decimal(study.n).normalize()))
    return found
