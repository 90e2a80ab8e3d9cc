"""Progression-free survival never exceeds overall survival, at any landmark or median.

A death ends both, so PFS time <= OS time for every patient, and S_PFS(t) <= S_OS(t) under common follow-up.
"""

from collections.abc import Iterator

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding

RULE = "PFS and OS"
INCLUDING_DEATH = ("PFS", "DFS", "EFS", "RFS")


def progression_before_death(study: Study) -> Iterator[Finding]:
    """Compare PFS and OS of the same arm at the same data cut-off."""
    for pfs in study.survivals:
        for os in study.survivals:
            same = (pfs.arm, pfs.cutoff, pfs.n) == (os.arm, os.cutoff, os.n)
            if same and pfs.endpoint in INCLUDING_DEATH and os.endpoint == "OS":
                yield from landmarks(study, pfs, os)
                yield from medians(study, pfs, os)


def landmarks(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a landmark at which PFS exceeds OS."""
    at = {landmark.t: landmark.s for landmark in os.landmarks}
    for landmark in pfs.landmarks:
        if landmark.t in at and interval(landmark.s).low > interval(at[landmark.t]).high:
            statement = f"{pfs.arm}: {pfs.endpoint} {landmark.s} exceeds OS {at[landmark.t]} at {landmark.t} months."
            arithmetic = f"{landmark.s} > {at[landmark.t]} beyond rounding"
            yield Finding(study.id, RULE, "contradiction", statement, arithmetic, f"{pfs.place}, {os.place}")


def medians(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a median PFS that exceeds the median OS, or is not reached although that is."""
    if os.median is None:
        return
    places = f"{pfs.place}, {os.place}"
    if pfs.median_reached is False:
        yield Finding(
            study.id,
            RULE,
            "contradiction",
            f"{pfs.arm}: median {pfs.endpoint} is not reached, but median OS is {os.median} months.",
            f"S_PFS({os.median}) <= S_OS({os.median}) <= 0.5 under common follow-up, so median PFS <= {os.median}",
            places,
        )
    elif (
        pfs.median is not None and interval(pfs.median, whole="rounded").low > interval(os.median, whole="rounded").high
    ):
        statement = f"{pfs.arm}: median {pfs.endpoint} {pfs.median} exceeds median OS {os.median} months."
        yield Finding(study.id, RULE, "contradiction", statement, f"{pfs.median} > {os.median}", places)
