"""Progression, death, and death after progression in the 79 patients, over all 20 reconstructions, beside the print.

RECONSTRUCTED. Posterior of the shipped ``illness_death`` (both clocks, and its sceptical variant) pooled over the
reconstructions, and beside it what each of these holds: Kaplan-Meier in months since progression, and since any
failure, deaths without progression counted as failures survived for no time. The print has 56.7 % of patients alive 12
months after failure, 24.3 % at 24. The last number says how far a patient's months of progression and of death differ
between reconstructions that give back one print: the link that the print does not hold.
``python benchmarks/illness_death_escc79.py`` writes ``illness_death_escc79.json``.
"""

import json
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.classical.aalen_johansen import since_progression
from escc_bayes.data.bundled import example_ensemble
from escc_bayes.hazard.product_limit import survival_point
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

STORED = Path(__file__).with_name("illness_death_escc79.json")
SEED, MONTHS = 20251, (12.0, 24.0)
PRINTED = {"12": 0.567, "24": 0.243}


def pooled(variant):
    """Return survival after progression at both months over all reconstructions, median and 95 % limits."""
    spec = load_spec("illness_death", variant=variant)
    posterior = fit_ensemble(spec, example_ensemble("escc79"), seed=SEED, draws=250)
    found = np.quantile(posterior.after_progression(np.array(MONTHS)), [0.5, 0.025, 0.975], axis=0)
    return {f"{month:g}": found[:, place].round(4).tolist() for place, month in enumerate(MONTHS)}


def alive_after(time, event, month):
    """Return Kaplan-Meier at a month."""
    ones = np.ones(time.size)
    point = survival_point(time, event, np.zeros(time.size), ones, month)
    return np.nan if point is None else point.survival


def observed(cohort):
    """Return Kaplan-Meier since progression, and since any failure, at both months; counts; months between."""
    rows = make_plan(load_spec("illness_death"), cohort).rows
    after, without = since_progression(rows), rows.in_transition("death_without_progression")
    dead = int(without.event.sum())
    every = np.concatenate([after.time, np.full(dead, 1e-6)]), np.concatenate([after.event, np.ones(dead)])
    pfs, overall = cohort.endpoint("pfs"), cohort.endpoint("os")
    both = (pfs.event == 1.0) & (overall.event == 1.0) & (overall.time > pfs.time)
    return {
        "progressions": int(rows.in_transition("progression").events),
        "deaths without": dead,
        "deaths after": int(after.events),
        **{f"since progression {m:g}": float(alive_after(after.time, after.event, m)) for m in MONTHS},
        **{f"since failure {m:g}": float(alive_after(*every, m)) for m in MONTHS},
        "months from progression to death, median of those who died": float(
            np.median((overall.time - pfs.time)[both]) if both.any() else np.nan
        ),
    }


def spread(each):
    """Return smallest, median and largest of every number over the reconstructions."""
    return {
        key: [round(float(np.quantile([one[key] for one in each], q)), 4) for q in (0.0, 0.5, 1.0)] for key in each[0]
    }


if __name__ == "__main__":
    members = example_ensemble("escc79").members
    found = {
        "provenance": "RECONSTRUCTED",
        "printed, alive after failure": PRINTED,
        "posterior: median, 2.5 %, 97.5 %": {v or "forward": pooled(v) for v in (None, "reset", "sceptical")},
        "in the reconstructions: least, median, most of 20": spread([observed(cohort) for cohort in members]),
    }
    STORED.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
