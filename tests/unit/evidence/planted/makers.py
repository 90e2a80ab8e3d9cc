"""Entries of invented papers. No number is a patient's; quotes are written as journals print them."""


def ratio(value, low, high, quote, **more):
    """One printed ratio with limits."""
    return {"value": value, "ci_low": low, "ci_high": high, "quote": quote, **more}


def arms(endpoint, *curves, **more):
    """Curves of several arms: name, patients, {month: survival}, and more keys."""
    return [
        {
            "arm": arm,
            "endpoint": endpoint,
            "n": n,
            "landmarks": [{"t": t, "s": s} for t, s in marks.items()],
            **rest,
            **more,
        }
        for arm, n, marks, rest in curves
    ]


def number(name, value, quote, **more):
    """One printed number."""
    return {"name": name, "value": value, "quote": quote, **more}


TWO = {"hazard_of": "camrelizumab", "versus": "placebo", "n_hazard_of": 400, "n_versus": 400}
TABLE = {"measure": "test", "endpoint": "objective response", "hazard_of": "A", "versus": "B"}
