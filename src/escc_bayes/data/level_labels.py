"""What people read for the levels of covariates, where a schema labels them; files of numbers keep the levels."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData

# What stands between two levels of one covariate, and between its name and a level.
BETWEEN = r"(?:(?: by [\d.]+ months?)?(?: vs | minus )| v | over | and | than |(?: \d+)?, )"
BEHIND = r"(?: = |: | ?\n|, | |\[)"
# A level in these is no word of English, and so means itself wherever it stands.
IDENTIFIER = re.compile(r"_|[^\x00-\x7f]|\w-\w|[A-Za-z]\d|\d[A-Za-z]")
# Letters beside which a word is part of a longer one, of a path or of a name.
BEFORE, AFTER = r"(?<![\w/.-])", r"(?![\w/-])"


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
        return self.said(text if own is None else replaced(beside(words_of(own)), text, own))

    def under(self, heading: str, text: str) -> str:
        """Return a text that stands under a heading: a level of the covariate that it names, or any other text."""
        own = next((c for c in self.covariates if heading in (c.name, c.label)), None)
        if own is None:
            return self.said(text)
        return own.labels.get(text) or self.contrast(own.name, text)

    def said(self, text: str) -> str:
        """Return a sentence with labels where it names levels.

        A level that is no word of English (``ici_after_crt``) is known wherever it stands; any other behind the name of
        its covariate, beside another of its levels, or where its events are counted.
        """
        for covariate in self.covariates:
            text = replaced(behind(names_of(covariate), words_of(covariate)), text, covariate)
        for covariate in self.covariates:
            own = frozenset(level for level in covariate.levels if not self.otherwise(level, covariate.read_as(level)))
            if len(own) == len(covariate.levels):
                text = replaced(beside(words_of(covariate)), text, covariate)
            text = replaced(counted(words_of(covariate)), text, covariate, only=own)
            strange = frozenset(level for level in own if IDENTIFIER.search(level))
            text = replaced(whole(words_of(covariate)), text, covariate, only=strange)
        return text

    def otherwise(self, level: str, label: str) -> bool:
        """Whether another covariate calls the same level otherwise."""
        return any(level in c.levels and c.read_as(level) != label for c in self.covariates)


NO_LABELS = LevelLabels(())


def level_labels(covariates: Mapping[str, CovariateData]) -> LevelLabels:
    """Return the labels of the levels of the covariates of a cohort, or of a model."""
    return LevelLabels(tuple(data.schema for data in covariates.values() if data.schema.labels))


def replaced(
    pattern: re.Pattern[str], text: str, covariate: CovariateSchema, *, only: frozenset[str] | None = None
) -> str:
    """Return text with labels in place of levels wherever a pattern is found; ``only`` of some levels."""

    def label(found: re.Match[str]) -> str:
        level = found[0]
        return level if only is not None and level not in only else covariate.read_as(level)

    def labels(found: re.Match[str]) -> str:
        kept = found.groupdict().get("kept", "")
        return kept + each.sub(label, found[0].removeprefix(kept))

    each = whole(words_of(covariate))
    return pattern.sub(labels, text)


def words_of(covariate: CovariateSchema) -> tuple[str, ...]:
    """Return levels and their labels: a label that holds the word of a level stays as it is."""
    return (*covariate.levels, *covariate.labels.values())


def names_of(covariate: CovariateSchema) -> tuple[str, ...]:
    """Return what a covariate is called, also within a sentence."""
    called = (covariate.name, covariate.label, covariate.label[:1].lower() + covariate.label[1:])
    return tuple(dict.fromkeys(filter(None, called)))


@cache
def whole(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of any of these words, whole."""
    return re.compile(f"{BEFORE}{choice(words)}{AFTER}")


@cache
def beside(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of two levels or more with words between them."""
    one = choice(words)
    return re.compile(f"{BEFORE}{one}(?:{BETWEEN}{one})+{AFTER}")


@cache
def counted(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a level whose events or follow-up are told."""
    one = f"{BEFORE}{choice(words)}"
    return re.compile(rf"{one}(?=: \d+ events?\b)|(?<=follow-up of ){one}(?=,)")


@cache
def behind(names: tuple[str, ...], words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the name of a covariate, and one level or several behind it."""
    one = choice(words)
    return re.compile(f"(?P<kept>{BEFORE}{choice(names)}{BEHIND}){one}(?:{BETWEEN}{one})*{AFTER}")


def choice(words: Iterable[str]) -> str:
    """Return words as a choice, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
