# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Radiation coverage and stage: what is the hazard ratio, and why does Cox say something else?
#
# RECONSTRUCTED data: the bundled cohort `escc79`, patients that give back one paper's print. One question, every
# method's answer, and the steps between them.

# %%
import numpy as np

import escc_bayes as eb
from escc_bayes.sensitivity.attribution import attribute

cohort = eb.example_cohort("escc79")
print(cohort)

# %% [markdown]
# Stage and coverage are nearly one variable: count who has which.

# %%
stage, coverage = cohort.covariate("stage"), cohort.covariate("coverage")
for code, level in enumerate(stage.schema.levels):
    inside = stage.values == code
    counts = {word: int((inside & (coverage.values == k)).sum()) for k, word in enumerate(coverage.schema.levels)}
    print(f"stage {level}: {counts}")

# %% [markdown]
# The model: overall survival from a landmark, because the lymphocyte count after treatment is known late. What does
# its prior say, before any outcome is seen?

# %%
spec = eb.load_spec("os_weibull")
print(eb.prior_check(spec, cohort, seed=1))

# %%
posterior = eb.fit(spec, cohort, seed=1, draws=1000)
classical = eb.fit_classical(spec, cohort)
assert posterior.diagnostics.fit_for_use, posterior.diagnostics.verdict

# %%
asked = [
    eb.HazardRatio("coverage", "RPL", versus="RAL"),
    eb.HazardRatio("alc_mid", "low", versus="high"),
    eb.SurvivalAt(24.0),
    eb.MedianSurvival("stage", "IV"),
]
both = eb.compare(asked, posterior, classical, level=0.95)
print(both)

# %% [markdown]
# Where two covariates are nearly one, Cox's interval is very wide and the prior matters. The attribution says by how
# much.

# %%
for step in attribute(posterior, classical, cohort):
    if step.term == "coverage":
        way = f"{step.step:<20} {step.before:>24} -> {step.after:<24}"
        print(f"{way} log HR {step.log_hr_before:5.2f} -> {step.log_hr_after:5.2f}")

# %% [markdown]
# Within a stage, coverage can be compared without stage: a model whose effect of coverage differs between stages, and
# what survival would be if everybody had the one or the other (standardised over the cohort).

# %%
within = eb.fit(eb.load_spec("coverage_within_stage"), cohort, seed=1, engine="laplace")
for e in within.hazard_ratios(level=0.95):
    if e.term == "coverage":
        print(f"{e.contrast}: {e.value:.2f} ({e.lower:.2f} to {e.upper:.2f})")
for level in coverage.schema.levels:
    survival = np.asarray(posterior.draws(eb.SurvivalAt(24.0, "coverage", level)))
    print(f"everybody {level}: survival {survival.mean():.2f} (SD {survival.std():.2f})")
