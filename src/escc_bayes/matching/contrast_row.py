"""What the rows of ``contrasts.csv`` have in common: one design, its groups, their curves."""

from escc_bayes.classical.km import KaplanMeier, kaplan_meier
from escc_bayes.classical.rmst import Rmst, rmst
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import Followed
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request


class Rows:
    """Makes rows of one design: what they have in common stands here."""

    def __init__(self, patients: Patients, design: Design, asked: Request, own: Followed) -> None:
        self.patients, self.design, self.asked, self.own = patients, design, asked, own
        self.control, self.treatment = patients.levels
        last = [float(own.time[own.of_group(treated)].max()) for treated in (1, 0)]
        self.known_until = min(last)

    @property
    def contrast(self) -> str:
        """Who over, or less, whom."""
        return f"{self.treatment} vs {self.control}"

    def row(
        self,
        quantity: str,
        group: str,
        time: float,
        method: str,
        value: tuple[float, float, float],
        *,
        of: tuple[int, int] | None = None,
        note: str = "",
    ) -> Row:
        """Return one row: value, lower, upper; ``of`` patients and events, or all of the design."""
        n, events = (self.own.time.size, self.own.events) if of is None else of
        return {
            "endpoint": self.asked.endpoint,
            "term": self.asked.treatment,
            "quantity": quantity,
            "group": group,
            "time": time,
            "method": method,
            "design": self.design.method,
            "value": value[0],
            "lower": value[1],
            "upper": value[2],
            "level": self.asked.level,
            "interval": "credible" if method.startswith("bayes") else "confidence",
            "n": n,
            "events": events,
            "clock": self.patients.clock(self.asked.treatment),
            "provenance": self.patients.cohort.provenance,
            "note": note,
        }

    def curve(self, treated: int) -> KaplanMeier:
        """Return the weighted Kaplan-Meier curve of a group."""
        own, inside = self.own, self.own.of_group(treated)
        return kaplan_meier(
            own.time[inside],
            own.event[inside],
            entry=None if own.entry is None else own.entry[inside],
            weight=own.weight[inside],
            cluster=own.cluster[inside],
            level=self.asked.level,
        )

    def mean(self, treated: int, until: float) -> Rmst:
        """Return the weighted restricted mean of a group."""
        own, inside = self.own, self.own.of_group(treated)
        return rmst(
            own.time[inside],
            own.event[inside],
            until=until,
            entry=None if own.entry is None else own.entry[inside],
            weight=own.weight[inside],
            cluster=own.cluster[inside],
        )

    def counts(self, treated: int) -> tuple[int, int]:
        """Return patients and events of a group."""
        inside = self.own.of_group(treated)
        return int(inside.sum()), int(self.own.event[inside].sum())
