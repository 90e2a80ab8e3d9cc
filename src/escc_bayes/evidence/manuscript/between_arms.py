"""Whose hazard over whose a drafted hazard ratio is, and which effect of the evidence it is.

A sentence that prints the ratio of an endpoint says its groups if it prints both groups' survival, or names both; where
the user names the effect, one group is enough. The ratio below 1 is then the hazard of the group that lived longer over
the other's; where medians and rates do not tell, or deny each other, nothing is said. The effect follows from what the
groups received: immunotherapy, radiotherapy, chemotherapy.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.evidence.manuscript.whole_curves import whole_curves

ICI = re.compile(
    r"\b\w*(?:lizumab|limab|lumab|limumab)\b"
    r"|\b(?:ICIs?|ICT|immuno\w*|immune \w+|anti-?PD-?L?1|PD-?L?1|chemoimmuno\w*)\b",
    re.IGNORECASE,
)
RT = re.compile(
    r"\b\w*(?:radiotherapy|radiation|irradiation)\b|\b(?:[a-z]?C?CRT|[a-z]?RT|RCIT|SBRT|IMRT)\b", re.IGNORECASE
)
CHEMO = re.compile(r"chemo|\b(?:d?C?CRT|ICT|C?CIT|RCIT)\b", re.IGNORECASE)
OF_ARMS = "HR of the arms"
WITHOUT = re.compile(r"\b(?:no|without|not)\b.*", re.IGNORECASE)


class Pair(NamedTuple):
    """The curves of two groups of one endpoint, and which group lived longer."""

    longer: PublishedSurvival
    shorter: PublishedSurvival


def between_arms(study: Study, effect: str | None = None) -> Study:
    """Return a drafted study whose hazard ratios between its two groups say whose hazard over whose, and the effect.

    Parameters
    ----------
    effect : what the groups differ in, if the user says it; None: as the groups' names say.
    """
    curves = tuple(of_all(curve, study) for curve in study.survivals)
    study = replace(study, survivals=curves)
    estimates = tuple(with_groups(estimate, study, effect) for estimate in study.estimates)
    return replace(study, estimates=estimates, survivals=whole_curves(curves))


def of_all(curve: PublishedSurvival, study: Study) -> PublishedSurvival:
    """Return a curve of all patients with their number, where the study's only group is meant."""
    alone = len({(c.arm, c.n) for c in study.survivals}) == 1
    return replace(curve, n=study.n) if curve.n is None and alone and not curve.cutoff else curve


def with_groups(estimate: PublishedEstimate, study: Study, effect: str | None) -> PublishedEstimate:
    """Return a hazard ratio with its groups, where its sentence and the curves say them."""
    if estimate.measure != "HR" or estimate.value is None or estimate.hazard_of or estimate.value == 1:
        return estimate
    pair = pair_of(estimate, study, least=2 if effect is None else 1)
    if pair is None:
        return estimate
    first, second = pair if estimate.value < 1 else (pair.shorter, pair.longer)
    note = "whose hazard over whose: read from the survival beside it"
    return replace(
        estimate,
        effect=effect or effect_between(first.arm, second.arm) or named(estimate),
        hazard_of=first.arm,
        versus=second.arm,
        n_hazard_of=first.n,
        n_versus=second.n,
        coding_note=note,
    )


def named(estimate: PublishedEstimate) -> str:
    """Return the effect of a ratio between the two groups; where its number alone names it, one for every endpoint.

    Cohorts are asked for the ratios of one effect on several endpoints.
    """
    return OF_ARMS if estimate.effect.startswith(f"{estimate.measure} ") else estimate.effect


def pair_of(estimate: PublishedEstimate, study: Study, least: int) -> Pair | None:
    """Return the two groups of an estimate's sentence; None unless there are two, of which one lived longer.

    Parameters
    ----------
    least : groups that the sentence must name if it does not print their survival.
    """
    own = [c for c in study.survivals if c.endpoint == estimate.endpoint and c.cutoff == estimate.cutoff]
    arms = dict.fromkeys(curve.arm for curve in own)
    if len(arms) != 2 or not alone(estimate, study):
        return None
    first, second = (joined([curve for curve in own if curve.arm == arm]) for arm in arms)
    plain = estimate.quote.casefold()
    named = sum(arm.casefold() in plain for arm in arms)
    beside = {curve.arm for curve in own if curve.quote == estimate.quote}
    if named < least and len(beside) < 2:
        return None
    sign = longer(first, second)
    return None if sign == 0 else Pair(first, second) if sign > 0 else Pair(second, first)


def joined(curves: Sequence[PublishedSurvival]) -> PublishedSurvival:
    """Return what several sentences print of one group as one curve."""
    median = next((curve.median for curve in curves if curve.median is not None), None)
    landmarks = tuple(mark for curve in curves for mark in curve.landmarks)
    return replace(curves[0], median=median, landmarks=landmarks)


def alone(estimate: PublishedEstimate, study: Study) -> bool:
    """Whether a sentence prints no other ratio of the same endpoint."""
    beside = [e for e in study.estimates if e.quote == estimate.quote and e.endpoint == estimate.endpoint]
    return sum(e.measure == estimate.measure for e in beside) == 1


def longer(first: PublishedSurvival, second: PublishedSurvival) -> int:
    """Return 1 where the first group lived longer by all that both print, -1 where the second did, else 0.

    Examples
    --------
    >>> from decimal import Decimal
    >>> a, b = (PublishedSurvival("", arm, "OS", "", median=Decimal(months)) for arm, months in (("A", 16), ("B", 12)))
    >>> longer(a, b), longer(b, a), longer(a, a)
    (1, -1, 0)
    """
    rates = {mark.t: mark.s for mark in second.landmarks}
    pairs = [(mark.s, rates[mark.t]) for mark in first.landmarks if mark.t in rates]
    if first.median is not None and second.median is not None:
        pairs.append((first.median, second.median))
    signs = {(one > other) - (one < other) for one, other in pairs}
    return signs.pop() if len(signs) == 1 else 0


def treatments(words: str) -> frozenset[str]:
    """Return what a group received, of immunotherapy, radiotherapy and chemotherapy.

    Examples
    --------
    >>> sorted(treatments("camrelizumab plus chemotherapy")), sorted(treatments("placebo plus chemotherapy"))
    (['chemo', 'ici'], ['chemo'])
    >>> sorted(treatments("chemoradiotherapy")), sorted(treatments("immunochemotherapy without radiotherapy"))
    (['chemo', 'rt'], ['chemo', 'ici'])
    """
    given = WITHOUT.sub("", words)
    kinds = (("ici", ICI), ("rt", RT), ("chemo", CHEMO))
    return frozenset(name for name, form in kinds if form.search(given))


def effect_between(one: str, other: str) -> str:
    """Return the effect of the evidence that two groups differ in; empty where it is none of them.

    Examples
    --------
    >>> effect_between("sintilimab plus chemotherapy", "placebo plus chemotherapy")
    'ici_added_to_chemo'
    >>> effect_between("immunochemotherapy", "immunochemotherapy plus radiotherapy"), effect_between("RT", "chemo")
    ('rt_added', '')
    """
    less, more = sorted((treatments(one), treatments(other)), key=len)
    added = more - less
    if not less < more or len(added) != 1:
        return ""
    if added == {"rt"}:
        return "rt_added" if "ici" in less else ""
    if added == {"ici"}:
        return "ici_added_to_crt" if "rt" in less else "ici_added_to_chemo" if less == {"chemo"} else ""
    return ""


def more_treated(groups: Sequence[str]) -> str:
    """Return the group that received all that the other did, and more; empty where neither did.

    Examples
    --------
    >>> more_treated(("chemotherapy", "toripalimab plus chemotherapy"))
    'toripalimab plus chemotherapy'
    """
    first, second = groups
    one, other = treatments(first), treatments(second)
    return first if one > other else second if other > one else ""
