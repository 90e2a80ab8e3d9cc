"""What the cohorts give for every printed statistic, recomputed from their rows by the classical methods."""

from collections.abc import Iterator

import numpy as np

from escc_bayes.evidence.arm_level.published import ArmPrint
from escc_bayes.evidence.arm_level.reconstruct import Member
from escc_bayes.evidence.arm_level.value import value_of
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.table import ranges, row
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.hazard.piecewise import FloatArray

SAME = 1e-9
OTHER_EVENTS = "the printed events: with the curves, they fit no such median of the reverse Kaplan-Meier curve"
NOT_HAD = "rates, medians and events of both arms"


def target_rows(printed: ArmPrint, members: tuple[Member, ...]) -> list[dict[str, object]]:
    """Return one row for every printed statistic; ``reachable``: some member has it."""
    rows = []
    for target in printed.targets():
        word = printed.word_of(target)
        values = [value_of(target, printed.arms, member.outcomes[word]) for member in members]
        if not any(v is None for v in values):
            rows.append(row_of(target, printed.study.id, np.array(values, dtype=float)))
    return [*count_rows(printed, members), *rows]


def row_of(target: Target, study: str, values: FloatArray) -> dict[str, object]:
    """Return the row of one target."""
    gaps = np.array([target.distance(float(v)) for v in values])
    reachable = bool((gaps <= SAME).any())
    against = "" if reachable else OTHER_EVENTS if target.kind == kinds.FOLLOW_UP else NOT_HAD
    return row(
        study,
        target.endpoint,
        target.name,
        target.printed,
        values,
        matched=gaps <= SAME,
        within_rounding=all(target.rounding.holds(float(v)) for v in values),
        reachable=reachable,
        distance=float(gaps.min()),
        fights_with=against,
    )


def count_rows(printed: ArmPrint, members: tuple[Member, ...]) -> Iterator[dict[str, object]]:
    """Yield the patients of each arm."""
    word = printed.endpoints[0].word
    for k, (arm, size) in enumerate(zip(printed.arms, printed.sizes, strict=True)):
        found = np.array([member.outcomes[word][k].time.size for member in members], dtype=float)
        gaps = np.abs(found - size)
        yield row(
            printed.study.id,
            "",
            f"patients, {arm}",
            f"{size}",
            found,
            matched=gaps == 0.0,
            within_rounding=bool((gaps == 0.0).all()),
            reachable=bool((gaps == 0.0).any()),
            distance=float(gaps.min()),
            fights_with="",
        )


def spread_rows(printed: ArmPrint, members: tuple[Member, ...]) -> list[dict[str, object]]:
    """Return the range over the cohorts of what was not printed: events of each arm, longest follow-up."""
    found: list[tuple[str, list[float]]] = []
    for endpoint in printed.endpoints:
        for k, arm in enumerate(printed.arms):
            of_arm = [member.outcomes[endpoint.word][k] for member in members]
            found.append((f"events, {endpoint.word}, {arm}", [float(a.event.sum()) for a in of_arm]))
            found.append((f"longest follow-up, {endpoint.word}, {arm}", [float(a.time.max()) for a in of_arm]))
    return ranges(printed.study.id, found)


def summary(printed: ArmPrint, members: tuple[Member, ...]) -> list[str]:
    """Say in sentences what every cohort has, and what none has."""
    rows = target_rows(printed, members)
    arms = f"{len(printed.arms)} arm{'s' * (len(printed.arms) != 1)}"
    said = [
        f"RECONSTRUCTED {printed.study.id}: {len(members)} cohort{'s' * (len(members) != 1)} of {sum(printed.sizes)} "
        f"patients in {arms} ({', '.join(printed.arms)}); {sum(bool(r['matched']) for r in rows)} of {len(rows)} "
        "printed statistics are matched in every cohort."
    ]
    for r in rows:
        if not r["matched"]:
            share = f"{100.0 * float(str(r['matched_share'])):.0f} % of cohorts" if r["reachable"] else "no cohort"
            against = f"; against {r['fights_with']}" if r["fights_with"] else ""
            said.append(
                f"  {r['endpoint']} {r['target']}: printed {r['printed']}, had by {share}, achieved "
                f"{r['achieved_low']:g} to {r['achieved_high']:g}{against}"
            )
    return said
