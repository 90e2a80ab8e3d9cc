"""How often Kaplan-Meier limits hold the true survival with few patients: log-log, and the beta product procedure.

Simulation: exponential survival, uniform censoring from 12 to 36 months (accrual over two years), or none; limits at
months where true survival is 0.9, 0.7 and 0.4. A curve without log-log limits (no event yet, or all dead) is counted
as R draws it: from 1 to 1, or from 0 to 0. Prints the table of docs/methods/kaplan_meier.md and writes
kaplan_meier_coverage.json beside this file.

Run: python benchmarks/kaplan_meier_coverage.py
"""

import json
from pathlib import Path

import numpy as np

from escc_bayes.classical.bpcp import beta_product_limits
from escc_bayes.classical.km import kaplan_meier

SIZES, HEIGHTS = (6, 12, 23, 50), (0.9, 0.7, 0.4)
MEDIAN, LEVEL, TRIALS, SEED = 18.0, 0.95, 20_000, 20130613
WHERE = Path(__file__).with_suffix(".json")


def months_of(height: float) -> float:
    """Return when the true survival curve is at ``height``."""
    return MEDIAN * np.log(1.0 / height) / np.log(2.0)


def limits_at(time: np.ndarray, event: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log-log and exact limits (2, months) of one sample; beyond follow-up those of its end."""
    curve = kaplan_meier(time, event, level=LEVEL)
    place = np.searchsorted(curve.time, at, side="right")
    survival = np.concatenate(([1.0], curve.survival))
    log_log = np.stack([np.concatenate(([1.0], values)) for values in (curve.lower, curve.upper)])
    log_log = np.where(np.isnan(log_log), survival, log_log)
    return log_log[:, place], np.stack(beta_product_limits(curve, LEVEL))[:, place]


def study(n: int, *, censored: bool, trials: int, seed: int) -> dict[str, list[float]]:
    """Return, for each height, coverage and the share of limits that miss above and below, of both methods."""
    rng = np.random.default_rng([seed, n, censored])
    at = np.array([months_of(height) for height in HEIGHTS])
    truth = np.array(HEIGHTS)
    held = np.zeros((2, len(HEIGHTS)))
    for _ in range(trials):
        lived = rng.exponential(MEDIAN / np.log(2.0), n)
        followed = rng.uniform(12.0, 36.0, n) if censored else np.full(n, np.inf)
        found = limits_at(np.minimum(lived, followed), lived <= followed, at)
        held += [(limits[0] <= truth) & (truth <= limits[1]) for limits in found]
    return {"log_log": (held[0] / trials).tolist(), "exact": (held[1] / trials).tolist()}


def main() -> None:
    """Run every size with and without censoring, print the table and keep it."""
    found = {
        f"{n}, {'censored' if censored else 'complete'}": study(n, censored=censored, trials=TRIALS, seed=SEED)
        for censored in (False, True)
        for n in SIZES
    }
    WHERE.write_text(
        json.dumps({"trials": TRIALS, "seed": SEED, "heights": HEIGHTS, "coverage": found}, indent=1) + "\n"
    )
    print("| n | S = " + " | S = ".join(f"{h:g}" for h in HEIGHTS) + " |")
    for name, rates in found.items():
        cells = [f"{a:.3f} / {b:.3f}" for a, b in zip(rates["log_log"], rates["exact"], strict=True)]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
