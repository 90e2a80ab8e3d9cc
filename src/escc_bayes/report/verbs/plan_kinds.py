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
    from escc_bayes.trial.simulation.run import Run
    from escc_bayes.trial.simulation.told import Found, Named, Told, Words

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


def told_and_drawn[Design: "Named", Result: "Found"](
    design: Design,
    found: Result,
    words: "Words[Design, Result]",
    sheets: Callable[[Result], Sequence["Sheet"]],
) -> Planned:
    """Return what is said of a simulated design, and what draws it."""
    from escc_bayes.trial.simulation.told import told

    return told(design, found, words), partial(sheets, found)


def single_arm(name_or_path: str) -> KindPlan:
    """One arm against a reference."""
    from escc_bayes.trial.single_arm.reading import load_single_arm

    design = load_single_arm(name_or_path)

    def planned(run: "Run") -> Planned:
        from escc_bayes.report.verbs.single_arm_figures import single_arm_sheets
        from escc_bayes.trial.single_arm.simulate import simulated
        from escc_bayes.trial.single_arm.words import WORDS

        return told_and_drawn(design, simulated(design, run), WORDS, single_arm_sheets)

    return KindPlan(design.name, design.digest, planned)


def two_endpoints(name_or_path: str) -> KindPlan:
    """PFS and OS."""
    from escc_bayes.trial.two_endpoints.reading import load_two_endpoints

    design = load_two_endpoints(name_or_path)

    def planned(run: "Run") -> Planned:
        from escc_bayes.report.verbs.two_endpoints_figures import two_endpoints_sheets
        from escc_bayes.trial.two_endpoints.simulate import simulated
        from escc_bayes.trial.two_endpoints.words import WORDS

        return told_and_drawn(design, simulated(design, run), WORDS, two_endpoints_sheets)

    return KindPlan(design.name, design.digest, planned)


def multi_arm(name_or_path: str) -> KindPlan:
    """Several treatments against one control."""
    from escc_bayes.trial.multi_arm.reading import load_multi_arm

    design = load_multi_arm(name_or_path)

    def planned(run: "Run") -> Planned:
        from escc_bayes.report.verbs.multi_arm_figures import multi_arm_sheets
        from escc_bayes.trial.multi_arm.simulate import simulated
        from escc_bayes.trial.multi_arm.words import WORDS

        return told_and_drawn(design, simulated(design, run), WORDS, multi_arm_sheets)

    return KindPlan(design.name, design.digest, planned)


def reestimation(name_or_path: str) -> KindPlan:
    """Events set anew at the interim look."""
    from escc_bayes.trial.reestimation.reading import load_reestimation

    design = load_reestimation(name_or_path)

    def planned(run: "Run") -> Planned:
        from escc_bayes.report.verbs.reestimation_figures import reestimation_sheets
        from escc_bayes.trial.reestimation.simulate import simulated
        from escc_bayes.trial.reestimation.words import WORDS

        return told_and_drawn(design, simulated(design, run), WORDS, reestimation_sheets)

    return KindPlan(design.name, design.digest, planned)


def response_adaptive(name_or_path: str) -> KindPlan:
    """Allocation that follows the data."""
    from escc_bayes.trial.response_adaptive.reading import load_adaptive

    design = load_adaptive(name_or_path)

    def planned(run: "Run") -> Planned:
        from escc_bayes.report.verbs.response_adaptive_figures import adaptive_sheets
        from escc_bayes.trial.response_adaptive.simulate import simulated
        from escc_bayes.trial.response_adaptive.words import WORDS

        return told_and_drawn(design, simulated(design, run), WORDS, adaptive_sheets)

    return KindPlan(design.name, design.digest, planned)


READERS = {
    SINGLE_ARM: single_arm,
    PFS_OS: two_endpoints,
    MULTI_ARM: multi_arm,
    REESTIMATION: reestimation,
    RESPONSE_ADAPTIVE: response_adaptive,
}
