"""The factors of the paper as its tests and models have them.

The paper states few of its codings; these are those under which the reconstructions give back its statistics
(``models/reconstructions/seed1_scirep2025.toml``).
"""

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.study.coded import Coded
from escc_bayes.study.subject import Subject

# In the paper's own order: demographic factors, disease, treatment, course.
FACTORS = (
    *("sex", "age", "ecog", "stage", "coverage", "sequence", "ici_cycles", "response"),
    *("alc_baseline", "alc_mid", "alc_post"),
)
EFFECTS = {"coverage": "rt_coverage"}
CONCURRENT = re.compile(r"concurrent|同步|同期|同时", re.IGNORECASE)
# Cuts of lymphocyte counts, 10^9 per litre: high above 1, low below 0.5.
LOW, HIGH = 0.5, 1.0
# Between the levels of one group.
OR = " or "


def coded_factors(subject: Subject) -> tuple[Coded, ...]:
    """Return every factor that the cohort has, as the paper codes it."""
    return tuple(found for role in FACTORS if subject.has(role) and (found := coded(subject, role)) is not None)


def uncoded(subject: Subject) -> tuple[str, ...]:
    """Say which factors are there but cannot be coded as the paper does."""
    done = {factor.role for factor in coded_factors(subject)}
    left = [role for role in FACTORS if subject.has(role) and role not in done]
    return tuple(
        f"Left out: {subject.words(role)}; its levels cannot be put into the groups of the paper, or one of these is "
        "empty."
        for role in left
    )


def coded(subject: Subject, role: str) -> Coded | None:
    """Return a factor in the groups of the paper; None where its levels do not make these groups."""
    data = subject.columns(role)
    found = classes_of(role)(data)
    if found is None:
        return None
    groups, values = found
    known = max(float(d.known_at.max()) for d in data)
    labels = {group: group_read(group, data[0].schema) for group in groups}
    factor = Coded(EFFECTS.get(role, role), role, subject.label(role), groups, tuple(values), known, labels=labels)
    return factor if factor.complete and len(groups) > 1 else None


def group_read(group: str, schema: CovariateSchema) -> str:
    """Return a level, or levels joined, as people read them."""
    return schema.labels.get(group) or OR.join(map(schema.read_as, group.split(OR)))


type Classes = tuple[tuple[str, ...], Sequence[FloatArray]] | None


def classes_of(role: str) -> Callable[[Sequence[CovariateData]], Classes]:
    """Return what puts a factor into groups."""
    if role == "response":
        return responses
    if role == "sequence":
        return concurrent
    if role in ("stage", "ecog"):
        return last_against_rest
    if role in ("alc_mid", "alc_post"):
        return lymphocytes
    if role == "alc_baseline":
        return reduced
    return cut_at_median if role in ("age", "ici_cycles") else levels


def levels(data: Sequence[CovariateData]) -> Classes:
    """Return two levels as they are; None of a number, or of more."""
    found = data[0].schema.levels
    return (found, [d.values for d in data]) if len(found) == 2 else None


def last_against_rest(data: Sequence[CovariateData]) -> Classes:
    """Return the last level against all others."""
    found = data[0].schema.levels
    if len(found) < 2:
        return None
    return (OR.join(found[:-1]), found[-1]), [of(d, lambda v: v == len(found) - 1) for d in data]


def cut_at_median(data: Sequence[CovariateData]) -> Classes:
    """Return a number below its median, and from it on; the median of the first member for all."""
    if data[0].schema.categorical:
        return levels(data)
    middle = float(np.nanmedian(data[0].values))
    return (f"below {middle:g}", f"{middle:g} or more"), [of(d, lambda v: v >= middle) for d in data]


def responses(data: Sequence[CovariateData]) -> Classes:
    """Return SD or PD against CR or PR."""
    found = data[0].schema.levels
    if not {"CR", "PR", "SD", "PD"} <= set(found):
        return None
    failed = [found.index("SD"), found.index("PD")]
    return ("CR or PR", "SD or PD"), [of(d, lambda v: np.isin(v, failed)) for d in data]


def concurrent(data: Sequence[CovariateData]) -> Classes:
    """Return the concurrent group against the others."""
    found = [place for place, level in enumerate(data[0].schema.levels) if CONCURRENT.search(level)]
    return (("sequential", "concurrent"), [of(d, lambda v: v == found[0]) for d in data]) if found else None


def lymphocytes(data: Sequence[CovariateData]) -> Classes:
    """Return high, medium and low counts; classes as they are, numbers cut at 1.0 and 0.5."""
    if data[0].schema.categorical:
        return data[0].schema.levels, [d.values for d in data]
    return ("high", "medium", "low"), [of(d, lambda v: (v <= HIGH).astype(float) + (v < LOW)) for d in data]


def reduced(data: Sequence[CovariateData]) -> Classes:
    """Return medium or low counts against high."""
    found = lymphocytes(data)
    if found is None or len(found[0]) < 2:
        return None
    groups, values = found
    return (groups[0], OR.join(groups[1:])), [np.where(np.isnan(v), np.nan, np.minimum(v, 1.0)) for v in values]


def of(data: CovariateData, coded: Callable[[FloatArray], FloatArray | BoolArray]) -> FloatArray:
    """Return codes of the values, NaN where there is none."""
    return np.where(data.missing, np.nan, np.asarray(coded(data.values), dtype=np.float64))


def at_once(factors: Sequence[Coded]) -> Iterator[str]:
    """Yield the labels of factors known only after treatment began."""
    yield from (factor.label for factor in factors if factor.known_at > 0.0)
