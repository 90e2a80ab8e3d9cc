"""Specifications that let the outcome choose: a cut point searched for, and covariates screened one by one.

Both stand in the curve because they are done; they are marked, and their P values count the search.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.classical.coding import classical_design
from escc_bayes.data.recode import as_numbers, cut_anew
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.multiverse.answers import Answered, all_rows, answered, classical_plan
from escc_bayes.sensitivity.multiverse.codings import has_numbers
from escc_bayes.sensitivity.multiverse.cut_points import SearchedCut, optimism, searched_cut
from escc_bayes.sensitivity.multiverse.permutation import Permuted
from escc_bayes.sensitivity.multiverse.scores import projection, statistics
from escc_bayes.sensitivity.multiverse.screening import LIMIT, Screened, screened, univariable_p
from escc_bayes.sensitivity.multiverse.specifications import Specification
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.registry import plain_effect


@dataclass(frozen=True, slots=True)
class Chosen:
    """A specification chosen by the outcome.

    Attributes
    ----------
    one : what was chosen.
    answers : which of the model's hazard ratios it answers; screening may have dropped them.
    statistics : (answers, orders) |z|, the choice made anew under each order of outcomes.
    optimism : by how much the log hazard ratio flatters; NaN where it is not known.
    share : (answers,) in which share of resampled cohorts the covariate is selected; NaN for cut points.
    note : what was chosen how often.
    """

    one: Specification
    answers: tuple[Answered, ...]
    statistics: FloatArray
    optimism: float
    share: FloatArray
    note: str


def chosen_cuts(
    base: Specification, headlines: tuple[HazardRatio, ...], permuted: Permuted, seed: Seed
) -> Iterator[Chosen]:
    """Yield the cut that the outcome chooses of each covariate with numbers behind it, alone in a model."""
    for name in base.spec.covariates:
        if not has_numbers(base.cohort, name):
            continue
        found = search(base, name, permuted)
        if found is not None:
            yield of_cut(base, name, found, headlines, seed)


def search(base: Specification, name: str, permuted: Permuted) -> SearchedCut | None:
    """Return the cut of a covariate with the largest score statistic, under every order of outcomes."""
    values = as_numbers(base.cohort, name).values[permuted.place]
    whole = ~np.isnan(values)
    return searched_cut(values[whole], permuted.scores(base.spec.outcome, whole)[:, whole])


def of_cut(
    base: Specification, name: str, found: SearchedCut, headlines: tuple[HazardRatio, ...], seed: Seed
) -> Chosen:
    """Return the specification of a cut that was found."""
    cohort = cut_anew(base.cohort, name, [found.cut])
    one = replace(
        base,
        spec=replace(base.spec, effects=(plain_effect(cohort.covariate(name).schema),)),
        cohort=cohort,
        coding=f"{name}: cut chosen by the outcome",
        cuts=f"{found.cut:.3g}",
        covariates=f"{name} alone",
        recoded=(name,),
        posterior=False,
    )
    plan = classical_plan(one)
    rows, answers = plan.rows, answered(one, headlines, plan.design)
    numbers = as_numbers(base.cohort, name).values[rows.positions]
    flattered = optimism(numbers, rows.time, rows.event, rows.entry, stream(seed, "cut", name))
    repeated = np.repeat(found.statistics[None], len(answers), axis=0)
    return Chosen(one, answers, repeated, flattered, np.full(len(answers), np.nan), "")


def chosen_covariates(
    base: Specification, headlines: tuple[HazardRatio, ...], permuted: Permuted, seed: Seed
) -> Chosen | None:
    """Return the model of the covariates with univariable P at most 0.05; None where there are fewer than two."""
    names = tuple(name for effect in base.spec.effects if effect.unshrunk() for name in effect.covariates)
    if len(names) < 2:
        return None
    plan = classical_plan(replace(base, spec=with_covariates(base, names)))
    columns = [plan.design.columns[:, plan.design.columns_of(name)] for name in names]
    found = screened(names, columns, plan.rows.time, plan.rows.event, plan.rows.entry, stream(seed, "screen"))
    kept = tuple(name for name, inside in zip(names, found.chosen, strict=True) if inside)
    one = replace(
        base,
        spec=with_covariates(base, kept),
        covariates=f"univariable P <= {LIMIT:g}, then multivariable",
        posterior=False,
    )
    full = answered(replace(one, spec=with_covariates(base, names)), headlines, plan.design)
    under = under_orders(base, names, full, permuted)
    share = np.array([found.share[names.index(a.asked.term)] for a in full])
    return Chosen(one, full, under, math.nan, share, f"keeps {', '.join(kept) or 'none'}; {screening_words(found)}")


def with_covariates(base: Specification, names: tuple[str, ...]) -> ModelSpec:
    """Return the model with free effects of some covariates."""
    effects: tuple[Structure, ...] = tuple(plain_effect(base.cohort.covariate(name).schema) for name in names)
    return replace(base.spec, effects=effects)


def under_orders(
    base: Specification, names: tuple[str, ...], answers: tuple[Answered, ...], permuted: Permuted
) -> FloatArray:
    """Return |z| of each answer in the model that screening chooses under each order; 0 where it is not chosen."""
    whole_model = replace(base, spec=with_covariates(base, names))
    own = base.cohort.subset(permuted.place)
    rows = all_rows(whole_model, own)
    design = classical_design(whole_model.spec, rows)[0]
    whole = np.zeros(len(own), dtype=bool)
    whole[rows.positions] = True
    scores = permuted.scores(base.spec.outcome, whole)
    inside = [design.columns_of(name) for name in names]
    chosen = univariable_p([design.columns[:, place] for place in inside], scores[:, whole]) <= LIMIT
    contrasts = np.array([weights(a.asked, design) for a in answers])
    found = np.zeros((len(answers), scores.shape[0]))
    for kept in np.unique(chosen, axis=1).T:
        orders = np.flatnonzero((chosen == kept[:, None]).all(axis=0))
        if not kept.any():
            continue
        used = np.concatenate([np.arange(p.start, p.stop) for p, k in zip(inside, kept, strict=True) if k])
        tested = np.flatnonzero((contrasts[:, used] != 0.0).any(axis=1))
        project = projection(design.columns[:, used], contrasts[np.ix_(tested, used)], whole)
        found[np.ix_(tested, orders)] = statistics(project, scores[orders])
    return found


def screening_words(found: Screened) -> str:
    """Say which set resampled cohorts select most often."""
    often = ", ".join(found.most_often) or "none"
    return f"most often selected in resampled cohorts: {often} ({100 * found.most_share:.0f} %)"
