"""Which latents and hyperparameters a plan has: its baseline first, then effect by effect.

A prior that is a mixture of normals gives one set of coordinates for each component, with the component's weight.
"""

from collections.abc import Mapping
from itertools import product
from typing import assert_never

import numpy as np

from escc_bayes.bayes.model.parameters import cure_free, drift_free
from escc_bayes.bayes.modes.coordinates import Coordinates, Frailty, Hyper, Parameter, Scale, Shape, Shares, Slab, Stick
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.design import Block
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Gamma, HalfCauchy, HalfNormal, LogGamma, Normal
from escc_bayes.spec.structures.free import Free, Simplex, Standard

type Component = tuple[float, float, float]


class Builder:
    """Collects latents, hyperparameters and rows while a plan is walked through."""

    def __init__(self, rows: int) -> None:
        self.loading: list[FloatArray] = []
        self.offset = np.zeros(rows)
        self.hypers: list[Hyper] = []
        self.parameters: list[Parameter] = []
        self.simplexes: list[Shares] = []
        self.slabs: list[Slab] = []
        self.frailties: list[Frailty] = []

    def add(self, name: str, loading: FloatArray, mean: float = 0.0, sd: float = 1.0) -> None:
        """Add a parameter ``mean + sd x`` whose columns of psi are ``loading`` (rows, size)."""
        start = len(self.loading)
        self.loading += list(sd * loading.T)
        self.offset += mean * loading.sum(axis=1)
        self.parameters.append(Parameter(name, start, len(self.loading), mean, sd))

    def scaled(self, sd_name: str, sd: float, z_name: str, loading: FloatArray) -> None:
        """Add standard normal latents and the standard deviation that multiplies them."""
        start = len(self.loading)
        self.add(z_name, loading)
        self.hypers.append(Scale(sd_name, sd, start, len(self.loading)))

    def share(self, name: str, rows: slice, ranks: tuple[int, ...]) -> None:
        """Add the sticks of a simplex, whose shares up to the steps ``ranks`` are rows of psi."""
        simplex = Shares(name, rows.start, rows.stop, len(self.hypers), ranks)
        self.simplexes.append(simplex)
        self.hypers += [Stick(name, simplex.steps - 1 - j) for j in range(simplex.steps - 1)]


def coordinates(plan: ModelPlan) -> tuple[Coordinates, ...]:
    """Return the coordinates of a plan, one for each combination of components of its mixture priors."""
    return tuple(component_coordinates(plan, dict(chosen)) for chosen in product(*choices(plan)))


def choices(plan: ModelPlan) -> list[list[tuple[str, Component]]]:
    """Return (parameter, component) pairs for each parameter whose prior is a mixture of normals."""
    return [
        [(free.name, component) for component in free.prior.components]
        for block in plan.design.blocks
        for free in block.free
        if isinstance(free.prior, EvidencePrior)
    ]


def component_coordinates(plan: ModelPlan, chosen: dict[str, Component]) -> Coordinates:
    """Return the coordinates under one component of each mixture prior."""
    columns = plan.design.size
    pieces = plan.baseline.pieces * plan.baseline.copies
    besides = (*cure_free(plan), *drift_free(plan))
    rows = columns + pieces + len(besides)
    builder = Builder(rows)
    gamma = add_baseline(builder, plan, slice(columns, columns + pieces))
    for block in plan.design.blocks:
        add_block(builder, block, rows, chosen)
    for place, free in enumerate(besides, start=columns + pieces):
        mean, sd = location(free, chosen)
        builder.add(free.name, np.eye(rows)[:, place : place + 1], mean, sd)
    return Coordinates(
        loading=np.stack(builder.loading, axis=1),
        offset=builder.offset,
        hypers=tuple(builder.hypers),
        parameters=tuple(builder.parameters),
        simplexes=tuple(builder.simplexes),
        gamma=gamma,
        pieces=pieces,
        log_weight=float(sum(np.log(weight) for weight, _, _ in chosen.values())),
        slabs=tuple(builder.slabs),
        frailties=tuple(builder.frailties),
        besides=len(besides),
    )


def add_baseline(builder: Builder, plan: ModelPlan, own: slice) -> Gamma | None:
    """Add the latents of the baseline, whose rows of psi are ``own``; return its gamma prior, if it has one."""
    baseline = plan.baseline
    rows = builder.offset.size
    if not isinstance(baseline, PiecewisePrior):
        builder.hypers += [Shape(baseline.log_shape.mean, baseline.log_shape.sd)] * baseline.copies
        builder.add("baseline", np.eye(rows)[:, own], baseline.level.mean, baseline.level.sd)
        return None
    if isinstance(baseline.level, Gamma):
        builder.add("baseline", np.eye(rows)[:, own])
        return baseline.level
    if baseline.sd is None:
        builder.add("baseline", np.eye(rows)[:, own], baseline.level.mean, baseline.level.sd)
        return None
    walk = np.zeros((baseline.pieces, baseline.pieces - 1))
    walk[1:] = np.tril(np.ones((baseline.pieces - 1, baseline.pieces - 1))) * baseline.step_scale
    each = np.eye(baseline.copies)
    level, steps = np.zeros((rows, baseline.copies)), np.zeros((rows, baseline.copies * (baseline.pieces - 1)))
    level[own], steps[own] = np.kron(each, np.ones((baseline.pieces, 1))), np.kron(each, walk)
    builder.add("baseline", level, baseline.level.mean, baseline.level.sd)
    builder.scaled("sd_baseline", baseline.sd.sd, "z_baseline", steps)
    return None


def add_block(builder: Builder, block: Block, rows: int, chosen: Mapping[str, Component]) -> None:
    """Add the latents and hyperparameters of one effect, term by term."""
    here = np.eye(rows)[:, block.coefficients]
    free = {one.name: one for one in block.free}
    for term in block.terms:
        mean, sd = location(free[term.parameter], chosen)
        start = len(builder.loading)
        if isinstance(free[term.parameter].prior, LogGamma):
            builder.frailties.append(Frailty(len(builder.hypers), start, start + free[term.parameter].size))
        builder.add(term.parameter, here @ term.loading, mean, sd)
        builder.hypers += [one for name in term.scales for one in scales_of(free[name], start, len(builder.loading))]
        if term.slab:
            builder.slabs.append(Slab(start, len(builder.loading), term.slab))
        if term.shares:
            builder.share(term.shares, block.coefficients, term.ranks)


def scales_of(free: Free, start: int, stop: int) -> list[Scale]:
    """Return a scale that multiplies latents ``start`` to ``stop``: one for all of them, or one for each."""
    prior = free.prior
    assert isinstance(prior, HalfNormal | HalfCauchy)
    cauchy = isinstance(prior, HalfCauchy)
    size = prior.scale if isinstance(prior, HalfCauchy) else prior.sd
    if free.size == 1:
        return [Scale(free.name, size, start, stop, cauchy)]
    assert free.size == stop - start, "a scale is one for all latents of a term, or one for each"
    return [Scale(free.name, size, place, place + 1, cauchy) for place in range(start, stop)]


def location(free: Free, chosen: Mapping[str, Component]) -> tuple[float, float]:
    """Return mean and SD of a latent's normal: its prior, the component chosen of a mixture, or standard."""
    match free.prior:
        case Normal(mean=mean, sd=sd):
            return mean, sd
        case EvidencePrior():
            return chosen[free.name][1:]
        case Standard() | LogGamma():
            return 0.0, 1.0
        case HalfNormal() | HalfCauchy() | Gamma() | Simplex():
            raise TypeError(f"parameter '{free.name}': a term loads normals, mixtures and latents, not {free.prior!r}")
        case _:
            assert_never(free.prior)
