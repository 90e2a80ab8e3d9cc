"""What a study prints of its arms in one data cut: a curve for each arm and endpoint, and the effect between them.

A paper prints several populations and cuts; a cohort can give back one of them. The effect decides: its two groups are
found among the curves by their numbers of patients and their words.
"""

from dataclasses import dataclass, replace

from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.evidence.reconstruction.automatic import BOUNDED, by_control, column_name, latest, nearest
from escc_bayes.evidence.reconstruction.layout import (
    ArmLayout,
    Contrast,
    CovariateLayout,
    EndpointLayout,
    Layout,
    ReconstructionError,
)
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.evidence.rules.impossible_prints import possible
from escc_bayes.foundation.checks import suggestion

MEASURES = ("HR", "logrank")
MOST_ARMS = 6


@dataclass(frozen=True, slots=True)
class EndpointPrint:
    """One endpoint: a curve for each arm, reference first, and the effect of the second over the first, if printed."""

    word: str
    curves: tuple[PublishedSurvival, ...]
    effect: PublishedEstimate | None


@dataclass(frozen=True, slots=True)
class ArmPrint:
    """What a study prints of its arms.

    Attributes
    ----------
    arms : labels, reference first. sizes : patients of each.
    endpoints : a bounded endpoint (PFS) comes after the one that bounds it (OS).
    """

    study: Study
    arms: tuple[str, ...]
    sizes: tuple[int, ...]
    endpoints: tuple[EndpointPrint, ...]

    def layout(self) -> Layout:
        """Return the layout of the cohort's columns, and of the statistics that it should give back."""
        words = [e.word for e in self.endpoints]
        names = {word: column_name(word) for word in words}
        arms = [
            ArmLayout(curve.arm, curve.endpoint, names[curve.endpoint], "arm", (label,))
            for endpoint in self.endpoints
            for label, curve in zip(self.arms, endpoint.curves, strict=True)
        ]
        effects = dict.fromkeys(e.effect.effect for e in self.endpoints if e.effect is not None)
        groups = ((self.arms[0],), (self.arms[-1],))
        return Layout(
            f"study {self.study.id}, its arms",
            self.study.id,
            sum(self.sizes),
            tuple(
                EndpointLayout(n, w, f"{n}_months", f"{n}_event", within=names.get(BOUNDED.get(w, ""), ""))
                for w, n in names.items()
            ),
            (CovariateLayout("arm", self.arms, self.sizes),),
            arms=tuple(dict.fromkeys(arms)),
            contrasts=tuple(Contrast(effect, "arm", groups, hazard_ratio=True) for effect in effects),
        )

    def targets(self) -> tuple[Target, ...]:
        """Return every printed statistic that a cohort should give back."""
        return targets_of(self.only(), self.layout())[0]

    def word_of(self, target: Target) -> str:
        """Return the study's word for the endpoint of a target."""
        return next(e.word for e in self.endpoints if column_name(e.word) == target.key.endpoint)

    def only(self) -> Study:
        """Return the study with these curves and effects alone."""
        curves = tuple(curve for endpoint in self.endpoints for curve in endpoint.curves)
        effects = tuple(e.effect for e in self.endpoints if e.effect is not None)
        return replace(self.study, survivals=curves, estimates=tuple(replace(e, adjusted=False) for e in effects))


def read_arms(study: Study, cutoff: str | None, endpoints: tuple[str, ...]) -> ArmPrint:
    """Return the arms of one data cut.

    Parameters
    ----------
    cutoff : words of the cut, such as ``interim``; None: the latest in which both arms have a curve.
    endpoints : to keep, by the study's word or in lower case; none: all that both arms print.

    Raises
    ------
    ReconstructionError : no curve with a number of patients, or no such cut or endpoint.
    """
    study = possible(study)
    usable = [c for c in study.survivals if c.n and (c.median is not None or c.landmarks or c.median_reached is False)]
    if not usable:
        raise ReconstructionError(
            f"study {study.id}: no printed curve has a number of patients and a median or a rate; nothing to "
            "reconstruct (or write a layout: models/README.md)"
        )
    cuts = [cutoff] if cutoff is not None else list(dict.fromkeys([latest(study), ""]))
    if cutoff is not None and not any(cutoff in c.cutoff for c in usable):
        known = sorted({c.cutoff for c in usable if c.cutoff})
        raise ReconstructionError(f"study {study.id}: no curve of a data cut '{cutoff}'; {suggestion(cutoff, known)}")
    for cut in cuts:
        found = compared(study, usable, cut)
        if found is not None:
            return kept(found, endpoints)
    return kept(uncompared(study, usable, cuts[0]), endpoints)


def kept(found: ArmPrint, endpoints: tuple[str, ...]) -> ArmPrint:
    """Return the arms with some endpoints alone."""
    if not endpoints:
        return found
    known = {e.word: e for e in found.endpoints} | {column_name(e.word): e for e in found.endpoints}
    for name in endpoints:
        if name not in known:
            raise ReconstructionError(f"study {found.study.id}: no endpoint '{name}'; {suggestion(name, known)}")
    wanted = [known[name] for name in endpoints]
    return replace(found, endpoints=tuple(e for e in found.endpoints if e in wanted))


def compared(study: Study, usable: list[PublishedSurvival], cut: str) -> ArmPrint | None:
    """Return the two arms of the first effect whose groups both have a curve in this cut."""
    for effect in effects_of(study, cut):
        first = pair_of(effect, usable, cut)
        if first is None:
            continue
        sizes = (first[0].n or 0, first[1].n or 0)
        found = {effect.endpoint: EndpointPrint(effect.endpoint, first, effect)}
        for other in effects_of(study, cut):
            pair = pair_of(other, usable, cut)
            if other.effect == effect.effect and pair is not None and (pair[0].n, pair[1].n) == sizes:
                found.setdefault(other.endpoint, EndpointPrint(other.endpoint, pair, other))
        for word in dict.fromkeys(c.endpoint for c in usable):
            pair = same_arms(first, [c for c in in_cut(usable, cut) if c.endpoint == word])
            if pair is not None:
                found.setdefault(word, EndpointPrint(word, pair, None))
        labels = (first[0].arm, first[1].arm)
        return ArmPrint(study, labels, sizes, in_order(tuple(found.values())))
    return None


def uncompared(study: Study, usable: list[PublishedSurvival], cut: str) -> ArmPrint:
    """Return all arms of a cut, none of which an effect compares."""
    here = in_cut(usable, cut) or usable
    first = here[0].endpoint
    arms = {c.arm: c.n or 0 for c in here if c.endpoint == first}
    if len(arms) > MOST_ARMS:
        raise ReconstructionError(
            f"study {study.id}: {len(arms)} groups have curves and no effect says which are arms of one population; "
            "write a layout (models/README.md)"
        )
    prints = []
    for word in dict.fromkeys(c.endpoint for c in here):
        curves = {c.arm: c for c in here if c.endpoint == word and c.n == arms.get(c.arm)}
        if set(curves) == set(arms):
            prints.append(EndpointPrint(word, tuple(curves[arm] for arm in arms), None))
    return ArmPrint(study, tuple(arms), tuple(arms.values()), in_order(tuple(prints)))


def in_order(endpoints: tuple[EndpointPrint, ...]) -> tuple[EndpointPrint, ...]:
    """Return endpoints with those that bound another first."""
    return tuple(sorted(endpoints, key=lambda e: e.word in BOUNDED))


def in_cut(curves: list[PublishedSurvival], cut: str) -> list[PublishedSurvival]:
    """Return the curves of one data cut; without a cut, those that name none."""
    return [c for c in curves if (cut in c.cutoff if cut else not c.cutoff)]


def effects_of(study: Study, cut: str) -> list[PublishedEstimate]:
    """Return the effects on all patients, OS first, those that name the cut before those that name none."""
    found = [
        e
        for e in study.estimates
        if e.measure in MEASURES
        and not e.subgroup
        and e.hazard_of
        and e.versus
        and (not e.cutoff or (bool(cut) and cut in e.cutoff))
    ]
    return sorted(found, key=lambda e: (e.endpoint not in BOUNDED.values(), not e.cutoff, e.measure != "HR"))


def pair_of(
    effect: PublishedEstimate, usable: list[PublishedSurvival], cut: str
) -> tuple[PublishedSurvival, PublishedSurvival] | None:
    """Return the curves of an effect's two groups, reference first; None where they are not both found."""
    curves = [c for c in in_cut(usable, cut) if c.endpoint == effect.endpoint]
    treated = fitting(curves, effect.n_hazard_of)
    control = fitting(curves, effect.n_versus)
    a, b = nearest(effect.hazard_of, tuple(treated)), nearest(effect.versus, tuple(control))
    both = tuple(dict.fromkeys([*treated, *control]))
    if len(both) == 2 and not (a and b and a != b):
        # The control goes by its own name; a treatment is often named by its drug here and by its class there.
        other = next((arm for arm in both if arm != effect.versus), "") if effect.versus in both else ""
        a, b = (other, effect.versus) if other else by_control(effect.hazard_of, effect.versus, both)
    return (control[b], treated[a]) if a in treated and b in control and a != b else None


def fitting(curves: list[PublishedSurvival], n: int | None) -> dict[str, PublishedSurvival]:
    """Return the curves by arm whose number of patients is that of a group."""
    return {c.arm: c for c in curves if n in (None, c.n)}


def same_arms(
    pair: tuple[PublishedSurvival, PublishedSurvival], curves: list[PublishedSurvival]
) -> tuple[PublishedSurvival, PublishedSurvival] | None:
    """Return the curves of the same two arms on another endpoint; None where they are not both there."""
    known = {(c.arm, c.n): c for c in curves}
    first, second = known.get((pair[0].arm, pair[0].n)), known.get((pair[1].arm, pair[1].n))
    return (first, second) if first is not None and second is not None else None
