# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # A marker that is known late, analysed as if known at time zero
#
# RECONSTRUCTED data (`escc79`). The lymphocyte count after treatment is known at 2.5 months. A specification that uses
# it without a landmark is refused; `time_zero = "naive"` does what many papers did, and every output says so.

# %%
import tomllib

import escc_bayes as eb
from escc_bayes.data.shipped import models_folder
from escc_bayes.spec.reading import spec_from

cohort = eb.example_cohort("escc79")
raw = tomllib.loads((models_folder() / "os_weibull.toml").read_text())
raw.pop("schema")

# %%
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
# Both are the same number here: nobody of this cohort ends follow-up before 3 months. Where patients do, they could not
# show the marker, and the naive ratio compares the others with them; `escc-bayes time-zero` shows what that is worth.
