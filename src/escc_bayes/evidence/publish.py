"""Print a cohort as a paper would: a study file, and the layout with which patients are reconstructed from it.

For round trips: what survives when only the printed numbers are left? Every digit beyond the print is gone.
Formats: ``data/study.py`` and ``evidence/reconstruction/layout.py``.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile, survival_at
from escc_bayes.classical.logrank import logrank, pairwise
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.recode import complete_cases
from escc_bayes.evidence.published_layout import layout_of
from escc_bayes.evidence.published_names import Factor, Pairs, cell_name, factor_of, failures_name, said, table, within
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import file_name
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.kinds import months_of
from escc_bayes.hazard.piecewise import FloatArray

LANDMARKS = (12.0, 24.0, 36.0)
LEVEL = 0.95


class Published(NamedTuple):
    """The text of a study file and of its layout."""

    study: str
    layout: str


@careful
def publish(cohort: Cohort, *, study: str, landmarks: Sequence[float] = LANDMARKS) -> Published:
    """Print the statistics of a cohort.

    For each endpoint: patients, events, median, survival at landmarks, follow-up; log-rank tests of each covariate,
    overall and pairwise; one Cox model with all covariates. Counts of levels and of each pair of covariates.

    Parameters
    ----------
    cohort : complete, with levels only: see ``complete_cases``, ``in_classes`` and ``merged`` in ``data/recode.py``.
    study : identifier of the study.
    landmarks : months; those beyond follow-up are not printed.

    Returns
    -------
    Published; ``read_study`` reads the first text, the reconstruction the second.

    Raises
    ------
    CohortError : numbers without classes, missing values, delayed entry, weights, or a level without events.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> from escc_bayes.data.recode import in_classes
    >>> larynx = in_classes(example_cohort("larynx"), "age", [65.0], new="age_class")
    >>> [line for line in publish(larynx, study="larynx_print").study.splitlines() if line.startswith("chi2")][0]
    'chi2 = 22.763'
    """
    landmarks = months_of(landmarks, "publish", "landmarks") if len(landmarks) else ()
    refuse_unprintable(cohort)
    file_name(study, "study")
    factors = tuple(factor_of(name, data) for name, data in cohort.covariates.items())
    blocks = [
        head_of(cohort, study),
        *(table("survival", curve(name, data, landmarks)) for name, data in cohort.endpoints.items()),
        *(
            table("estimate", pairs)
            for name, data in cohort.endpoints.items()
            for pairs in effects(name, data, factors)
        ),
        *(table("number", pairs) for pairs in counts(cohort, factors)),
    ]
    return Published("\n\n".join(blocks) + "\n", layout_of(cohort, study, factors))


def refuse_unprintable(cohort: Cohort) -> None:
    """Raise for what a paper's tables cannot hold."""
    cohort.refuse_several_rows("what a paper prints of a cohort")
    for name in cohort.endpoints:
        cohort.refuse_interval_censored(name, "what a paper prints of a cohort")
    numeric = [name for name, data in cohort.covariates.items() if not data.schema.categorical]
    if numeric:
        raise CohortError(
            f"{cohort.source}: covariate '{numeric[0]}' is a number; papers print classes: use in_classes(cohort, "
            f"'{numeric[0]}', cuts, new='{numeric[0]}_class')"
        )
    whole = complete_cases(cohort, endpoints=tuple(cohort.endpoints), covariates=tuple(cohort.covariates))
    if len(whole) < len(cohort):
        raise CohortError(
            f"{cohort.source}: {len(cohort) - len(whole)} of {len(cohort)} patients lack an endpoint or a covariate; "
            "use complete_cases(cohort, endpoints=..., covariates=...)"
        )
    if (cohort.weight != 1.0).any() or any((data.entry > 0.0).any() for data in cohort.endpoints.values()):
        raise CohortError(f"{cohort.source}: delayed entry and case weights cannot be printed here; leave them out")


def printed_p(p: float) -> tuple[tuple[str, str], str]:
    """Return the entry of a P value, and its words.

    Examples
    --------
    >>> printed_p(0.0302), printed_p(0.0002)
    ((('p', '0.030'), 'P = 0.030'), (('p_text', '"<0.001"'), 'P <0.001'))
    """
    return (("p", f"{p:.3f}"), f"P = {p:.3f}") if p >= 0.001 else (("p_text", said("<0.001")), "P <0.001")


def head_of(cohort: Cohort, study: str) -> str:
    """Return the lines about the study as a whole."""
    citation = f"Statistics of the {cohort.provenance} cohort {cohort.name}, printed by escc_bayes"
    pairs = (
        ("schema_version", "1"),
        ("time_unit", said("months")),
        ("id", said(study)),
        ("citation", said(citation)),
        ("design", said("one cohort, printed to be reconstructed")),
        ("n", str(len(cohort))),
        ("source", said(f"computed from {len(cohort)} rows")),
    )
    return "\n".join(f"{key} = {value}" for key, value in pairs)


def curve(name: str, data: EndpointData, landmarks: Sequence[float]) -> Pairs:
    """Return the survival entry of all patients."""
    found = kaplan_meier(data.time, data.event, level=LEVEL)
    middle, watched = quantile(found).value, follow_up(data.time, data.event, level=LEVEL).value
    at = survival_at(found, np.array(landmarks, dtype=np.float64)).survival
    reached = [(f"{month:g}", f"{s:.3f}") for month, s in zip(landmarks, at, strict=True) if np.isfinite(s)]
    rates = ", ".join(f"{s} at {month} months" for month, s in reached)
    median = "not reached" if np.isnan(middle) else f"{middle:.1f} months"
    pairs = [
        ("arm", said("whole cohort")),
        ("endpoint", said(name.upper())),
        ("n", str(data.time.size)),
        ("events", str(data.events)),
    ]
    pairs += [] if np.isnan(middle) else [("median", f"{middle:.1f}")]
    pairs += [("median_reached", "false" if np.isnan(middle) else "true")]
    pairs += [("landmarks", f"[{', '.join(f'{{ t = {month}, s = {s} }}' for month, s in reached)}]")]
    pairs += [] if np.isnan(watched) else [("followup_median", f"{watched:.1f}")]
    quote = f"{data.events} events of {name.upper()} among {data.time.size} patients; median {median}; survival {rates}"
    return [*pairs, ("quote", said(quote))]


def effects(name: str, data: EndpointData, factors: Sequence[Factor]) -> Iterator[Pairs]:
    """Yield the log-rank tests of each covariate, overall and pairwise, then the Cox model with all."""
    for factor in factors:
        whole = logrank(data.time, data.event, factor.codes)
        yield tested(name, factor.name, factor.levels, whole.chi2, whole.p_value)
        if len(factor.levels) > 2:
            for pair in pairwise(data.time, data.event, factor.codes):
                level, versus = factor.levels[pair.second], factor.levels[pair.first]
                yield tested(name, factor.pair_name(level, versus), (versus, level), pair.chi2, pair.p_value)
    yield from ratios(name, data, factors)


def tested(endpoint: str, effect: str, groups: Sequence[str], chi2: float, p: float) -> Pairs:
    """Return one log-rank test."""
    entry, words = printed_p(p)
    quote = f"{effect}, {endpoint.upper()}: log-rank chi2 = {chi2:.3f}, {words} ({', '.join(groups)})"
    return [
        ("effect", said(effect)),
        ("endpoint", said(endpoint.upper())),
        ("measure", said("logrank")),
        ("chi2", f"{chi2:.3f}"),
        entry,
        ("groups", str(len(groups))),
        ("adjusted", "false"),
        ("quote", said(quote)),
    ]


def columns_of(factors: Sequence[Factor]) -> tuple[list[tuple[Factor, int]], FloatArray]:
    """Return each level but the references, and its 0/1 column: (n, p)."""
    terms = [(factor, code) for factor in factors for code in range(1, len(factor.levels))]
    return terms, np.column_stack([(factor.codes == code).astype(np.float64) for factor, code in terms])


def ratios(name: str, data: EndpointData, factors: Sequence[Factor]) -> Iterator[Pairs]:
    """Yield the hazard ratios of one Cox model with all covariates, Efron's rule for ties."""
    if not factors:
        return
    terms, X = columns_of(factors)
    fitted = cox(X, data.time, data.event)
    for j, (factor, code) in enumerate(terms):
        if fitted.infinite[j]:
            raise CohortError(
                f"endpoint '{name}': '{factor.levels[code]}' against '{factor.levels[0]}' of '{factor.name}' has no "
                "finite hazard ratio (a level without events); merge levels"
            )
        error = float(np.sqrt(fitted.covariance[j, j]))
        yield ratio(name, factor, code, float(fitted.coef[j]), error)


def ratio(endpoint: str, factor: Factor, code: int, log_hr: float, error: float) -> Pairs:
    """Return one hazard ratio with its Wald interval and P value."""
    level, versus = factor.levels[code], factor.levels[0]
    half = float(ndtri(0.5 + LEVEL / 2.0)) * error
    value, low, high = (f"{x:.3f}" for x in np.exp([log_hr, log_hr - half, log_hr + half]))
    entry, words = printed_p(2.0 * float(ndtr(-abs(log_hr / error))))
    quote = (
        f"{factor.name} {level} against {versus}, {endpoint.upper()}, multivariable Cox: HR {value}, 95 % interval "
        f"{low} to {high}, {words}"
    )
    return [
        ("effect", said(factor.pair_name(level, versus))),
        ("endpoint", said(endpoint.upper())),
        ("measure", said("HR")),
        ("value", value),
        ("ci_low", low),
        ("ci_high", high),
        ("ci_level", f"{LEVEL:g}"),
        entry,
        ("adjusted", "true"),
        ("adjustment", said("multivariable Cox with every covariate printed")),
        ("hazard_of", said(f"{factor.name} {level}")),
        ("versus", said(f"{factor.name} {versus}")),
        ("n_hazard_of", str(int((factor.codes == code).sum()))),
        ("n_versus", str(int((factor.codes == 0).sum()))),
        ("quote", said(quote)),
    ]


def counts(cohort: Cohort, factors: Sequence[Factor]) -> Iterator[Pairs]:
    """Yield the patients in all, of each level, of each pair of levels, and those who progressed."""
    yield number("n_total", len(cohort), f"{len(cohort)} patients")
    for factor in factors:
        for code, level in enumerate(factor.levels):
            found = int((factor.codes == code).sum())
            yield number(factor.count_name(level), found, f"{found} patients had {factor.name} {level}")
    for one, other in combinations(factors, 2):
        for (a, first), (b, second) in product(enumerate(one.levels), enumerate(other.levels)):
            found = int(((one.codes == a) & (other.codes == b)).sum())
            quote = f"{found} patients had {one.name} {first} and {other.name} {second}"
            yield number(cell_name(one, first, other, second), found, quote)
    for name, outer in within(cohort.schema).items():
        found = progressed(cohort.endpoints[name], cohort.endpoints[outer])
        quote = f"{found} patients progressed before the end of their follow-up for {outer.upper()}"
        yield number(failures_name(name), found, quote)


def number(name: str, value: int, quote: str) -> Pairs:
    """Return one printed number."""
    return [("name", said(name)), ("value", str(value)), ("quote", said(quote))]


def progressed(inner: EndpointData, outer: EndpointData) -> int:
    """Return the patients whose event came before the end of the endpoint it lies within."""
    return int(((inner.event == 1.0) & (inner.time < outer.time)).sum())
