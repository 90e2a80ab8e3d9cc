# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # What was published, and does its arithmetic hold?
#
# RECONSTRUCTED data come in the next notebook; here there is print alone: the numbers of two papers on oesophageal
# squamous cell carcinoma, every digit as printed, each with the sentence that carries it.

# %%
import escc_bayes as eb

study = eb.read_study("seed1_scirep2025")
print(study.citation)
print(f"{len(study.estimates)} estimates, {len(study.survivals)} curves, {len(study.numbers)} other numbers")

# %% [markdown]
# A printed hazard ratio keeps its digits, since they say how exactly it is known, and says whose hazard it is.

# %%
ratios = [e for e in study.estimates if e.measure == "HR" and e.value is not None]
for e in ratios[:6]:
    print(f"{e.endpoint}  {e.hazard_of} over {e.versus}: {e.value}, P {e.p}")

# %% [markdown]
# The audit compares the numbers with one another. What no data can have is called impossible, what few honest papers
# would show very unlikely, and every finding carries its arithmetic, to be checked by hand.

# %%
findings = eb.audit(study)
severities = [f.severity for f in findings]
print({word: severities.count(word) for word in dict.fromkeys(severities)})
for finding in findings[:3]:
    print(f"\n{finding.severity}: {finding.statement}\n  {finding.arithmetic}")

# %% [markdown]
# The second paper is known by a summary alone. Few numbers are printed, and they still can be compared: medians that
# lie far apart beside a hazard ratio whose P value is large.

# %%
second = eb.read_study("seed2_cui2025")
for curve in second.survivals:
    print(f"{curve.endpoint}, {curve.arm}: median {curve.median or 'not reached'}")
for finding in eb.audit(second):
    print(f"{finding.severity}: {finding.statement}")

# %% [markdown]
# How convincing is one printed ratio, given its interval? The sceptic whom it does not convince, and what unmeasured
# confounding would explain it, come from `escc-bayes sensitivity --hr HR --lower L --upper U`.
