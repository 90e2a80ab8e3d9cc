# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Patients who could have given the printed numbers
#
# RECONSTRUCTED data: cohorts built so that they give back a paper's counts, tests, curves and hazard ratios. No row
# is a patient's record; what was never printed is filled in at random, so that there are several cohorts and not one.

# %%
import csv

import escc_bayes as eb
from escc_bayes.data.shipped import models_folder

ensemble = eb.example_ensemble("escc79")
print(ensemble)

# %% [markdown]
# Which printed numbers do they give back? Of each the file says whether it was matched, and whether within rounding.
# What no search could have contradicts something else that is printed.

# %%
with (models_folder() / "ensembles" / "seed1_scirep2025" / "targets.csv").open(encoding="utf-8", newline="") as table:
    targets = list(csv.DictReader(table))
matched = [row for row in targets if row["matched"] == "True"]
print(f"{len(matched)} of {len(targets)} targets are matched")
for row in [row for row in targets if row["matched"] != "True"][:6]:
    print(f"{row['endpoint']} {row['target']}: printed {row['printed']}, reached {row['achieved_median']}")

# %% [markdown]
# One reconstruction is one guess. Fit the same model to each of them, and see how far the guesses lie apart.

# %%
spec = eb.load_spec("os_piecewise")
pooled = eb.fit_ensemble(spec, ensemble, seed=1, draws=250)
asked = eb.HazardRatio("coverage", "RPL", versus="RAL")
estimate = pooled.estimate(asked, level=0.95)
print(f"pooled HR {estimate.value:.2f} ({estimate.lower:.2f} to {estimate.upper:.2f})")
print(pooled.sentence())

# %% [markdown]
# The pooled posterior counts both: what few patients leave open, and what was never printed. The share of the
# variance that lies between reconstructions says how much of the answer is the print's silence.

# %%
from escc_bayes.bayes.posterior.ensemble_posterior import variance_parts

parts = variance_parts(pooled.member_draws(asked))
share = parts.between / (parts.between + parts.within)
print(f"share of the variance between reconstructions: {share:.0%}")
