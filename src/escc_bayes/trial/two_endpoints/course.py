"""What a trial of two endpoints will look like: curves at the last look, patients and events of both until then."""

from dataclasses import dataclass

from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.trial.looks.snapshot import snapshot
from escc_bayes.trial.simulation.expected_course import TRIALS, curve_fans
from escc_bayes.trial.simulation.forecast import Fan, ahead, count_fan
from escc_bayes.trial.two_endpoints.design import TwoEndpointDesign
from escc_bayes.trial.two_endpoints.simulate import both_seen, course_of


@dataclass(frozen=True, slots=True, eq=False)
class EndpointCourse:
    """Fans of both arms' curves (control, treatment) of PFS and of OS, of patients, and of events of PFS and of OS."""

    curves: tuple[tuple[Fan, Fan], ...]
    entries: Fan
    events: tuple[Fan, ...]


def endpoint_course(design: TwoEndpointDesign, *, seed: Seed, level: float) -> EndpointCourse:
    """Simulate a few hundred trials under the stated hazards."""
    seen = both_seen(design, design.truth, TRIALS, stream(seed, "predicted"), "two endpoints", 0)
    last = course_of(design, seen).month[-1]
    return EndpointCourse(
        tuple(curve_fans(snapshot(of, last), level) for of in seen),
        count_fan(seen[0].entry, ahead(0.0, seen[0].entry.max(axis=1)), level),
        tuple(count_fan(of.calendar, ahead(0.0, last), level) for of in seen),
    )
