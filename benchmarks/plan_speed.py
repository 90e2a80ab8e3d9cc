"""CPU seconds of 10,000 trials of `rt_consolidation` (360 patients, 247 events) under one scenario.

Beside rpact's log-rank decisions of the same trials, in rounds of one run each; by what is asked; by number of trials.
Usage: python benchmarks/plan_speed.py > benchmarks/plan_speed.md  (rounds beside rpact where `Rscript` finds it)
"""

import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from escc_bayes.data.shipped import models_folder
from escc_bayes.foundation.toml import read_toml
from escc_bayes.trial.reading.design import design_from, load_design
from escc_bayes.trial.simulation.decide import TRUTH
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.outcomes import successes

TRIALS, REPEATS = 10_000, 5
PEER = Path(__file__).parent / "peers" / "rpact_trials.R"
NUMBERS = (10_000, 100_000, 1_000_000)
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
    "posterior of a difference of restricted means": rule("P(RMST difference to 24 > 0 | data) > 0.975"),
    "posterior by two strata": analysed({"pieces": 6, "gamma": [0.5, 10.0], "by_stratum": True}, stratum=STRATA),
    "posterior, Weibull": analysed({"weibull": SHAPE, "gamma": [0.5, 10.0]}),
    "posterior, power prior": borrowed(model="power", discount=0.5),
    "posterior, robust mixture": borrowed(model="robust_mixture", weight=0.8),
    "posterior, normalised power prior": borrowed(model="normalised_power", discount={"beta": [1, 1]}),
    "posterior, commensurate": borrowed(model="commensurate", sd=0.3),
    "posterior, half-normal drift": borrowed(model="half_normal", scale=0.3),
}


def taken(design, seed, trials=TRIALS):
    """Return CPU seconds and the share of successes."""
    start = time.process_time()
    won = successes(design, TRUTH, trials, seed)
    return time.process_time() - start, float(won[0].mean())


def beside_rpact(one, three):
    """Print medians of rounds in which rpact and we simulate the same design, one after the other."""
    rounds, versions = [], ""
    for seed in range(1, REPEATS + 1):
        said = subprocess.run(["Rscript", PEER, str(TRIALS), "1"], capture_output=True, text=True, check=True).stdout
        numbers, versions = said.strip().splitlines()
        peer = [float(number) for number in numbers.split()]
        rounds.append([(*peer[:2], *taken(one, seed)), (*peer[2:], *taken(three, seed))])
    print(
        f"## Beside rpact\n\n{versions}; medians of {REPEATS} rounds, in each of which both run once. rpact decides by "
        "log-rank alone and leaves a trial at its first rejection; ours is decided by the exact posterior at every "
        "look. Starting R and Python is not counted.\n"
    )
    print("| looks | rpact | ours | times cheaper (by round) | power of rpact | ours |\n|---|---|---|---|---|---|")
    for name, of_look in zip(("one", "three"), zip(*rounds, strict=True), strict=True):
        theirs, their_power, mine, power = (statistics.median(column) for column in zip(*of_look, strict=True))
        ratios = sorted(peer / own for peer, _, own, _ in of_look)
        print(
            f"| {name} | {theirs:.2f} | {mine:.3f} | {theirs / mine:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f}) | "
            f"{their_power:.3f} | {power:.3f} |"
        )
    print(
        "\nrpact spends alpha over three looks (O'Brien-Fleming); ours asks for 0.975 at every look, hence its power.\n"
    )


def whole(trials):
    """Print CPU seconds and peak memory of a process that simulates the operating characteristics of so many trials."""
    start = time.process_time()
    operating_characteristics(load_design("rt_consolidation"), trials=trials, seed=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {trials:,} | {time.process_time() - start:.2f} | {peak:.0f} |", flush=True)


def by_number():
    """Print what more trials cost, each number in a process of its own."""
    print("\n## By number of trials\n\nThree scenarios, three rules, one process.\n")
    print("| trials | CPU seconds | peak memory, MB |\n|---|---|---|", flush=True)
    for trials in NUMBERS:
        subprocess.run([sys.executable, __file__, str(trials)], check=True)


def main():
    raw = read_toml(models_folder() / "designs" / "rt_consolidation.toml")
    plain = {key: value for key, value in raw.items() if key != "design_prior"}
    designs = {words: design_from(plain | change, "benchmark") for words, change in ASKED.items()}
    print(f"# What 10,000 trials of 360 patients with 247 events cost\n\n{__doc__.splitlines()[0]}\n")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, one process.\n")
    if shutil.which("Rscript"):
        beside_rpact(*list(designs.values())[:2])
    print(f"## By what is asked\n\nSmallest of {REPEATS} runs.\n\n| asked | CPU seconds |\n|---|---|")
    for words, design in designs.items():
        print(f"| {words} | {min(taken(design, seed)[0] for seed in range(REPEATS)):.2f} |", flush=True)
    by_number()


if __name__ == "__main__":
    whole(int(sys.argv[1])) if len(sys.argv) > 1 else main()
