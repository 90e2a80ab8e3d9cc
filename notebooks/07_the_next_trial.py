# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The next trial, from the posterior to the design
#
# RECONSTRUCTED data (`cui156`) and print: what is believed of consolidative radiotherapy, and how large a trial has
# to be.

# %%
import math
import tempfile
import tomllib
from pathlib import Path

import escc_bayes as eb
from escc_bayes.data.shipped import models_folder

cohort = eb.example_cohort("cui156")
posterior = eb.fit(eb.load_spec("cui_os_piecewise"), cohort, seed=1, engine="laplace")
draws = posterior.draws(eb.HazardRatio("radiotherapy", "thoracic", versus="none"))
mean, sd = float(draws.mean()), float(draws.std())
print(f"log hazard ratio {mean:.2f}, SD {sd:.2f}; P(HR < 1 | data) = {(draws < 0).mean():.2f}")

# %% [markdown]
# The bundled design plans for the printed hazard ratio. Its design prior is what is believed; here that of the
# posterior above. Power is what a trial has if the printed ratio is true, assurance what it has if nobody knows.

# %%
text = (models_folder() / "designs" / "rt_consolidation.toml").read_text(encoding="utf-8")
printed = tomllib.loads(text)["design_prior"]["log_hr"]
print(f"bundled design prior: {printed}")
lines = text.splitlines()
place = lines.index("[design_prior]")
lines[place + 1] = f"log_hr = {{ normal = [{mean:.4f}, {sd:.4f}] }}"
folder = Path(tempfile.mkdtemp(prefix="trial-"))
(folder / "rt_posterior.toml").write_text("\n".join(lines), encoding="utf-8")
design = eb.load_design(folder / "rt_posterior.toml")

# %%
found = eb.operating_characteristics(design, trials=1000, seed=1)
print(found)

# %% [markdown]
# How sceptical should one be? The same trial, if radiotherapy is believed to do nothing on average.

# %%
lines[place + 1] = f"log_hr = {{ normal = [0.0, {math.log(1.8) / 1.96:.4f}] }}"
(folder / "rt_sceptic.toml").write_text("\n".join(lines), encoding="utf-8")
sceptic = eb.operating_characteristics(eb.load_design(folder / "rt_sceptic.toml"), trials=1000, seed=1)
for name, one in (("posterior", found), ("sceptic", sceptic)):
    for row in one.quantities:
        if row.quantity == "assurance":
            print(f"assurance under the {name}, {row.rule}: {row.value:.2f}")

# %% [markdown]
# A statistical plan in Word comes from `escc-bayes plan rt_consolidation --protocol`, the verdict of an interim look
# from `escc-bayes monitor`.
