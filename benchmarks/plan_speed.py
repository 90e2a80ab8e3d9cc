"""CPU seconds of 10,000 trials of `rt_consolidation` (360 patients, 247 events) under one scenario, by what is asked.

Usage: python benchmarks/plan_speed.py > benchmarks/plan_speed.md
"""

import time

import numpy as np

from escc_bayes.data.bundled import models_folder
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.decide import TRUTH
from escc_bayes.trial.outcomes import successes
from escc_bayes.trial.reading import design_from

TRIALS, REPEATS = 10_000, 5
POSTERIOR = "P(HR < 1 | data) > 0.975"
REFERENCE = {"cuts": [6.0, 12.0], "gamma": [0.5, 10.0], "at": "reference"}
HISTORY = {"events": [60.0, 40.0, 40.0], "months": [1200.0, 800.0, 800.0]}
STRATA = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]


def rule(success, **more):
    return {"rule": [{"name": "rule", "success": success, **more}]}


def analysed(baseline, **more):
    return {"analysis_prior": {"log_hr": {"normal": [0.0, 10.0]}, "baseline": baseline}, **rule(POSTERIOR), **more}


def borrowed(**model):
    return analysed(REFERENCE, borrowing=HISTORY | model)


SHAPE = {"log_shape": {"normal": [0.0, 0.5]}, "reference": 12.0}
LOOKS = {"analyses": {"events": [124, 185, 247]}}
ASKED = {
    "posterior, six pieces at event quantiles": rule(POSTERIOR),
    "the same at three looks": rule(POSTERIOR) | LOOKS,
    "log-rank test": rule("log-rank one-sided 0.025"),
    "FH(0, 1)": rule("FH(0, 1) log-rank one-sided 0.025"),
    "MaxCombo of four": rule("MaxCombo one-sided 0.025"),
    "restricted means": rule("RMST difference to 24 one-sided 0.025"),
    "survival at a month": rule("survival difference at 24 one-sided 0.025"),
    "posterior by two strata": analysed({"pieces": 6, "gamma": [0.5, 10.0], "by_stratum": True}, stratum=STRATA),
    "posterior, Weibull": analysed({"weibull": SHAPE, "gamma": [0.5, 10.0]}),
    "posterior, power prior": borrowed(model="power", discount=0.5),
    "posterior, robust mixture": borrowed(model="robust_mixture", weight=0.8),
    "posterior, normalised power prior": borrowed(model="normalised_power", discount={"beta": [1, 1]}),
    "posterior, commensurate": borrowed(model="commensurate", sd=0.3),
    "posterior, half-normal drift": borrowed(model="half_normal", scale=0.3),
}


def seconds(design):
    """Return the smallest CPU time of some runs."""
    taken = []
    for seed in range(REPEATS):
        start = time.process_time()
        successes(design, TRUTH, TRIALS, seed)
        taken.append(time.process_time() - start)
    return min(taken)


def main():
    raw = read_toml(models_folder() / "designs" / "rt_consolidation.toml")
    plain = {key: value for key, value in raw.items() if key != "design_prior"}
    print(f"# CPU of 10,000 trials of 360 patients with 247 events\n\n{__doc__.splitlines()[0]}\n")
    print(f"numpy {np.__version__}, one process, smallest of {REPEATS} runs, machine shared with other work.\n")
    print("| asked | CPU seconds |\n|---|---|")
    for words, change in ASKED.items():
        print(f"| {words} | {seconds(design_from(plain | change, 'benchmark')):.2f} |", flush=True)


if __name__ == "__main__":
    main()
