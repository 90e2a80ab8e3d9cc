"""The files of the grid, read and fitted once."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

import escc_bayes as eb
from escc_bayes.foundation.errors import DataWarning, EngineReplacedWarning, NotFitForUseWarning
from escc_bayes.spec.reading import load_spec
from tests.grid.patients import schema_text, write_patients
from tests.grid.table import GRID, Entry


@dataclass
class Case:
    """One entry with its files; fits are made once."""

    name: str
    entry: Entry
    folder: Path

    @cached_property
    def spec(self):
        return load_spec(self.folder / f"{self.name}.model.toml")

    @property
    def schema(self):
        """The file of the schema."""
        return self.folder / f"{self.name}.schema.toml"

    @cached_property
    def cohort(self):
        return eb.read_cohort(self.folder / f"{self.entry.cohort}.csv", eb.load_schema(self.schema))

    @property
    def fitted(self):
        """The model as it is fitted to one cohort: what imputes, as its complete cases."""
        return self.spec.complete_cases

    @cached_property
    def engine(self):
        """The engine of the cheap tests: laplace, wherever it has the structure."""
        return "nuts" if "laplace" in self.entry.refused else "laplace"

    @cached_property
    def posterior(self):
        return self.fit(self.engine)

    def fit(self, engine):
        """Return a posterior of few draws."""
        few = {"draws": 400} if engine == "laplace" else {"draws": 30, "tune": 60, "chains": 2}
        return eb.fit(self.fitted, self.cohort, engine=engine, seed=1, **few)

    @property
    def words(self):
        """The words of the command line that name cohort, schema and model."""
        return (
            *("--cohort", self.folder / f"{self.entry.cohort}.csv"),
            *("--schema", self.schema),
            *("--model", self.folder / f"{self.name}.model.toml"),
        )


@pytest.fixture(scope="session")
def cases(tmp_path_factory):
    """Every entry by its name."""
    folder = tmp_path_factory.mktemp("grid")
    write_patients(folder)
    for name, entry in GRID.items():
        model = entry.model(name)
        (folder / f"{name}.model.toml").write_text(model)
        (folder / f"{name}.schema.toml").write_text(schema_text(entry.schema, model))
    return {name: Case(name, entry, folder) for name, entry in GRID.items()}


@pytest.fixture
def case(request, cases):
    """The entry that a test is about."""
    return cases[request.param]


@pytest.fixture(autouse=True)
def cautions_are_expected():
    """Few events, few draws and another engine in place of one are said by warnings, which are no faults here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        warnings.simplefilter("ignore", NotFitForUseWarning)
        warnings.simplefilter("ignore", EngineReplacedWarning)
        yield
