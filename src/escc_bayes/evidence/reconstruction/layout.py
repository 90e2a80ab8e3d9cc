"""A layout: how the printed numbers of a study become the columns of a cohort.

``models/README.md`` has the vocabulary. A count is a whole number or the name of a [[number]] entry of the study.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from escc_bayes.foundation.errors import InputError

type Count = int | str
type RuleKind = Literal["no_event_before", "event_by", "followed_to"]
RULE_KINDS: tuple[RuleKind, ...] = ("no_event_before", "event_by", "followed_to")
SUBSETS = ("everyone", "progressed")
CLOCKS = ("start", "progression")


class ReconstructionError(InputError):
    """A cohort cannot be reconstructed as asked."""


@dataclass(frozen=True, slots=True)
class EndpointLayout:
    """One endpoint: the study's word, the columns of the output, and what it lies within.

    ``shortest`` and ``longest`` are months; ``longest`` None: from follow-up and landmarks. ``failures`` names the
    printed number of patients whose event came before the end of the endpoint it lies within.
    """

    name: str
    word: str
    time: str
    event: str
    within: str = ""
    failures: Count = ""
    shortest: float = 0.1
    longest: float | None = None


@dataclass(frozen=True, slots=True)
class ArmLayout:
    """A printed curve that is not of all patients: of one level of a covariate, or of those who progressed."""

    name: str
    endpoint: str
    of: str
    covariate: str = ""
    levels: tuple[str, ...] = ()
    subset: str = "everyone"
    clock: str = "start"


@dataclass(frozen=True, slots=True)
class Measured:
    """Moments of a measured covariate, as numbers or names of printed numbers; ``median`` serves for ``mean``."""

    minimum: float | str
    maximum: float | str
    sd: float | str
    mean: float | str | None = None
    median: float | str | None = None
    decimals: int = 2
    cuts: tuple[float, ...] = ()
    on_cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CovariateLayout:
    """One covariate: levels with counts, or a measurement. ``levels`` of a measurement are its classes, ascending.

    ``write`` : column -> word, for each level, where a level stands for several columns.
    """

    name: str
    levels: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    measured: Measured | None = None
    write: tuple[tuple[tuple[str, str], ...], ...] = ()
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell of a cross-table: levels by covariate, and its count."""

    levels: tuple[tuple[str, str], ...]
    count: Count


@dataclass(frozen=True, slots=True)
class Joint:
    """Covariates that move together, with the printed cells of their cross-table."""

    covariates: tuple[str, ...]
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Correlated:
    """Measured covariates of one patient whose pairwise correlation lies in [low, high]."""

    covariates: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """Groups of levels that an effect compares, reference first; hazard ratios are per step away from it."""

    effect: str
    covariate: str
    groups: tuple[tuple[str, ...], ...]
    hazard_ratio: bool = False
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a patient cannot be: ``months`` by level, or ``months_each`` unit of a measurement."""

    covariate: str
    endpoint: str
    kind: RuleKind
    months: tuple[tuple[str, float], ...] = ()
    months_each: float = 0.0


@dataclass(frozen=True, slots=True)
class TTest:
    """A printed t statistic between two measured covariates."""

    number: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A printed count that the layout does not follow, and why."""

    number: str
    covariate: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Patients of whom only their number is printed: rows of the cohort without outcomes, beside those searched for.

    ``total`` : patients with and without outcomes. ``write`` : column -> word of those without.
    """

    total: Count
    write: tuple[tuple[str, str], ...] = ()
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the numbers of one study become columns; ``where`` begins every message."""

    where: str
    study: str
    n: Count
    endpoints: tuple[EndpointLayout, ...]
    covariates: tuple[CovariateLayout, ...]
    cohort: str = ""
    cutoff: str = ""
    arms: tuple[ArmLayout, ...] = ()
    joints: tuple[Joint, ...] = ()
    correlated: tuple[Correlated, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    rules: tuple[Rule, ...] = ()
    t_tests: tuple[TTest, ...] = ()
    rejected: tuple[Rejected, ...] = field(default=())
    outside: Outside | None = None

    def endpoint(self, name: str) -> EndpointLayout:
        """Return an endpoint by name."""
        return next(e for e in self.endpoints if e.name == name)

    def covariate(self, name: str) -> CovariateLayout:
        """Return a covariate by name."""
        return next(c for c in self.covariates if c.name == name)


def layout_path(study: str, folder: Path) -> Path | None:
    """Return the bundled layout of a study; None where there is none."""
    path = folder / "reconstructions" / f"{study}.toml"
    return path if path.exists() else None
