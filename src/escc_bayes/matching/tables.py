"""Rows of ``design.csv``, ``balance.csv``, ``pairs.csv``, ``weights.csv`` and ``effect.csv``."""

import math
from collections.abc import Sequence

import numpy as np

from escc_bayes.estimand.tables import Row
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.balance import Balance
from escc_bayes.matching.design import Design
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request

BALANCE_COLUMNS = (
    *("method", "covariate", "smd_before", "smd_after", "variance_ratio_before", "variance_ratio_after"),
    *("mean_treated_before", "mean_control_before", "mean_treated_after", "mean_control_after", "provenance", "note"),
)
PAIR_COLUMNS = ("pair", "treated", "control", "score_treated", "score_control", "distance")


def design_rows(patients: Patients, design: Design, asked: Request) -> list[Row]:
    """Return ``design.csv``: one row."""
    kept, treated = design.weight > 0.0, patients.treated
    return [
        {
            "method": design.method,
            "estimand": design.estimand,
            "pairs": design.sets if design.sets else None,
            "treated": int((kept & treated).sum()),
            "control": int((kept & ~treated).sum()),
            "ess_treated": design.effective(treated),
            "ess_control": design.effective(~treated),
            "dropped": int((~kept).sum()),
            "caliper": math.nan if asked.caliper is None else asked.caliper,
            "treatment": asked.treatment,
            "treated_level": patients.levels[1],
            "control_level": patients.levels[0],
            "treated_before": int(treated.sum()),
            "control_before": int((~treated).sum()),
            "ratio": asked.ratio,
            "score": asked.score if design.score is not None else "",
            "truncate": asked.truncate,
            "provenance": patients.cohort.provenance,
        }
    ]


def balance_rows(found: Sequence[Balance], design: Design, patients: Patients) -> list[Row]:
    """Return ``balance.csv``: the score, then each covariate."""
    return [
        {
            "method": design.method,
            "covariate": one.covariate,
            "smd_before": one.smd_before,
            "smd_after": one.smd_after,
            "variance_ratio_before": one.ratio_before,
            "variance_ratio_after": one.ratio_after,
            "mean_treated_before": one.mean_treated,
            "mean_control_before": one.mean_control_before,
            "mean_treated_after": one.mean_treated_after,
            "mean_control_after": one.mean_control_after,
            "provenance": patients.cohort.provenance,
            "note": "all treated have one value: by the SD of both groups" if one.pooled else "",
        }
        for one in found
    ]


def pair_rows(patients: Patients, design: Design) -> list[Row]:
    """Return ``pairs.csv``: each treated patient with each control of the same matched set; none of strata, weights."""
    if design.pairs is None or design.score is None:
        return []
    ids, score = patients.cohort.ids, design.score
    return [
        {
            "pair": int(design.group[case]) + 1,
            "treated": ids[case],
            "control": ids[control],
            "score_treated": float(score[case]),
            "score_control": float(score[control]),
            "distance": abs(float(score[case] - score[control])),
        }
        for case, control in zip(design.pairs.treated.tolist(), design.pairs.control.tolist(), strict=True)
    ]


def weight_rows(patients: Patients, design: Design) -> list[Row]:
    """Return ``weights.csv``: every patient of the design, 0 for who is left out."""
    return [
        {
            "patient": patients.cohort.ids[i],
            "treated": int(patients.treated[i]),
            "level": patients.levels[int(patients.treated[i])],
            "weight": float(design.weight[i]),
            "matched_set": int(design.group[i]) + 1 if design.group[i] >= 0 else None,
            "score": math.nan if design.score is None else float(design.score[i]),
        }
        for i in np.arange(patients.n)
    ]


def effect_rows(answers: Sequence[Answer], patients: Patients, design: Design, asked: Request) -> list[Row]:
    """Return ``effect.csv``: one row for each method."""
    return [
        {
            "method": one.method,
            "design": one.design,
            "hr": one.hr,
            "lower": one.lower,
            "upper": one.upper,
            "level": one.level,
            "interval": one.interval,
            "n": one.n,
            "events": one.events,
            "se": one.se,
            "endpoint": asked.endpoint,
            "term": asked.treatment,
            "hazard_of": patients.levels[1],
            "versus": patients.levels[0],
            "estimand": design.estimand if one.design == design.method else "",
            "prob_hr_lt_1": one.prob_lt_1,
            "prob_hr_lt_0_8": one.prob_lt_08,
            "clock": patients.clock(asked.treatment),
            "provenance": patients.cohort.provenance,
            "verdict": one.verdict,
            "note": one.note,
        }
        for one in answers
    ]
