"""What people read for the levels of covariates, where a schema labels them; files of numbers keep the levels."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.level_places import beside, contrasted, identifies, in_run, named, told, whole

# Characters for private use stand for a label until the whole sentence is read: no label is read as a level.
HELD = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class LevelLabels:
    """Labels of levels, covariate by covariate.

    Attributes
    ----------
    covariates : schemas of the covariates with such labels.

    Examples
    --------
    >>> rt = CovariateSchema("rt", "rt", "binary", ("none", "rt_60"), labels={"none": "No RT", "rt_60": "60 Gy"})
    >>> labels = LevelLabels((rt,))
    >>> labels.of("rt", "none"), labels.contrast("rt", "rt_60 vs none")
    ('No RT', '60 Gy vs No RT')
    >>> labels.said("none left out; rt: rt_60 vs none; rt_60: 3 events")
    'none left out; rt: 60 Gy vs No RT; 60 Gy: 3 events'
    """

    covariates: tuple[CovariateSchema, ...]

    def of(self, term: str, level: str) -> str:
        """Return the label of a level; the level itself where it has none."""
        return next((c.read_as(level) for c in self.covariates if c.name == term), level)

    def contrast(self, term: str, text: str) -> str:
        """Return a contrast of levels of a covariate in labels."""
        own = next((c for c in self.covariates if c.name == term), None)
        if own is None:
            return self.said(text)
        reading = Reading(text)
        reading.label(contrasted(words_of(own)), own)
        return reading.read()

    def under(self, heading: str, text: str) -> str:
        """Return a text under a heading: a level of the covariate that the heading names first, or any other text."""
        first = re.split(r"; |\n", heading)[0]
        own = next((c for c in self.covariates if first in (c.name, c.label)), None)
        if own is None:
            return self.said(text)
        return own.labels.get(text) or self.contrast(own.name, text)

    def said(self, text: str, of: str = "") -> str:
        """Return a sentence with labels where it names levels.

        ``of`` is the covariate that the sentence is about; without, the one that its first word names.

        A level that is no word of English (``ici_after_crt``) is known wherever it stands; any other where nothing else
        can be meant (``level_places``).
        """
        reading = Reading(text)
        of = of or next((c.name for c in self.covariates if text.startswith((f"{c.name}: ", f"{c.name} "))), "")
        for covariate in self.covariates:
            reading.label(named(names_of(covariate), words_of(covariate)), covariate)
        for covariate in self.covariates:
            own = frozenset(level for level in covariate.levels if self.means(level, covariate, of))
            if len(own) == len(covariate.levels):
                reading.label(beside(words_of(covariate)), covariate)
            reading.label(told(words_of(covariate)), covariate, only=own)
            reading.label((whole(words_of(covariate)),), covariate, only=frozenset(filter(identifies, own)))
        return reading.read()

    def means(self, level: str, covariate: CovariateSchema, of: str) -> bool:
        """Whether a level is this covariate's where no name says so: told of, or no other reads it otherwise."""
        others = (c for c in self.covariates if level in c.levels and c.read_as(level) != covariate.read_as(level))
        return covariate.name == of or not any(others)


NO_LABELS = LevelLabels(())


def level_labels(covariates: Mapping[str, CovariateData]) -> LevelLabels:
    """Return the labels of the levels of the covariates of a cohort, or of a model."""
    return LevelLabels(tuple(data.schema for data in covariates.values() if data.schema.labels))


@dataclass(slots=True)
class Reading:
    """A sentence while its levels are labelled: each label is held apart, so that what it says is not read again."""

    text: str
    held: list[str] = field(default_factory=list)

    def label(
        self, places: Iterable[re.Pattern[str]], covariate: CovariateSchema, *, only: frozenset[str] | None = None
    ) -> None:
        """Hold the labels of the levels at these places; ``only`` of some levels."""
        each = in_run(words_of(covariate))

        def hold(found: re.Match[str]) -> str:
            level = found["level"]
            if only is not None and level not in only:
                return found[0]
            self.held.append(covariate.read_as(level))
            return f"\ue000{len(self.held) - 1}\ue001{found['between']}"

        for place in places:
            self.text = place.sub(lambda found: found["kept"] + each.sub(hold, found["run"]), self.text)

    def read(self) -> str:
        """Return the sentence with the labels that were held."""
        return HELD.sub(lambda found: self.held[int(found[1])], self.text)


def words_of(covariate: CovariateSchema) -> tuple[str, ...]:
    """Return levels and their labels: a label that holds the word of a level stays as it is."""
    return (*covariate.levels, *covariate.labels.values())


def names_of(covariate: CovariateSchema) -> tuple[str, ...]:
    """Return what a covariate is called, also within a sentence."""
    called = (covariate.name, covariate.label, covariate.label[:1].lower() + covariate.label[1:])
    return tuple(dict.fromkeys(filter(None, called)))
