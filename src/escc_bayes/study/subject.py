"""What every table of a paper is made of: the paper, the cohorts, and which column is which factor."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.data.study import Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.foundation.seeds import Seed
from escc_bayes.foundation.sentence import capital
from escc_bayes.study.part import Part
from escc_bayes.study.printed import Printed
from escc_bayes.study.roles import ENDPOINT_WORDS, Role


@dataclass(frozen=True, slots=True)
class Subject:
    """A paper and the cohort on which its tables are done.

    Attributes
    ----------
    study, printed, findings : the paper, its numbers, and its audit.
    members : the reconstructions; of a cohort of one's own it alone.
    roles : the factors of the paper.
    covariates : the covariate of each factor that the cohort has.
    endpoints : the endpoints ``os`` and ``pfs``, as far as the cohort has them.
    by : the factor in whose groups characteristics and response are shown; empty: none.
    level, seed : of intervals, and of everything random.
    """

    study: Study
    printed: Printed
    findings: tuple[Finding, ...]
    members: tuple[Cohort, ...]
    roles: tuple[Role, ...]
    covariates: dict[str, str]
    endpoints: dict[str, str]
    by: str
    level: float
    seed: Seed

    @property
    def of_paper(self) -> bool:
        """Whether these are the reconstructions of the paper's own patients, of whom its printed counts are."""
        return bool(self.printed.targets)

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the roles that are factors, and no outcomes."""
        return tuple(role.name for role in self.roles if not role.outcome)

    @property
    def first(self) -> Cohort:
        """The cohort itself, or the first reconstruction."""
        return self.members[0]

    @property
    def several(self) -> bool:
        """Whether numbers are pooled over reconstructions."""
        return len(self.members) > 1

    @property
    def whose(self) -> str:
        """Of whom the numbers are."""
        first = self.first
        who = f"{len(first)} patients"
        return f"{who}, {len(self.members)} reconstructions pooled" if self.several else f"{who}, cohort {first.name}"

    def has(self, *names: str) -> bool:
        """Whether the cohort has all these factors or endpoints."""
        return all(name in self.covariates or name in self.endpoints for name in names)

    def column(self, role: str) -> CovariateData:
        """Return the covariate of a factor in the first member."""
        return self.first.covariates[self.covariates[role]]

    def columns(self, role: str) -> list[CovariateData]:
        """Return the covariate of a factor in each member."""
        return [member.covariates[self.covariates[role]] for member in self.members]

    def followed(self, endpoint: str) -> list[EndpointData]:
        """Return an endpoint in each member."""
        return [member.endpoints[self.endpoints[endpoint]] for member in self.members]

    def groups(self, role: str) -> list[NDArray[np.int64]]:
        """Return the level of each patient in a factor, in each member; -1 where it is not known."""
        return [np.where(data.missing, -1, data.values).astype(np.int64) for data in self.columns(role)]

    def label(self, role: str) -> str:
        """Return what a factor is called: its label in the schema, or the words of the paper where it has none."""
        words = self.words(role)
        if role not in self.covariates:
            return words
        schema = self.column(role).schema
        unlabelled = schema.label in ("", schema.name, schema.name.replace("_", " "))
        return capital(words) if unlabelled else schema.label

    def levels_read(self, role: str) -> tuple[str, ...]:
        """Return the levels of a factor as people read them."""
        schema = self.column(role).schema
        return tuple(map(schema.read_as, schema.levels))

    def words(self, name: str) -> str:
        """Return what the paper calls a factor or an endpoint."""
        return ENDPOINT_WORDS.get(name) or next(role.words for role in self.roles if role.name == name)

    def lacking(self, *names: str) -> tuple[str, ...]:
        """Return a line for each factor or endpoint that the cohort lacks, naming the entry of the schema to add."""
        return tuple(
            f"Left out: {self.words(name)}; the cohort has no column for it "
            f"({'endpoints' if name in ENDPOINT_WORDS else 'covariates'}.{name} in its schema)."
            for name in names
            if not self.has(name)
        )

    def concerning(self, *words: str) -> tuple[Finding, ...]:
        """Return the findings of the audit that name one of these words, the most serious first."""
        return tuple(f for f in self.findings if any(word in f"{f.statement} {f.where}" for word in words))


type Maker = Callable[[Subject], Part]
