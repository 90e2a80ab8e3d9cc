"""Published hazard ratios with 95 % limits, copied by hand from the study files; used by the pooling tests."""

import numpy as np

from escc_bayes.evidence.pooling.published_effect import PublishedEffect, log_hr_from_interval

RT_ADDED = (
    ("liuq2025_ivb_nodal", "china20_ict_registry", 0.51, 0.37, 0.71),  # OS, matched
    ("liu_polymet", "china20_ict_registry", 0.80, 0.55, 1.15),  # OS, matched, preferred
    ("soescc102", "soescc102", 0.580, 0.307, 1.095),  # OS, matched and adjusted
)
ALC_LOW = (
    ("dai2022_meta", "meta_lymphopenia_overlapping", 1.50, 1.29, 1.75),  # OS, eight studies pooled
    ("zhaoq2022_alc", "soochow105", 1.771, 1.051, 2.985),  # OS, baseline of ICI
)
ICI_ADDED = (
    ("astrum007", "astrum007", 0.70, 0.57, 0.86),  # OS, final cut
    ("checkmate648", "checkmate648", 0.74, 0.61, 0.89),  # OS, nivolumab and chemotherapy
    ("escort1st", "escort1st", 0.70, 0.58, 0.84),  # OS, final cut
    ("jupiter06", "jupiter06", 0.58, 0.43, 0.78),  # OS
    ("keynote590", "keynote590", 0.72, 0.60, 0.88),  # OS, squamous-cell subgroup
    ("orient15", "orient15", 0.63, 0.51, 0.78),  # OS
    ("rationale306", "rationale306", 0.70, 0.59, 0.83),  # OS, long-term follow-up
    ("skyscraper08", "skyscraper08", 0.70, 0.55, 0.88),  # OS
)
# Not published: heterogeneous by construction, so that tau is far from zero.
SPREAD = tuple(
    (f"made_up_{i}", f"made_up_{i}", *ratio)
    for i, ratio in enumerate(
        ((0.30, 0.20, 0.45), (1.20, 0.90, 1.60), (0.75, 0.40, 1.41), (2.10, 1.50, 2.94), (0.60, 0.55, 0.65))
    )
)
POOLS = {"rt_added": RT_ADDED, "alc_low": ALC_LOW, "ici_added": ICI_ADDED, "spread": SPREAD}


def arrays(name):
    """Log hazard ratios and standard errors of one pool."""
    pairs = [log_hr_from_interval(*row[2:], ci_level=0.95) for row in POOLS[name]]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def effects(name, design="retrospective", biases=()):
    """The same as published effects."""
    return [
        PublishedEffect(study, *log_hr_from_interval(*ratio, ci_level=0.95), design, group, biases)
        for study, group, *ratio in POOLS[name]
    ]
