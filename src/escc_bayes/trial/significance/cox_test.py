"""The Cox model with treatment alone, of many trials: its Wald test against a hazard ratio.

Over events, p = e^b Y1 / (Y0 + e^b Y1), d = 1 for one on treatment: score sum (d - p), information sum p (1 - p).
Z = (log(margin) - b) sqrt(information), positive where treatment does better. Cox 1972, JRSS B 34:187.
"""

import math

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.risk_sets import AtEvents, RiskSets, at_events, row_sums

STEPS, LONGEST, ENOUGH = 40, 1.0, 1e-10
# Where all events are in one arm the estimate has no end; it stops here, with next to no information.
FARTHEST = 15.0
LEAST = 1e-300


def cox_z(strata: tuple[RiskSets, ...], margin: float = 1.0) -> FloatArray:
    """Return the Wald Z of every trial, (n,), baselines by stratum; 0 where nothing can be compared."""
    estimate, information = cox_estimates(strata)
    return (math.log(margin) - estimate) * np.sqrt(information)


def cox_estimates(strata: tuple[RiskSets, ...]) -> tuple[FloatArray, FloatArray]:
    """Return the log hazard ratio of every trial and its information, (n,) each, by Newton's method."""
    parts = [(patients, at_events(patients)) for patients in strata]
    log_ratio = np.zeros(strata[0].events.size)
    score, information = score_at(parts, log_ratio)
    for _ in range(STEPS):
        step = np.clip(score / np.maximum(information, LEAST), -LONGEST, LONGEST)
        log_ratio = np.clip(log_ratio + np.where(information > LEAST, step, 0.0), -FARTHEST, FARTHEST)
        score, information = score_at(parts, log_ratio)
        if not np.any(np.abs(step) > ENOUGH):
            break
    return log_ratio, information


def score_at(parts: list[tuple[RiskSets, AtEvents]], log_ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return score and information of every trial at a log hazard ratio, (n,) each, added up over strata."""
    score, information = np.zeros(log_ratio.size), np.zeros(log_ratio.size)
    for patients, at in parts:
        ratio = np.exp(log_ratio)[at.row]
        share = ratio * at.share / (1.0 + (ratio - 1.0) * at.share)
        score += row_sums(at.died - share, patients.first, patients.events)
        information += row_sums(share * (1.0 - share), patients.first, patients.events)
    return score, information
