"""The layout of a published cohort: which printed number belongs to which column (``evidence/reconstruction``)."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from escc_bayes.data.cohort import Cohort
from escc_bayes.evidence.published_names import Factor, Pairs, cell_name, failures_name, listed, said, table, within


def layout_of(cohort: Cohort, study: str, factors: Sequence[Factor]) -> str:
    """Return the layout: which printed number belongs to which column."""
    head = f"schema = 1\nstudy = {said(study)}\nn = {len(cohort)}"
    inside = within(cohort.schema)
    endpoints = [endpoint_table(name, inside.get(name)) for name in cohort.endpoints]
    covariates = [
        f"[covariates.{factor.name}]\nlevels = {listed(factor.levels)}\n"
        f"counts = {listed([factor.count_name(level) for level in factor.levels])}"
        for factor in factors
    ]
    joints = [joint_table(one, other) for one, other in combinations(factors, 2)]
    contrasts = [table("contrast", pairs) for factor in factors for pairs in contrasts_of(factor)]
    return "\n\n".join([head, *endpoints, *covariates, *joints, *contrasts]) + "\n"


def endpoint_table(name: str, outer: str | None) -> str:
    """Return one endpoint of the layout."""
    lines = [
        f"[endpoints.{name}]",
        f"endpoint = {said(name.upper())}",
        f"time = {said(f'{name}_months')}",
        f"event = {said(f'{name}_event')}",
    ]
    lines += [] if outer is None else [f"within = {said(outer)}", f"failures = {said(failures_name(name))}"]
    return "\n".join(lines)


def joint_table(one: Factor, other: Factor) -> str:
    """Return the cross-table of two covariates."""
    cells = [
        f"    {{ {one.name} = {said(first)}, {other.name} = {said(second)}, "
        f"n = {said(cell_name(one, first, other, second))} }},"
        for first, second in product(one.levels, other.levels)
    ]
    return "\n".join(["[[joint]]", f"covariates = {listed([one.name, other.name])}", "cells = [", *cells, "]"])


def contrasts_of(factor: Factor) -> Iterator[Pairs]:
    """Yield all levels together, then each pair; those with the reference are columns of the Cox model."""
    if len(factor.levels) > 2:
        yield contrast(factor, factor.name, factor.levels, hazard_ratio=False)
    for versus, level in combinations(factor.levels, 2):
        effect = factor.pair_name(level, versus)
        yield contrast(factor, effect, (versus, level), hazard_ratio=versus == factor.levels[0])


def contrast(factor: Factor, effect: str, groups: Sequence[str], *, hazard_ratio: bool) -> Pairs:
    """Return one contrast, reference first."""
    return [
        ("effect", said(effect)),
        ("covariate", said(factor.name)),
        ("groups", f"[{', '.join(listed([group]) for group in groups)}]"),
        ("hazard_ratio", "true" if hazard_ratio else "false"),
    ]
