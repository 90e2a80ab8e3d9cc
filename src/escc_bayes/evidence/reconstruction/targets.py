"""What the reconstruction aims at: every printed statistic that the layout gives a place among the columns."""

from escc_bayes.data.published import Study
from escc_bayes.evidence.reconstruction.layout import Layout, ReconstructionError
from escc_bayes.evidence.reconstruction.target import CurveKey, Target
from escc_bayes.evidence.reconstruction.target_places import in_cutoff
from escc_bayes.evidence.reconstruction.targets_of_counts import count_targets
from escc_bayes.evidence.reconstruction.targets_of_curves import survival_targets
from escc_bayes.evidence.reconstruction.targets_of_estimates import estimate_targets


def targets_of(study: Study, layout: Layout) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Return every target, and a sentence for each printed statistic that the layout gives no place.

    Raises
    ------
    ReconstructionError : the layout names a number that the study does not print, or nothing is left to aim at.
    """
    found: list[Target] = []
    unused: list[str] = []
    for curve in study.survivals:
        here = list(survival_targets(curve, layout, study)) if in_cutoff(curve.cutoff, layout) else []
        found += here
        if not here:
            unused.append(f"{curve.place}: not used, the layout has no such curve")
    for estimate in study.estimates:
        here = list(estimate_targets(estimate, layout, study)) if in_cutoff(estimate.cutoff, layout) else []
        found += here
        if not here:
            unused.append(f"{estimate.place}: not used, the layout has no such contrast of all patients")
    found += count_targets(layout, study)
    if not any(isinstance(t.key, CurveKey) for t in found):
        raise ReconstructionError(
            f"{layout.where}: study {study.id} prints no survival of the endpoints "
            f"{', '.join(e.word for e in layout.endpoints)}; a median or a rate is needed to place times"
        )
    return tuple(dict.fromkeys(found)), tuple(unused)
