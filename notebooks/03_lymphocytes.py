# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lymphocytes: a marker that is known late
#
# RECONSTRUCTED data (`escc79`). The lymphocyte count after treatment is known months after time zero. A specification
# that uses it without a landmark is refused; `time_zero = "naive"` does what many papers did, and every output says
# so.

# %%
import tomllib

import escc_bayes as eb
from escc_bayes.data.shipped import models_folder
from escc_bayes.spec.reading import spec_from

cohort = eb.example_cohort("escc79")
for name in ("alc_baseline", "alc_mid", "alc_post"):
    data = cohort.covariate(name)
    known = data.schema.known_at or 0.0
    counts = [int((data.values == code).sum()) for code in range(len(data.schema.levels))]
    print(f"{name}: known at {known:g} months; {dict(zip(data.schema.levels, counts, strict=True))}")

# %%
raw = tomllib.loads((models_folder() / "os_weibull.toml").read_text())
raw.pop("schema")
raw["outcome"] = {"endpoint": "os"}
try:
    eb.fit_classical(spec_from(raw, "os_weibull without a landmark"), cohort)
except eb.InputError as error:
    print(error)

# %%
raw["outcome"] = {"endpoint": "os", "time_zero": "naive"}
naive = eb.fit_classical(spec_from(raw, "naive"), cohort)
proper = eb.fit_classical(eb.load_spec("os_weibull"), cohort)
for fitted in (naive, proper):
    print(fitted.plan.rows.sentence())
    print(fitted.estimate(eb.HazardRatio("alc_post", "low"), level=0.95)[0])

# %% [markdown]
# Both are the same number here: nobody of this cohort ends follow-up before the landmark. Where patients do, they
# could not show the marker, and the naive ratio compares the others with them. Every analysis side by side, with the
# cohort's own numbers of patients:

# %%
found = eb.time_zero(cohort, "os", "alc_post", landmarks=[3.0], seed=1)
for row in found.rows:
    if row["method"] == "cox":
        limits = f"{row['lower']:.2f} to {row['upper']:.2f}"
        print(f"{row['analysis']}, {row['contrast']}: HR {row['hr']:.2f} ({limits}), {row['n']} patients")

# %% [markdown]
# Three measurements of one marker tell about one another. The model pools their effects, as far as they agree.

# %%
posterior = eb.fit(eb.load_spec("os_weibull"), cohort, seed=1, engine="laplace")
for name in ("alc_baseline", "alc_mid", "alc_post"):
    e = posterior.estimate(eb.HazardRatio(name, "low", versus="high"), level=0.95)
    print(f"{name}, low over high: HR {e.value:.2f} ({e.lower:.2f} to {e.upper:.2f})")
