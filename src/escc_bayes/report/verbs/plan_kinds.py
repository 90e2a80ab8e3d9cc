"""Designs that have a kind of their own, as `plan` runs them: read, simulated, told and drawn.

Modules that compute and draw are loaded once a design has been read: what is wrong with it is said at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from escc_bayes.trial.kind import MULTI_ARM, PFS_OS, REESTIMATION, RESPONSE_ADAPTIVE, SINGLE_ARM

if TYPE_CHECKING:
    from escc_bayes.report.document.sheet import Sheet
    from escc_bayes.trial.multi_arm.design import MultiArmDesign
    from escc_bayes.trial.reestimation.design import ReestimationDesign
    from escc_bayes.trial.response_adaptive.design import AdaptiveDesign
    from escc_bayes.trial.simulation.run import Run
    from escc_bayes.trial.simulation.told import Told
    from escc_bayes.trial.single_arm.design import SingleArmDesign
    from escc_bayes.trial.two_endpoints.design import TwoEndpointDesign

# What a design does in words and tables, and what draws its figures.
type Planned = tuple["Told", Callable[[], Sequence["Sheet"]]]


@dataclass(frozen=True, slots=True)
class KindPlan:
    """A design that was read: its name, the digest of its file, and what simulates it."""

    name: str
    digest: str
    planned: Callable[["Run"], Planned]


def plan_of_kind(kind: str, name_or_path: str) -> KindPlan:
    """Read a design of a kind."""
    return READERS[kind](name_or_path)


def single_arm_plan(name_or_path: str) -> KindPlan:
    """Read a single-arm design."""
    from escc_bayes.trial.single_arm.reading import load_single_arm

    design = load_single_arm(name_or_path)
    return KindPlan(design.name, design.digest, partial(single_arm, design))


def single_arm(design: "SingleArmDesign", run: "Run") -> Planned:
    """Simulate a single-arm design."""
    from escc_bayes.report.verbs.single_arm_figures import single_arm_sheets
    from escc_bayes.trial.single_arm.simulate import simulated
    from escc_bayes.trial.single_arm.words import told

    found = simulated(design, run)
    return told(found), partial(single_arm_sheets, found)


def two_endpoints_plan(name_or_path: str) -> KindPlan:
    """Read a design of PFS and OS."""
    from escc_bayes.trial.two_endpoints.reading import load_two_endpoints

    design = load_two_endpoints(name_or_path)
    return KindPlan(design.name, design.digest, partial(two_endpoints, design))


def two_endpoints(design: "TwoEndpointDesign", run: "Run") -> Planned:
    """Simulate a design of PFS and OS."""
    from escc_bayes.report.verbs.two_endpoints_figures import two_endpoints_sheets
    from escc_bayes.trial.two_endpoints.simulate import simulated
    from escc_bayes.trial.two_endpoints.words import told

    found = simulated(design, run)
    return told(found), partial(two_endpoints_sheets, found)


def multi_arm_plan(name_or_path: str) -> KindPlan:
    """Read a design of several treatments."""
    from escc_bayes.trial.multi_arm.reading import load_multi_arm

    design = load_multi_arm(name_or_path)
    return KindPlan(design.name, design.digest, partial(multi_arm, design))


def multi_arm(design: "MultiArmDesign", run: "Run") -> Planned:
    """Simulate a design of several treatments."""
    from escc_bayes.report.verbs.multi_arm_figures import multi_arm_sheets
    from escc_bayes.trial.multi_arm.simulate import simulated
    from escc_bayes.trial.multi_arm.words import told

    found = simulated(design, run)
    return told(found), partial(multi_arm_sheets, found)


def reestimation_plan(name_or_path: str) -> KindPlan:
    """Read a design that re-estimates its events."""
    from escc_bayes.trial.reestimation.reading import load_reestimation

    design = load_reestimation(name_or_path)
    return KindPlan(design.name, design.digest, partial(reestimation, design))


def reestimation(design: "ReestimationDesign", run: "Run") -> Planned:
    """Simulate a design that re-estimates its events."""
    from escc_bayes.report.verbs.reestimation_figures import reestimation_sheets
    from escc_bayes.trial.reestimation.simulate import simulated
    from escc_bayes.trial.reestimation.words import told

    found = simulated(design, run)
    return told(found), partial(reestimation_sheets, found)


def response_adaptive_plan(name_or_path: str) -> KindPlan:
    """Read a response-adaptive design."""
    from escc_bayes.trial.response_adaptive.reading import load_adaptive

    design = load_adaptive(name_or_path)
    return KindPlan(design.name, design.digest, partial(response_adaptive, design))


def response_adaptive(design: "AdaptiveDesign", run: "Run") -> Planned:
    """Simulate a response-adaptive design."""
    from escc_bayes.report.verbs.response_adaptive_figures import adaptive_sheets
    from escc_bayes.trial.response_adaptive.simulate import simulated
    from escc_bayes.trial.response_adaptive.words import told

    found = simulated(design, run)
    return told(found), partial(adaptive_sheets, found)


READERS = {
    SINGLE_ARM: single_arm_plan,
    PFS_OS: two_endpoints_plan,
    MULTI_ARM: multi_arm_plan,
    REESTIMATION: reestimation_plan,
    RESPONSE_ADAPTIVE: response_adaptive_plan,
}
