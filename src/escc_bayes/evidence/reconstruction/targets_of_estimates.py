"""Targets of printed effects: log-rank chi-squares, log hazard ratios and their Wald statistics."""

import math
from collections.abc import Callable, Iterator
from functools import partial

from scipy.special import chdtri, ndtri

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import Interval, interval, split_sign
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.layout import EndpointLayout, Layout
from escc_bayes.evidence.reconstruction.target import DEFAULT_LEVEL, ModelKey, Target, TestKey
from escc_bayes.evidence.reconstruction.target_places import endpoint_of, in_cutoff
from escc_bayes.foundation.sentence import counted

CHI2_TOLERANCE, LOG_HR_TOLERANCE, Z_TOLERANCE = 0.05, 0.02, 0.05
HAZARD_RATIOS, TESTS = ("HR",), ("logrank", "logrank 3 groups")


def estimate_targets(estimate: PublishedEstimate, layout: Layout, study: Study) -> Iterator[Target]:
    """Yield the statistics of one printed effect."""
    endpoint = endpoint_of(estimate.endpoint, layout)
    if endpoint is None or estimate.subgroup:
        return
    if estimate.measure in TESTS:
        yield from test_targets(estimate, layout, endpoint.name)
    elif estimate.measure in HAZARD_RATIOS and estimate.value is not None:
        yield from ratio_targets(estimate, layout, study, endpoint)


def test_targets(estimate: PublishedEstimate, layout: Layout, endpoint: str) -> Iterator[Target]:
    """Yield the chi-square of a log-rank test, from itself or from its P value."""
    groups = estimate.groups or (3 if "3" in estimate.measure else None)
    for number, contrast in enumerate(layout.contrasts):
        if contrast.effect != estimate.effect or groups not in (None, len(contrast.groups)):
            continue
        key, count = TestKey(endpoint, number), len(contrast.groups)
        name = f"log-rank chi2, {contrast.effect}, {counted(count, 'group')}"
        if estimate.chi2 is not None:
            printed, aim, words = interval(estimate.chi2), float(estimate.chi2), str(estimate.chi2)
        else:
            found = quantiles(estimate, partial(chi2_quantile, count - 1))
            if found is None:
                return
            printed, aim, words = found
        yield Target(estimate.endpoint, name, words, key, kinds.LOG_RANK, printed, aim, CHI2_TOLERANCE)
        return


def chi2_quantile(df: int, p: float) -> float:
    """Return the chi-square whose upper tail is ``p``."""
    return float(chdtri(df, p))


def quantiles(estimate: PublishedEstimate, of: Callable[[float], float]) -> tuple[Interval, float, str] | None:
    """Return the interval, the centre and the words of a statistic that only its P value gives."""
    if estimate.p is not None and 0 < estimate.p < 1:
        printed = interval(estimate.p)
        return Interval(of(printed.high), of(max(printed.low, 1e-12))), of(float(estimate.p)), f"P {estimate.p}"
    if estimate.p_text.startswith(("<", "≤")) if estimate.p_text else False:
        bound = of(float(split_sign(str(estimate.p_text))[1]))
        return Interval(bound, math.inf), bound * 1.3, f"P {estimate.p_text}"
    return None


def model_of(
    estimate: PublishedEstimate, layout: Layout, study: Study, endpoint: EndpointLayout
) -> tuple[ModelKey, int] | None:
    """Return the Cox model of a hazard ratio and its column: all adjusted effects of one endpoint share a model.

    None where the layout has no such contrast, or a level that no contrast of the model names: its patients would
    count as the reference.
    """
    ratio = {c.effect: k for k, c in enumerate(layout.contrasts) if c.hazard_ratio}
    if estimate.effect not in ratio:
        return None
    if estimate.adjusted is not True:
        alone = (ratio[estimate.effect],)
        return (ModelKey(endpoint.name, alone), 0) if all_named(layout, alone) else None
    together = [
        ratio[other.effect]
        for other in study.estimates
        if other.endpoint == estimate.endpoint
        and other.adjusted is True
        and other.measure in HAZARD_RATIOS
        and other.effect in ratio
        and other.value is not None
        and not other.subgroup
        and in_cutoff(other.cutoff, layout)
    ]
    columns = tuple(dict.fromkeys(together))
    if not all_named(layout, columns):
        return None
    return ModelKey(endpoint.name, columns), columns.index(ratio[estimate.effect])


def all_named(layout: Layout, contrasts: tuple[int, ...]) -> bool:
    """Return whether the contrasts of a model name every level of their covariates."""
    named: dict[str, set[str]] = {}
    for number in contrasts:
        contrast = layout.contrasts[number]
        named.setdefault(contrast.covariate, set()).update(level for group in contrast.groups for level in group)
    return all(set(layout.covariate(name).levels) <= levels for name, levels in named.items())


def ratio_targets(
    estimate: PublishedEstimate, layout: Layout, study: Study, endpoint: EndpointLayout
) -> Iterator[Target]:
    """Yield a log hazard ratio and its Wald z, from the interval or else from the P value."""
    place = model_of(estimate, layout, study, endpoint)
    if place is None or estimate.value is None:
        return
    key, column = place
    printed = interval(estimate.value, whole="rounded")
    log_printed = Interval(math.log(printed.low), math.log(printed.high))
    log_hr = math.log(float(estimate.value))
    adjusted = "adjusted" if len(key.contrasts) > 1 else "unadjusted"
    name = f"{estimate.effect}, {adjusted}"
    yield Target(
        estimate.endpoint,
        f"log HR, {name}",
        str(estimate.value),
        key,
        kinds.LOG_HR,
        log_printed,
        log_hr,
        LOG_HR_TOLERANCE,
        arg=column,
    )
    found = wald_z(estimate, log_hr, log_printed)
    if found is not None:
        wald, aim, words = found
        yield Target(estimate.endpoint, f"Wald z, {name}", words, key, kinds.WALD_Z, wald, aim, Z_TOLERANCE, arg=column)


def wald_z(estimate: PublishedEstimate, log_hr: float, printed: Interval) -> tuple[Interval, float, str] | None:
    """Return the Wald statistic that a hazard ratio's interval, or its P value, stands for."""
    sign = 1.0 if log_hr >= 0.0 else -1.0
    if estimate.ci_low and estimate.ci_high is not None:
        level = float(estimate.ci_level or DEFAULT_LEVEL)
        quantile = float(ndtri((1.0 + level) / 2.0))
        low, high = interval(estimate.ci_low, whole="rounded"), interval(estimate.ci_high, whole="rounded")
        widths = [math.log(high.low / low.high), math.log(high.high / max(low.low, 1e-9))]
        zs = [2.0 * quantile * value / width for value in printed for width in widths]
        aim = 2.0 * quantile * log_hr / math.log(float(estimate.ci_high / estimate.ci_low))
        return Interval(min(zs), max(zs)), aim, f"{estimate.ci_low}-{estimate.ci_high}"
    found = quantiles(estimate, lambda p: float(ndtri(1.0 - p / 2.0)))
    if found is None:
        return None
    wald, aim, words = found
    ends = sorted((sign * wald.low, sign * wald.high))
    return Interval(*ends), sign * aim, words
