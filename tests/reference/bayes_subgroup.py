"""Long runs of plainly written PyMC models of effects that differ with a second covariate: the second source for ours.

GBSG2 as lifelines ships it, its first 200 patients without those of grade I who had hormonal therapy, so that one cell
is empty. Poisson rows, one for each patient and piece entered, written from the formulas without this package. Run with
``python tests/reference/bayes_subgroup.py``; it writes ``bayes_subgroup.json`` beside it.
"""

import json
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from lifelines.datasets import load_gbsg2
from tests.reference.bayes_reference import poisson_rows, summarised

MONTH = 30.4375
CUTS = [12.0, 24.0, 48.0]
GRADES = ("I", "II", "III")


def patients():
    """Return the patients."""
    frame = load_gbsg2().head(200)
    return frame[~((frame["horTh"] == "yes") & (frame["tgrade"] == "I"))]


def table():
    """Return one row for each patient and piece, and the columns' means."""
    frame = patients()
    columns = frame.assign(
        yes=(frame["horTh"] == "yes").astype(float),
        II=(frame["tgrade"] == "II").astype(float),
        III=(frame["tgrade"] == "III").astype(float),
        older=(frame["age"] - 50.0) / 10.0,
    )[["yes", "II", "III", "older"]]
    return poisson_rows(frame["time"].to_numpy() / MONTH, frame["cens"].to_numpy(), columns, CUTS)


def model(rows, log_ratio):
    """Poisson model with equal random-walk steps; ``log_ratio`` states effects and returns one value for each row."""
    with pm.Model() as made:
        first = pm.Normal("first", -4.0, 1.0)
        step_sd = pm.HalfNormal("step_sd", 0.5)
        z = pm.Normal("z", 0, 1, shape=len(CUTS))
        log_rate = pt.concatenate([first[None], first + pt.cumsum(step_sd * z)])
        linear = log_ratio(*rows[:, 3:].T)
        pm.Poisson(
            "events", pt.exp(log_rate[rows[:, 2].astype(int)] + linear + np.log(rows[:, 1])), observed=rows[:, 0]
        )
    return made


def subgroup(yes, second, third, _):
    """Hormonal therapy within each grade, shrunk towards a common effect."""
    grade = pm.Normal("grade", 0, 1, shape=2)
    common, sd = pm.Normal("common", 0, 1), pm.HalfNormal("sd", 0.5)
    each = pm.Deterministic("each", common + sd * pm.Normal("latent", 0, 1, shape=3))
    pm.Deterministic("ratio", each[2] - each[1])
    own = each[0] * (1 - second - third) + each[1] * second + each[2] * third
    return grade[0] * second + grade[1] * third + yes * own


def interaction(yes, _, __, older):
    """Hormonal therapy whose effect differs with age."""
    age, effect = pm.Normal("age", 0, 0.5), pm.Normal("effect", 0, 1)
    ratio = pm.Normal("ratio", 0, 0.3)
    pm.Deterministic("at_60", effect + ratio)
    return age * older + yes * (effect + ratio * older)


def main():
    """Make every reference."""
    rows = table()
    found = {
        "subgroup": summarised(model(rows, subgroup), ["grade", "common", "sd", "each", "ratio"]),
        "interaction": summarised(model(rows, interaction), ["age", "effect", "ratio", "at_60"]),
        "versions": {"pymc": pm.__version__, "numpy": np.__version__},
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
