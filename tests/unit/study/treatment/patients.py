"""SIMULATED patients of a hospital: radiotherapy that starts, what it depended on, location, grades of pneumonitis."""

import numpy as np
import pandas as pd

SCHEMA = """schema = 1
name = "hospital"
id = "编号"
[endpoints.os]
time = "os_months"
event = "os_event"
label = "Overall survival"
[endpoints.pfs]
time = "pfs_months"
event = "pfs_event"
not_after = "os"
label = "Progression-free survival"
[covariates."放疗"]
kind = "binary"
levels = ["否", "是"]
label = "Radiotherapy"
{start}
[covariates.ecog]
kind = "ordered"
levels = ["0", "1", "2"]
[covariates.age]
kind = "continuous"
center = 60.0
scale = 10.0
[covariates."部位"]
kind = "nominal"
levels = ["胸中段", "胸下段", "颈段"]
label = "Location"
[covariates."放射性肺炎"]
kind = "ordered"
levels = ["0", "1", "2", "3"]
label = "Pneumonitis, grade"
"""
STARTS = 'starts_at = "start_months"'


def frame(n=140, seed=7):
    """A table with one row for each patient: those who fare better and live longer start radiotherapy more often."""
    rng = np.random.default_rng(seed)
    ecog, age = rng.choice(3, n, p=[0.4, 0.4, 0.2]), rng.normal(62.0, 8.0, n).round()
    place = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    latent = rng.exponential(1.0, n) / (0.035 * np.exp(0.4 * ecog + 0.3 * (place == 2)))
    lost, start = rng.uniform(14.0, 60.0, n), rng.uniform(2.0, 5.0, n).round(1)
    wants = rng.random(n) < 1.0 / (1.0 + np.exp(-0.6 + 0.8 * ecog))
    treated = wants & (start < np.minimum(latent, lost))
    latent = np.where(treated, start + (latent - start) / 0.7, latent)
    months = np.minimum(latent, lost).round(2) + 0.05
    progression = (latent * rng.uniform(0.3, 1.0, n)).round(2) + 0.04
    seen = np.minimum(progression, months)
    grade = np.where(treated, rng.choice(3, n, p=[0.5, 0.35, 0.15]), rng.choice(2, n, p=[0.95, 0.05]))
    return pd.DataFrame(
        {
            "编号": [f"S{i:03d}" for i in range(n)],
            "os_months": months,
            "os_event": (latent <= lost).astype(int),
            "pfs_months": seen,
            "pfs_event": ((progression <= months) | (latent <= lost)).astype(int),
            "放疗": np.where(treated, "是", "否"),
            "start_months": np.where(treated, start, np.nan),
            "ecog": ecog,
            "age": age,
            "部位": np.array(["胸中段", "胸下段", "颈段"])[place],
            "放射性肺炎": grade,
        }
    )
