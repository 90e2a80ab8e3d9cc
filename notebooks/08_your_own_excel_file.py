# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # From the hospital's Excel file to tables in Word
#
# SIMULATED data: patients made below, in a file such as hospitals keep: Chinese headers, codes, two dates for each
# endpoint, a lymphocyte count in two units, `/` and `9999` for missing values.

# %%
import datetime
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import escc_bayes as eb
from escc_bayes.spec.draft.draft import draft

folder = Path(tempfile.mkdtemp(prefix="hospital-"))
rng = np.random.default_rng(79)
n = 120
stage = rng.choice([1, 2, 3], n, p=[0.3, 0.4, 0.3])
alc = np.round(rng.lognormal(0.0, 0.4, n), 2)
death = rng.exponential(30.0 / np.exp(0.35 * (stage - 2) - 0.5 * np.log(alc)))
followed = rng.uniform(8.0, 60.0, n)
progression = death * rng.uniform(0.4, 1.0, n)
start = [datetime.date(2019, 3, 1) + datetime.timedelta(days=int(day)) for day in rng.integers(0, 900, n)]


def on(months):
    """Return the day that so many months after the start of treatment is."""
    return [day + datetime.timedelta(days=round(float(m) * 30.4375)) for day, m in zip(start, months, strict=True)]


cells = alc.astype(object)
in_cells = rng.random(n) < 0.25  # these were written in cells per microlitre
cells[in_cells] = (1000 * alc[in_cells]).round().astype(int)
cells[[3, 50]], cells[77] = "/", 9999

hospital = pd.DataFrame(
    {
        "编号": [f"S{i:03}" for i in range(n)],
        "性别": rng.choice([1, 2], n, p=[0.8, 0.2]),
        "年龄": rng.integers(45, 82, n),
        "临床分期": stage,
        "治疗前淋巴细胞": cells,
        "开始治疗日期": start,
        "进展或末次随访日期": on(np.minimum(progression, followed)),
        "PFS结局": np.where(progression <= followed, 1, 0),
        "末次随访日期": on(np.minimum(death, followed)),
        "是否死亡": (death <= followed).astype(int),
    }
)
hospital.to_excel(folder / "hospital.xlsx", index=False)

# %% [markdown]
# What do the columns seem to be? A draft guesses, with a reason for each guess, and asks where a person must decide.
# On the command line: `escc-bayes draft hospital.xlsx`.

# %%
drafted = draft(folder / "hospital.xlsx")
pd.DataFrame([{"column": r.column, "read as": r.read_as, "holds": r.holds, "check": r.check} for r in drafted.rows])

# %%
for question in drafted.questions:
    print(question)

# %% [markdown]
# The decisions, in an editor or here: what the codes mean, and that large counts are cells per microlitre. Where
# "CHECK" stands as a value, nothing is read before it is decided.

# %%
schema = drafted.schema.replace('multiply = "CHECK"', "multiply = { above = 40, by = 0.001 }")
schema = schema.replace(
    'levels = ["1", "2", "3"]', 'levels = ["II", "III", "IV"]\ncodes = { 1 = "II", 2 = "III", 3 = "IV" }'
)
schema = schema.replace('levels = ["1", "2"]', 'levels = ["men", "women"]\ncodes = { 1 = "men", 2 = "women" }')
schema = schema.replace('label = "临床分期"', 'label = "Clinical stage"').replace('label = "性别"', 'label = "Sex"')
schema = schema.replace('label = "年龄"', 'label = "Age, years"')
schema = schema.replace('label = "治疗前淋巴细胞"', 'label = "Lymphocytes before treatment"\nunit = "10^9/L"')
(folder / "hospital.toml").write_text(schema, encoding="utf-8")

cohort = eb.read_cohort(folder / "hospital.xlsx", folder / "hospital.toml", provenance="simulated")
cohort

# %% [markdown]
# Kaplan-Meier by stage, on axes of our own; then a model from a formula, which prints as a file with its priors
# stated.

# %%
eb.plot.km(cohort, "os", by="stage")

# %%
spec = eb.model("os ~ stage + alc_before + age", cohort)
print(spec)

# %% [markdown]
# The report: `report.html` opens with the answer; `tables.docx` holds characteristics, hazard ratios and survival for
# a paper.

# %%
page = eb.report(cohort, [spec], folder / "report", seed=1)
sorted(path.name for path in page.parent.glob("*.docx"))

# %% [markdown]
# The same numbers as a table, and what Word shows.

# %%
from docx import Document

tables = Document(str(page.parent / "tables.docx")).tables
pd.DataFrame([[cell.text for cell in row.cells] for row in tables[1].rows])
