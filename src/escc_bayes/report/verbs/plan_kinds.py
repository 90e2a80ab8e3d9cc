"""Designs that have a kind of their own, as `plan` runs them: read, simulated, told and drawn.

Modules that compute and draw are loaded once a design has been read: what is wrong with it is said at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from escc_bayes.trial.kind import PFS_OS, SINGLE_ARM

if TYPE_CHECKING:
    from escc_bayes.report.document.sheet import Sheet
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


READERS = {SINGLE_ARM: single_arm_plan, PFS_OS: two_endpoints_plan}
