"""The treatment's hazard ratio under a design, by methods without a prior. docs/methods/matching.md.

``cox``: weights taken as known, Lin & Wei's robust error, clustered by matched set where there are pairs (Austin 2014,
Stat Med 33:1242). ``cox_m_estimation``: counts that the weights were estimated (``m_estimation``). ``cox_stratified``:
a baseline hazard for each set. ``cox_unadjusted``: everybody, as they are. ``weibull``: weighted, robust likewise.
"""

import math
from dataclasses import replace

import numpy as np

from escc_bayes.classical.cox import CoxFit, cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.weibull import NoMaximumError, weibull_mle
from escc_bayes.foundation.sentence import counted
from escc_bayes.matching.answer import Answer, Counted, absent, wald
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.m_estimation import log_hr_influence
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import SETS, Request

NO_EVENTS = "a group has no events: the hazard ratio has no finite estimate"
PAIRS_JUMP = (
    "who is matched with whom jumps as the score moves, so that there is no such expansion (Abadie & Imbens 2008, "
    "Econometrica 76:1537); see bayes_design"
)
POSTERIOR_MEAN = "the score is a posterior mean and solves no estimating equation; see bayes_design"
NO_WEIGHTS = "there are no weights"
NONE = "none"


def classical_answers(patients: Patients, design: Design, asked: Request) -> list[Answer]:
    """Return the rows of Cox and Weibull, one each."""
    own, whole = followed(patients, asked.endpoint, design), followed(patients, asked.endpoint, None)
    return [
        weighted_cox(own, design, asked.level),
        m_estimated(patients, own, design, asked),
        stratified(own, design, asked.level),
        unadjusted(whole, asked.level),
        weibull(own, design, asked.level),
    ]


def counts_of(own: Followed, level: float) -> Counted:
    """Return level, patients and events of a row."""
    return Counted(level, own.time.size, own.events)


def two_groups_have_events(own: Followed) -> bool:
    """Whether a hazard ratio can be finite."""
    return all(bool(own.event[own.of_group(treated)].any()) for treated in (0, 1))


def weighted_cox(own: Followed, design: Design, level: float) -> Answer:
    """Return Cox with robust errors, weights taken as known."""
    method = "cox"
    if not two_groups_have_events(own):
        return absent(method, design.method, NO_EVENTS, counts_of(own, level))
    plain = cox(own.column, own.time, own.event, entry=own.entry, weight=own.weight)
    fit = with_robust_errors(
        plain, own.column, own.time, own.event, entry=own.entry, weight=own.weight, cluster=own.cluster
    )
    units = len(set(own.cluster.tolist()))
    what = counted(units, "matched set") if design.pairs is not None else counted(units, "patient")
    return replace(of_fit(method, design.method, fit, own, level), note=f"robust error over {what}, weights as known")


def of_fit(method: str, design: str, fit: CoxFit, own: Followed, level: float) -> Answer:
    """Return a row of a Cox fit; without numbers where the ratio is infinite."""
    counts = counts_of(own, level)
    if bool(fit.infinite[0]) or not math.isfinite(float(fit.covariance[0, 0])):
        return absent(method, design, NO_EVENTS, counts)
    return wald(method, design, float(fit.coef[0]), math.sqrt(float(fit.covariance[0, 0])), counts)


def m_estimated(patients: Patients, own: Followed, design: Design, asked: Request) -> Answer:
    """Return Cox whose error counts the estimation of the weights."""
    method, counts = "cox_m_estimation", counts_of(own, asked.level)
    if design.weights.estimated is None:
        return absent(method, design.method, why_not_estimated(design), counts)
    if not two_groups_have_events(own):
        return absent(method, design.method, NO_EVENTS, counts)
    fit = cox(own.column, own.time, own.event, entry=own.entry, weight=own.weight)
    influence = log_hr_influence(patients, asked.endpoint, design, float(fit.coef[0]))
    se = float(np.linalg.norm(influence))
    words = "shares of strata" if design.method in SETS else "weights"
    found = wald(method, design.method, float(fit.coef[0]), se, counts)
    return replace(found, note=f"counts that the {words} were estimated")


def why_not_estimated(design: Design) -> str:
    """Say why the estimation of weights cannot be counted."""
    if design.method == "none":
        return NO_WEIGHTS
    return POSTERIOR_MEAN if design.pairs is None else PAIRS_JUMP


def stratified(own: Followed, design: Design, level: float) -> Answer:
    """Return Cox within matched sets or strata, without weights."""
    method, counts = "cox_stratified", counts_of(own, level)
    if design.sets == 0:
        return absent(method, design.method, "there are no sets to stratify by", counts)
    mixed = informative(own)
    if not mixed:
        return absent(method, design.method, "no set has an event while both groups are at risk", counts)
    fit = cox(own.column, own.time, own.event, entry=own.entry, strata=own.group)
    found = of_fit(method, design.method, fit, own, level)
    return replace(
        found,
        note=found.note or f"{mixed} of {design.sets} sets say something: their first event finds both groups at risk",
    )


def informative(own: Followed) -> int:
    """Return in how many sets an event happens while both groups are at risk."""
    found = 0
    for group in np.unique(own.group[own.group >= 0]):
        inside = own.group == group
        months = own.time[inside & (own.event == 1.0)]
        entry = np.zeros(own.time.size) if own.entry is None else own.entry
        found += any(
            len(set(own.treated[inside & (own.time >= month) & (entry < month)].tolist())) == 2 for month in months
        )
    return found


def unadjusted(whole: Followed, level: float) -> Answer:
    """Return Cox of everybody as they are, with the error of the model."""
    if not two_groups_have_events(whole):
        return absent("cox_unadjusted", NONE, NO_EVENTS, counts_of(whole, level))
    fit = cox(whole.column, whole.time, whole.event, entry=whole.entry)
    return replace(of_fit("cox_unadjusted", NONE, fit, whole, level), note="before matching or weighting")


def weibull(own: Followed, design: Design, level: float) -> Answer:
    """Return the Weibull model, weighted, with robust errors."""
    method, counts = "weibull", counts_of(own, level)
    if not two_groups_have_events(own):
        return absent(method, design.method, NO_EVENTS, counts)
    try:
        fit = weibull_mle(
            own.column,
            own.time,
            own.event,
            entry=own.entry,
            weight=own.weight,
            cluster=own.cluster,
            reference_time=float(np.median(own.time)),
        )
    except NoMaximumError as error:
        return absent(method, design.method, str(error), counts)
    return wald(method, design.method, float(fit.coef[0]), math.sqrt(float(fit.covariance[2, 2])), counts)
