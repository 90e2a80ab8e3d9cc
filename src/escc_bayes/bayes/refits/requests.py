"""Many refits of one question: what varies, and the plan of each. Run them with ``refit_many``.

The makers share what does not change: a prior grid has one set of rows and columns, a patient is left out by weight 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.record import digest
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.plan import ModelPlan, make_plan, with_priors
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.request import PiecewiseBaseline, WeibullBaseline

type Label = float | str
type Axis = Sequence[Normal] | Sequence[HalfNormal]

NOBODY = "nobody"
BASELINE_SD, LOG_SHAPE = "baseline_sd", "log_shape"


@careful_class
@dataclass(frozen=True, slots=True)
class RefitRequest:
    """Refits of one question.

    Attributes
    ----------
    varied : names of what varies: the first columns of the table.
    labels : for each refit, the values of what varies.
    plans : of each refit.
    base : a plan that all refits are variations of, whose modes they start from; None for other data.
    numbers : ``shared``: all refits use the same random numbers, so that differences between them have less Monte
        Carlo error; ``own``: each has its own stream, as data sets that are averaged over need.
    starts : ``starts_of`` the base where that is known already; empty: it is fitted first.
    """

    varied: tuple[str, ...]
    labels: tuple[tuple[Label, ...], ...]
    plans: tuple[ModelPlan, ...]
    base: ModelPlan | None
    numbers: Literal["shared", "own"]
    starts: tuple[Start, ...] = ()

    def __len__(self) -> int:
        return len(self.plans)

    @property
    def digest(self) -> str:
        """Digest of all that decides the result, seed and draws apart: 12 hexadecimal digits."""
        specs = {id(plan.spec): plan.spec for plan in self.plans}
        own = {key: spec.digest for key, spec in specs.items()}
        weights = {id(plan.rows): plan.rows for plan in self.plans}
        weight = {key: digest({"weight": rows.weight}) for key, rows in weights.items()}
        parts = [(own[id(p.spec)], p.rows.data_digest, weight[id(p.rows)]) for p in self.plans]
        base = None if self.base is None else (self.base.spec.digest, self.base.rows.data_digest)
        return digest({"parts": parts, "base": base, "labels": self.labels, "varied": self.varied, "how": self.numbers})


@careful
def prior_grid(spec: ModelSpec, cohort: Cohort, axes: Mapping[str, Axis]) -> RefitRequest:
    """Return the refits under every combination of priors.

    Parameters
    ----------
    spec : the model whose priors are replaced.
    cohort : its patients.
    axes : priors to try, by effect: normals on its log hazard ratio, or half-normals on its SD. ``baseline_sd`` takes
        half-normals on the SD of the baseline's steps, ``log_shape`` normals on a Weibull's log shape.

    Returns
    -------
    RefitRequest; the last axis varies fastest. A normal varies ``NAME_mean`` and ``NAME_sd``, a half-normal
    ``NAME_scale``.

    Raises
    ------
    SpecError : the model has no such effect, or the effect no such prior.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> spec, cohort = eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx")
    >>> grid = prior_grid(spec, cohort, {"stage": [Normal(0.0, sd) for sd in (0.5, 1.0, 2.0)]})
    >>> len(grid), grid.varied
    (3, ('stage_mean', 'stage_sd'))
    """
    if not axes or not all(len(axis) for axis in axes.values()):
        raise SpecError(f"prior_grid: an axis without priors; was given {dict(axes)!r}, name effects and priors to try")
    varied = tuple(f"{name}_{word}" for name, axis in axes.items() for word in words_of(name, axis))
    base = make_plan(spec, cohort)
    labels, plans = [], []
    choices: Iterator[tuple[Normal | HalfNormal, ...]] = product(*axes.values())
    for chosen in choices:
        changed = spec
        for name, prior in zip(axes, chosen, strict=True):
            changed = with_prior(changed, name, prior)
        labels.append(tuple(number for prior in chosen for number in numbers_of(prior)))
        plans.append(with_priors(base, changed))
    return RefitRequest(varied, tuple(labels), tuple(plans), base, "shared")


def numbers_of(prior: Normal | HalfNormal) -> tuple[float, ...]:
    """Return the numbers of a prior."""
    return (prior.mean, prior.sd) if isinstance(prior, Normal) else (prior.sd,)


def words_of(name: str, axis: Axis) -> tuple[str, ...]:
    """Return what the numbers of an axis are called; all its priors must be of one kind."""
    kinds = {type(prior) for prior in axis}
    if kinds not in ({Normal}, {HalfNormal}):
        raise SpecError(f"prior_grid, axis '{name}': give normals only or half-normals only, was given {list(axis)!r}")
    return ("mean", "sd") if kinds == {Normal} else ("scale",)


def with_prior(spec: ModelSpec, name: str, prior: Normal | HalfNormal) -> ModelSpec:
    """Return a specification with one prior replaced.

    Raises
    ------
    SpecError : the model has no such effect, or the effect no such prior.
    """
    baseline = spec.baseline
    if (
        name == BASELINE_SD
        and isinstance(baseline, PiecewiseBaseline)
        and baseline.sd
        and isinstance(prior, HalfNormal)
    ):
        return replace(spec, baseline=replace(baseline, sd=prior))
    if name == LOG_SHAPE and isinstance(baseline, WeibullBaseline) and isinstance(prior, Normal):
        return replace(spec, baseline=replace(baseline, log_shape=prior))
    known = [effect.name for effect in spec.effects]
    if name not in known:
        raise SpecError(f"prior_grid: model '{spec.name}' has no prior '{name}'; {suggestion(name, known)}")
    place = known.index(name)
    effect = spec.effects[place]
    key = "prior" if isinstance(prior, Normal) else "sd"
    if key not in effect.KEYS:
        kind = "normal on a log hazard ratio" if isinstance(prior, Normal) else "half-normal on an SD"
        raise SpecError(f"prior_grid: effect '{name}' is {effect.WORD}: it has no {kind}; was given {prior!r}")
    changed = with_key(effect, key, prior)
    return replace(spec, effects=(*spec.effects[:place], changed, *spec.effects[place + 1 :]))


@careful
def leave_one_out(spec: ModelSpec, cohort: Cohort) -> RefitRequest:
    """Return the fit to everybody, then the refit without each patient in turn.

    Columns, their centres and the cuts stay those of everybody: a patient left out has weight 0, so that every refit
    is the same model.

    Returns
    -------
    RefitRequest that varies ``left_out``: ``nobody``, then the patients' identifiers.
    """
    base = make_plan(spec, cohort)
    plans = [base]
    for place in range(base.rows.n):
        weight = base.rows.weight.copy()
        weight[base.rows.whose == place] = 0.0
        plans.append(replace(base, rows=replace(base.rows, weight=weight)))
    labels = tuple((name,) for name in (NOBODY, *base.rows.ids))
    return RefitRequest(("left_out",), labels, tuple(plans), base, "shared")


@careful
def each_cohort(spec: ModelSpec, cohorts: Mapping[str, Cohort]) -> RefitRequest:
    """Return the fit to each of several cohorts: reconstructions, simulated data sets, bootstrap samples.

    Returns
    -------
    RefitRequest that varies ``cohort``; every fit has its own random numbers.
    """
    if not cohorts:
        raise SpecError("each_cohort: no cohort is given; name at least one")
    plans = tuple(make_plan(spec, cohort) for cohort in cohorts.values())
    return RefitRequest(("cohort",), tuple((name,) for name in cohorts), plans, None, "own")


@careful
def each_model(specs: Mapping[str, ModelSpec], cohort: Cohort) -> RefitRequest:
    """Return the fit of each of several models to one cohort: other cuts, codings, structures, landmarks.

    Returns
    -------
    RefitRequest that varies ``model``.
    """
    if not specs:
        raise SpecError("each_model: no model is given; name at least one")
    plans = tuple(make_plan(spec, cohort) for spec in specs.values())
    return RefitRequest(("model",), tuple((name,) for name in specs), plans, None, "shared")
