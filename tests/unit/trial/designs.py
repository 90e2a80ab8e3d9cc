"""A small design as a table, to be changed by tests."""

import copy

from escc_bayes.trial.reading.design import design_from

GOOD = {
    "name": "small",
    "arms": {"control": "none", "treatment": "RT", "allocation": [1, 1]},
    "control": {"median": 12.0},
    "effect": {"hr": 0.7},
    "accrual": {"patients": 100, "months": 12.0},
    "dropout": {"yearly": 0.05},
    "analyses": {"events": [60]},
    "design_prior": {"log_hr": {"normal": [-0.3, 0.3]}},
    "analysis_prior": {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"pieces": 4, "gamma": [0.5, 10.0]}},
    "rule": [
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.975"},
        {"name": "logrank", "success": "log-rank one-sided 0.025", "spending": "obrien_fleming"},
    ],
}


def table(**sections):
    """Return the table with whole sections replaced; None removes one."""
    changed = copy.deepcopy(GOOD) | sections
    return {key: value for key, value in changed.items() if value is not None}


def small(**sections):
    return design_from(table(**sections), "small.toml")


# Controls borrowed from one study; a rule that borrows, and its twin.
BORROWED = {
    "control": {"median": 12.0},
    "accrual": {"patients": 150, "months": 12.0},
    "analyses": {"events": [100]},
    "dropout": {},
    "design_prior": None,
    "analysis_prior": {
        "log_hr": {"normal": [0.0, 10.0]},
        "baseline": {"cuts": [], "gamma": [0.5, 10.0], "at": "reference"},
    },
    "borrowing": {
        "model": "power",
        "discount": 0.5,
        "events": [100.0],
        "months": [1731.234],
        "drifts": [0.7, 1.0, 1.4],
        "map_trials": 2000,
    },
    "rule": [
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.975"},
        {"name": "alone", "success": "P(HR < 1 | data) > 0.975", "borrow": False},
    ],
}
