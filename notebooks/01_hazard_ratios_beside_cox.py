# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # What is the hazard ratio, and why does Cox say something else?
#
# RECONSTRUCTED data: the bundled cohort `escc79`, 79 patients that give back one paper's print.
# One question, every method's answer, and the steps between them.

# %%
import escc_bayes as eb
from escc_bayes.sensitivity.attribution import attribute

cohort = eb.example_cohort("escc79")
print(cohort)

# %% [markdown]
# The model: overall survival from a landmark at 3 months, because the lymphocyte count after treatment is known at
# 2.5 months. What does its prior say, before any outcome is seen?

# %%
spec = eb.load_spec("os_weibull")
print(eb.prior_check(spec, cohort, seed=1))

# %%
posterior = eb.fit(spec, cohort, seed=1)
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
# Stage and coverage are nearly one variable (23 of 29 stage IV patients had RPL), so Cox's interval for coverage is
# very wide and the prior matters. The attribution says by how much.

# %%
for step in attribute(posterior, classical, cohort):
    if step.term == "coverage":
        way = f"{step.step:<20} {step.before:>24} -> {step.after:<24}"
        print(f"{way} log HR {step.log_hr_before:5.2f} -> {step.log_hr_after:5.2f}")
