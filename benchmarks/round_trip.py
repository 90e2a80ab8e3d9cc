"""From real rows to a print, from the print to 20 cohorts, and one model on both: docs/round_trip.md.

Usage: python benchmarks/round_trip.py DATA_FOLDER [larynx|tcga_escc|oropharynx ...] > docs/round_trip.md

DATA_FOLDER holds tcga_escc_clinical.csv and rtog_oropharynx.csv, which are not part of this repository.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from tests.unit.evidence import real_cohorts

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.data.schema import CohortSchema, schema_from
from escc_bayes.data.study import read_study
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.evidence.publish import publish
from escc_bayes.evidence.published_names import within
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.evidence.reconstruction.reconstruct import reconstruct
from escc_bayes.evidence.reconstruction.table import target_rows
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import spec_from

SEED, REPLICATES, DRAWS = 11, 20, 4000
CUTS = [6.0, 12.0, 24.0, 36.0]
HEAD = """# Round trip: what survives when only the printed numbers are left

Real cohorts were printed as a paper would print them (`evidence/publish.py`: counts, cross-tables, medians,
rates at 12, 24 and 36 months, log-rank tests, one multivariable Cox model for each endpoint, all to printed digits),
{replicates} cohorts were reconstructed from each print alone, and one Bayesian model (piecewise exponential, random
walk, every covariate with a log hazard ratio of N(0, 1)) was fitted to the real rows and to the ensemble. Log hazard
ratios: posterior mean of the real rows; of the ensemble with its 95 % credible interval; their difference; whether the
interval holds the mean of the real rows; share of the ensemble's variance that lies between reconstructions. Written by
`benchmarks/round_trip.py`, seed {seed}.
"""


def published_schema(cohort: Cohort) -> CohortSchema:
    """Return the schema of the cohorts reconstructed with the layout: months, the columns that it names."""
    inside = within(cohort.schema)
    raw: dict[str, object] = {
        "name": cohort.name,
        "endpoints": {
            name: {"time": f"{name}_months", "event": f"{name}_event", "label": own.label}
            | ({"not_after": inside[name]} if name in inside else {})
            for name, own in cohort.schema.endpoints.items()
        },
        "covariates": {
            name: {"kind": data.schema.kind, "levels": list(data.schema.levels), "label": data.schema.label}
            for name, data in cohort.covariates.items()
        },
    }
    return schema_from(raw, f"cohort '{cohort.name}' as published")


def spec_of(cohort: Cohort, endpoint: str) -> ModelSpec:
    """Return the model: every covariate fixed, N(0, 1)."""
    effects = [{"covariate": name, "structure": "fixed", "prior": {"normal": [0.0, 1.0]}} for name in cohort.covariates]
    raw: dict[str, object] = {
        "name": f"round_trip_{endpoint}",
        "outcome": {"endpoint": endpoint},
        "baseline": {
            "family": "piecewise_exponential",
            "cuts": CUTS,
            "smoothing": "random_walk",
            "steps": "length",
            "sd": {"halfnormal": 0.5},
        },
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3}},
        "effect": effects,
    }
    return spec_from(raw, "round trip")


def told(what: str, done: int, total: int) -> None:
    """Say on standard error how far a reconstruction is."""
    print(f"{what} {done}/{total}", file=sys.stderr)


def reconstructed(cohort: Cohort) -> tuple[Ensemble, list[dict[str, object]]]:
    """Return the cohorts reconstructed from the print of a cohort, and the table of targets."""
    printed = publish(cohort, study=cohort.name)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "study.toml", Path(folder) / "layout.toml"
        for path, text in zip(paths, printed, strict=True):
            path.write_text(text, encoding="utf-8")
        found = reconstruct(
            read_study(paths[0]), read_layout(paths[1]), seed=SEED, replicates=REPLICATES, progress=told
        )
    schema = published_schema(cohort)
    members = tuple(
        read_cohort(
            pd.DataFrame(list(rows)).astype({c: float for c in rows[0] if c.endswith(("_months", "_event"))}),
            schema,
            provenance="reconstructed",
        )
        for rows in found.cohorts
    )
    return Ensemble(cohort.name, members), target_rows(found)


def lines_of(cohort: Cohort, ensemble: Ensemble) -> list[str]:
    """Return one line of the table for every hazard ratio."""
    found = []
    for endpoint in cohort.endpoints:
        spec = spec_of(cohort, endpoint)
        real = fit(spec, cohort, engine="laplace", seed=SEED)
        pooled = fit_ensemble(spec, ensemble, seed=SEED, draws=DRAWS)
        for name, covariate in cohort.covariates.items():
            for level in covariate.schema.levels[1:]:
                asked = HazardRatio(name, level)
                truth, draws = float(real.draws(asked).mean()), pooled.draws(asked)
                low, high = np.quantile(draws, [0.025, 0.975])
                parts = pooled.variance_parts(asked)
                contrast = f"{name} {level} vs {covariate.schema.levels[0]}"
                found.append(
                    f"| {endpoint} | {contrast} | {truth:+.3f} | {draws.mean():+.3f} "
                    f"({low:+.2f} to {high:+.2f}) | {draws.mean() - truth:+.3f} | {low <= truth <= high} | "
                    f"{100.0 * parts.share:.0f} % |"
                )
    return found


def section(cohort: Cohort) -> str:
    """Return the section of one cohort."""
    start = time.perf_counter()
    ensemble, rows = reconstructed(cohort)
    seconds = time.perf_counter() - start
    matched = sum(bool(row["matched"]) for row in rows)
    unreachable = [str(row["target"]) for row in rows if not row["reachable"]]
    least = min(round(REPLICATES * float(str(row["matched_share"]))) for row in rows if row["reachable"])
    others = "" if matched == len(rows) else f", each of the others that was asked for in {least} or more"
    said = f"set aside as not to be had: {', '.join(unreachable)}" if unreachable else "none set aside"
    return "\n".join(
        [
            f"\n## {cohort.name}: {len(cohort)} patients\n",
            f"{matched} of {len(rows)} printed statistics and counts matched in every one of {REPLICATES} cohorts"
            f"{others} ({said}); {seconds:.0f} s.\n",
            "| endpoint | hazard ratio (log) | real rows | ensemble | difference | inside | between |",
            "|---|---|---|---|---|---|---|",
            *lines_of(cohort, ensemble),
        ]
    )


def main() -> None:
    """Print the page."""
    folder = Path(sys.argv[1])
    cohorts = {
        "larynx": real_cohorts.larynx,
        "tcga_escc": lambda: real_cohorts.tcga_escc(folder),
        "oropharynx": lambda: real_cohorts.oropharynx(folder),
    }
    print(HEAD.format(replicates=REPLICATES, seed=SEED))
    for name in sys.argv[2:] or cohorts:
        print(section(cohorts[name]()), flush=True)


if __name__ == "__main__":
    main()
