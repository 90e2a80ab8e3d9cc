"""A SIMULATED cohort as a hospital would have it: CSV files, schemas, a life table and another study's arm.

One set of patients has what every structure asks of a cohort; an ensemble has their outcomes drawn three times.
"""

from pathlib import Path

import numpy as np
import pandas as pd

N, END, VISITS = 96, 40.0, 2.0
STAGES, CENTRES, SITES = ("II", "III", "IV"), ("c1", "c2", "c3", "c4"), ("upper", "middle", "lower")
SCHEMA = """schema = 1
name = "own"
id = "id"
{top}
[endpoints.os]
time = "os_months"
event = "os_event"
label = "Overall survival"
{os}
[endpoints.pfs]
time = "pfs_months"
event = "pfs_event"
not_after = "os"
label = "Progression-free survival"
"""
# What a schema says of each covariate; it has those that its model names.
COVARIATES = {
    "arm": """kind = "binary"
levels = ["old", "new"]
label = "Treatment"
""",
    "stage": """kind = "ordered"
levels = ["II", "III", "IV"]
label = "Stage"
""",
    "site": """kind = "nominal"
levels = ["upper", "middle", "lower"]
label = "Site"
""",
    "centre": """kind = "nominal"
levels = ["c1", "c2", "c3", "c4"]
label = "Centre"
""",
    "age": """kind = "continuous"
center = 64.0
scale = 10.0
unit = "years"
label = "Age"
""",
    "sex": """kind = "binary"
levels = ["male", "female"]
label = "Sex"
""",
    "year": """kind = "continuous"
center = 2010.0
label = "Year"
""",
    "ldh": """kind = "continuous"
center = 220.0
scale = 50.0
unit = "U/L"
label = "LDH"
""",
    "ratio": """kind = "continuous"
center = 2.0
label = "NLR"
""",
    "grade": """kind = "ordered"
levels = ["low", "high"]
label = "Grade"
""",
    "albumin": """kind = "continuous"
center = 38.0
scale = 5.0
unit = "g/L"
label = "Albumin"
""",
    "response": """kind = "binary"
levels = ["no", "yes"]
known_at = 3.0
label = "Response"
""",
    "where": """kind = "nominal"
levels = ["none", "local", "distant"]
label = "First failure"
""",
    "alc_before": """kind = "ordered"
levels = ["high", "low"]
label = "ALC class before"
""",
    "alc_during": """kind = "ordered"
levels = ["high", "low"]
label = "ALC class at the start"
""",
    "consolidation": """kind = "binary"
levels = ["no", "yes"]
starts_at = "wait"
label = "Consolidation"
""",
    "alc": """kind = "continuous"
measured = [["alc_0", 0.0], ["alc_1", 1.0], ["alc_2", 2.5]]
center = 1.0
unit = "10^9/L"
label = "ALC"
""",
}
INTERVALS = """
[endpoints.progression]
left = "last_without"
right = "first_with"
label = "Time to progression"
"""
# What a schema says beside that: the kinds that entries of the table ask for.
SCHEMAS = {
    "plain": {},
    "intervals": {"more": INTERVALS},
    "sampling_weights": {"top": 'weight = "w"\nweight_kind = "sampling"'},
    "frequency_weights": {"top": 'weight = "count"\nweight_kind = "frequency"'},
    "strata": {"top": 'strata = "centre"'},
    "weights_and_clusters": {"top": 'weight = "w"\nweight_kind = "sampling"\ncluster = "centre"'},
    "late_entry": {"os": 'entry = "entry_months"'},
}
IN_ROWS = """schema = 1
name = "rows"
id = "id"

[endpoints.os]
start = "start"
stop = "stop"
event = "os_event"
label = "Overall survival"
"""
STUDY = """schema = 1

[endpoints.os]
time = "t"
event = "d"

[covariates.arm]
kind = "binary"
levels = ["none", "given"]
"""


def schema_text(kind: str, model: str) -> str:
    """Return the schema of a kind with the covariates that a model names, in quotes."""
    said = {"top": "", "os": "", "more": ""} | SCHEMAS.get(kind, {})
    head = IN_ROWS if kind == "rows" else SCHEMA.format(**said) + said["more"]
    named = [name for name in COVARIATES if f'"{name}"' in model or f'"{name}"' in said["top"]]
    return "\n".join([head, *(f"[covariates.{name}]\n{COVARIATES[name]}" for name in named)])


def covariates(rng: np.random.Generator) -> pd.DataFrame:
    """Return what is known of patients before anything happens to them."""
    alc = rng.lognormal(0.4, 0.4, N)
    return pd.DataFrame(
        {
            "id": [f"P{i:02d}" for i in range(N)],
            "arm": np.where(np.arange(N) % 2, "new", "old"),
            "stage": rng.choice(STAGES, N, p=(0.3, 0.4, 0.3)),
            "site": rng.choice(SITES, N),
            "centre": rng.choice(CENTRES, N),
            "age": rng.normal(64.0, 8.0, N).clip(42.0, 84.0).round(1),
            "sex": rng.choice(("male", "female"), N, p=(0.7, 0.3)),
            "year": rng.uniform(2002.0, 2008.0, N).round(2),
            "ldh": rng.lognormal(5.4, 0.25, N).round(0),
            "ratio": rng.lognormal(0.8, 0.5, N).round(2),
            "grade": rng.choice(("low", "high"), N),
            "albumin": rng.normal(38.0, 5.0, N).round(1),
            "alc_before": np.where(alc < 1.3, "low", "high"),
            "alc_during": np.where(alc * rng.lognormal(0.0, 0.2, N) < 1.3, "low", "high"),
            "alc_0": alc.round(2),
            "w": rng.uniform(0.5, 2.0, N).round(3),
            "count": rng.choice((1, 2), N, p=(0.8, 0.2)),
        }
    )


def with_gaps(known: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the same with one value in eight of grade and albumin missing, at random."""
    lost = {name: rng.random(N) < 0.125 for name in ("grade", "albumin")}
    return known.assign(**{name: known[name].mask(where, None) for name, where in lost.items()})


def outcomes(known: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return progression and death: an illness-death law in which stage, treatment and LDH matter."""
    higher = 0.5 * known["stage"].map({"II": 0, "III": 1, "IV": 2}) - 0.6 * (known["arm"] == "new")
    higher += 0.3 * (known["ldh"] - 220.0) / 50.0
    never = rng.random(N) < 0.15
    progressed = np.where(never, np.inf, rng.exponential(1.0 / (0.05 * np.exp(higher))))
    died = rng.exponential(1.0 / (0.012 * np.exp(0.3 * higher)))
    after = rng.exponential(1.0 / (0.09 * np.exp(0.3 * higher)))
    death = np.where(progressed < died, progressed + after, died)
    end = rng.uniform(18.0, END, N)
    os, pfs = np.minimum(death, end), np.minimum(np.minimum(progressed, death), end)
    os_event, pfs_event = death <= end, np.minimum(progressed, death) <= end
    os, pfs = os.clip(0.2).round(2), pfs.clip(0.2).round(2)
    seen = (pfs_event & (progressed < died)) & (pfs < os)
    return pd.DataFrame(
        {
            "os_months": os,
            "os_event": os_event.astype(int),
            "pfs_months": pfs,
            "pfs_event": pfs_event.astype(int),
            "where": np.where(pfs_event, np.where(rng.random(N) < 0.45, "local", "distant"), "none"),
            "response": np.where(os > 3.0, np.where(rng.random(N) < 0.5, "yes", "no"), None),
            "last_without": np.where(seen, np.floor(pfs / VISITS) * VISITS, pfs),
            "first_with": np.where(seen, np.floor(pfs / VISITS) * VISITS + VISITS, np.where(pfs_event, pfs, np.nan)),
            "entry_months": np.where(np.arange(N) % 4 == 0, (0.3 * os).round(2), 0.0),
        }
    )


def later(known: pd.DataFrame, found: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what became known afterwards: consolidation of those who lived to have it, two further counts."""
    wait = rng.uniform(2.0, 8.0, N).round(2)
    given = (rng.random(N) < 0.5) & (wait < found["os_months"])
    counts = {
        f"alc_{k}": np.where(
            found["os_months"] > month, (known["alc_0"] * 0.75**k * rng.lognormal(0.0, 0.2, N)).round(2), np.nan
        )
        for k, month in ((1, 1.0), (2, 2.5))
    }
    return pd.DataFrame(
        {"consolidation": np.where(given, "yes", "no"), "wait": np.where(given, wait, np.nan), **counts}
    )


def patients(draw: int = 0) -> pd.DataFrame:
    """Return the cohort with one draw of its outcomes."""
    known = with_gaps(covariates(np.random.default_rng(40)), np.random.default_rng(41))
    rng = np.random.default_rng((42, draw))
    found = outcomes(known, rng)
    return pd.concat([known, found, later(known, found, rng)], axis=1)


def start_stop(whole: pd.DataFrame) -> pd.DataFrame:
    """Return the same patients in rows, with LDH measured again at month 6."""
    parts = []
    for place, (_, row) in enumerate(whole.iterrows()):
        edges = [0.0, 6.0, row["os_months"]] if row["os_months"] > 6.0 else [0.0, row["os_months"]]
        for k in range(len(edges) - 1):
            last = k == len(edges) - 2
            ldh = row["ldh"] * (1.0 + 0.02 * (place % 9)) if k else row["ldh"]
            parts.append(
                {
                    **{name: row[name] for name in ("id", "arm", "stage")},
                    "ldh": round(ldh, 1),
                    "start": edges[k],
                    "stop": edges[k + 1],
                    "os_event": row["os_event"] if last else 0,
                }
            )
    return pd.DataFrame(parts)


def life_table() -> pd.DataFrame:
    """Return rates of a population by age and sex: Gompertz, doubling every 8 years."""
    ages = np.arange(40, 100)
    return pd.DataFrame(
        [
            {"age": age, "sex": sex, "year": year, "rate": round(base * 2 ** ((age - 65) / 8), 6)}
            for age in ages
            for sex, base in (("male", 0.016), ("female", 0.009))
            for year in range(2000, 2014)
        ]
    )


def other_study() -> pd.DataFrame:
    """Return sixty patients of another study, half of them given something."""
    rng = np.random.default_rng(43)
    time, end = rng.exponential(26.0, 60), rng.uniform(24.0, 60.0, 60)
    return pd.DataFrame(
        {
            "t": np.minimum(time, end).round(2),
            "d": (time <= end).astype(int),
            "arm": np.where(np.arange(60) % 2, "given", "none"),
            "provenance": "simulated",
        }
    )


def write_patients(folder: Path) -> None:
    """Write everything that the rows of the table name into a folder."""
    patients().assign(provenance="simulated").to_csv(folder / "own.csv", index=False)
    start_stop(patients()).assign(provenance="simulated").to_csv(folder / "rows.csv", index=False)
    drawn = [patients(k).assign(member=k, provenance="reconstructed") for k in (1, 2, 3)]
    pd.concat(drawn).to_csv(folder / "members.csv", index=False)
    in_rows = [start_stop(patients(k)).assign(member=k, provenance="reconstructed") for k in (1, 2, 3)]
    pd.concat(in_rows).to_csv(folder / "rows_members.csv", index=False)
    life_table().to_csv(folder / "life_table.csv", index=False)
    other_study().to_csv(folder / "study.csv", index=False)
    (folder / "study.toml").write_text(STUDY)
