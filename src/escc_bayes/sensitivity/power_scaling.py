"""Prior and likelihood to a power alpha: how far the posterior moves, by importance weights and by exact refits.

The index is the rate at which the posterior's distribution moves (cumulative Jensen-Shannon distance) per doubling of
alpha, at alpha = 1; above 0.05 it is sensitive. Kallioinen et al. 2024, Stat Comput 34:57; ArviZ's ``psense_summary``.
Only priors that a user states are scaled, not the latents below them.
"""

import logging
import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from escc_bayes.bayes.model.parameters import free_parameters
from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.refits.table import NUMBERS
from escc_bayes.estimand.estimand import contrast_in
from escc_bayes.sensitivity.part import Row
from escc_bayes.sensitivity.subject import Subject
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.cure import Cure
from escc_bayes.spec.external import External
from escc_bayes.spec.model import with_key
from escc_bayes.spec.plan import ModelPlan, with_priors
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal
from escc_bayes.spec.structures.free import Simplex, Standard
from escc_bayes.spec.structures.protocol import Structure

ALPHAS = (0.5, 2.0)
# Draws of the posterior that ArviZ weighs.
DRAWS = 4000
DIGITS = 9


def power_rows(subject: Subject, columns: tuple[str, ...]) -> Iterator[Row]:
    """Yield, for each contrast, ArviZ's index and the refits with prior or likelihood to the powers 1/2 and 2."""
    if subject.plan.rows.marginal:
        return  # A composite likelihood is no probability of the data: its power has no meaning.
    index = psense(subject)
    asked_for = [("prior", alpha) for alpha in ALPHAS] + [("likelihood", alpha) for alpha in ALPHAS]
    plans = tuple(powered(subject.plan, what, alpha) for what, alpha in asked_for)
    request = RefitRequest(("what", "alpha"), tuple(asked_for), plans, None, "shared")
    found = subject.refit(request, part="power scaling")
    for place, asked in enumerate(subject.contrasts):
        head = {
            "endpoint": subject.plan.rows.endpoint,
            "model": subject.spec.name,
            "term": asked.term,
            "contrast": contrast_in(asked),
            "kind": "power",
            "level": subject.asked.level,
            "conclusion": "",
        }
        for row, (what, alpha) in enumerate(asked_for):
            numbers = dict(zip(NUMBERS, found.numbers[row, place].tolist(), strict=True))
            cells = {**head, "prior": what, "alpha": alpha, "hr": numbers["value"], "lower": numbers["lower"]}
            cells |= {"upper": numbers["upper"], "prob_gt_1": numbers["prob_gt_1"], "sensitivity": index[what][place]}
            yield {name: cells.get(name, "" if name == "note" else float("nan")) for name in columns}


def psense(subject: Subject) -> dict[str, list[float]]:
    """Return ArviZ's power-scaling index of every contrast, of the prior and of the likelihood."""
    import xarray as xr
    from arviz_stats import psense_summary

    tree = subject.posterior.thinned(DRAWS).to_datatree()
    names = {f"contrast_{place}": asked for place, asked in enumerate(subject.contrasts)}
    thin = subject.posterior.thinned(DRAWS)
    sizes = thin.values["baseline"].shape[:2]
    drawn = {name: (("chain", "draw"), thin.draws(asked).reshape(sizes)) for name, asked in names.items()}
    tree["posterior"] = xr.DataTree(xr.Dataset(drawn))
    stated = [free.name for free in free_parameters(subject.plan) if not isinstance(free.prior, Standard | Simplex)]
    # ArviZ warns where the index is large: the table says it.
    log = logging.getLogger(psense_summary.__module__)
    before = log.level
    log.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = psense_summary(tree, prior_var_names=stated, round_to=DIGITS)
    log.setLevel(before)
    return {what: [float(table.loc[name, what]) for name in names] for what in ("prior", "likelihood")}


def powered(plan: ModelPlan, what: str, alpha: float) -> ModelPlan:
    """Return a plan with its likelihood, or the priors that its user stated, to a power.

    A normal to the power alpha is one with SD / sqrt(alpha), a half-normal likewise; a gamma stays one.
    """
    if what == "likelihood":
        return replace(plan, rows=replace(plan.rows, weight=plan.rows.weight * alpha))
    effects = tuple(powered_effect(effect, alpha) for effect in plan.spec.effects)
    changed = replace(plan.spec, effects=effects, cure=powered_cure(plan.spec.cure, alpha))
    drifting = tuple(powered_drift(one, alpha) for one in plan.spec.external)
    with_effects = with_priors(plan, changed)
    with_effects = replace(with_effects, spec=replace(with_effects.spec, external=drifting))
    baseline = plan.baseline
    level = baseline.level
    if isinstance(level, Gamma):
        scaled: Normal | Gamma = Gamma(alpha * (level.shape - 1.0) + 1.0, alpha * level.rate)
    else:
        scaled = Normal(level.mean, level.sd / np.sqrt(alpha))
    if isinstance(baseline, PiecewisePrior):
        sd = None if baseline.sd is None else HalfNormal(baseline.sd.sd / np.sqrt(alpha))
        return replace(with_effects, baseline=replace(baseline, level=scaled, sd=sd))
    shape = Normal(baseline.log_shape.mean, baseline.log_shape.sd / np.sqrt(alpha))
    assert isinstance(scaled, Normal)
    return replace(with_effects, baseline=replace(baseline, level=scaled, log_shape=shape))


def powered_cure(cure: Cure | None, alpha: float) -> Cure | None:
    """Return the prior on the log odds of cure to a power; None of a model without one."""
    return None if cure is None else Cure(Normal(cure.prior.mean, cure.prior.sd / float(np.sqrt(alpha))))


def powered_drift(one: External, alpha: float) -> External:
    """Return a count with the prior on its study's drift to a power; one that does not drift stays."""
    return replace(one, sd=one.sd / float(np.sqrt(alpha))) if one.study else one


def powered_effect(effect: Structure, alpha: float) -> Structure:
    """Return an effect with its normal and half-normal priors to a power; evidence, a mixture, as it is."""
    for key in effect.KEYS:
        prior = getattr(effect, key)
        if isinstance(prior, Normal):
            effect = with_key(effect, key, Normal(prior.mean, prior.sd / float(np.sqrt(alpha))))
        elif isinstance(prior, HalfNormal):
            effect = with_key(effect, key, HalfNormal(prior.sd / float(np.sqrt(alpha))))
    return effect
