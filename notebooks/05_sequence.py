# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # In which order: immunotherapy before, with or after chemoradiotherapy?
#
# RECONSTRUCTED data (`escc79`). Three groups, few patients in each: overall and pairwise tests, shrunken hazard
# ratios, and how probable it is that each order is the best.

# %%
import numpy as np

import escc_bayes as eb

cohort = eb.example_cohort("escc79")
tables = eb.baselines(cohort, "os", level=0.95).tables
for row in tables["logrank"]:
    if row["term"] == "sequence":
        print(f"{row['comparison']}: chi-squared {row['chi2']:.2f}, P {row['p_value']:.3f}, Holm {row['p_holm']:.3f}")

# %% [markdown]
# The model shrinks the three towards one another, by as much as the data allow. Draws of the posterior are orders of
# the groups: count in how many each comes first.

# %%
posterior = eb.fit(eb.load_spec("os_piecewise"), cohort, seed=1, engine="laplace")
levels = cohort.covariate("sequence").schema.levels
reference = levels[0]
log_hr = np.column_stack(
    [np.zeros(posterior.draws(eb.HazardRatio("sequence", levels[1], versus=reference)).size)]
    + [posterior.draws(eb.HazardRatio("sequence", level, versus=reference)) for level in levels[1:]]
)
best = np.bincount(log_hr.argmin(axis=1), minlength=len(levels)) / len(log_hr)
for level, share in zip(levels, best, strict=True):
    print(f"P({level} has the lowest hazard | data) = {share:.2f}")

# %% [markdown]
# Whoever was to have immunotherapy after chemoradiotherapy had to live until then. A rule of inclusion, such as so
# many cycles received, guarantees months of life, and makes hazard ratios by itself: here cohorts without any effect.

# %%
rules = eb.GuaranteeRules(dict.fromkeys(levels, 4.0), interval=0.7, lead={"crt_after_ici": 0.0, reference: 1.5})
for row in eb.guarantee_time(cohort, "os", "sequence", rules, simulations=200, seed=1):
    limits = f"{row['lower']:.2f} to {row['upper']:.2f}"
    print(f"{row['contrast']}: {row['guaranteed']:.1f} months guaranteed, HR without effect {row['hr']:.2f} ({limits})")
