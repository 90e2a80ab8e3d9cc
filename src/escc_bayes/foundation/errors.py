"""What can go wrong, in words: every message says what, where, what was given, what to do."""

from collections.abc import Sequence

# Letters of a paragraph; of a longer one the middle is left out.
LONGEST = 1600


class EsccBayesError(Exception):
    """Base of every error that this package raises on purpose."""


class InputError(EsccBayesError):
    """Something the user gave cannot be used; the command line ends with exit code 2."""


class TomlError(InputError):
    """A TOML file cannot be read, or holds an unknown key or a wrong value."""


class SchemaError(InputError):
    """A cohort schema does not say what is needed."""


class CohortError(InputError):
    """Patient data break a rule; the message lists the rows."""


class NoContrastError(CohortError):
    """A covariate has one level, no reference or one value among the patients analysed; ``why`` says so in words."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why, remedy)
        self.why, self.remedy = why, remedy

    def __str__(self) -> str:
        return f"{self.why}: {self.remedy}"


class SpecError(InputError):
    """A model specification cannot be understood, or does not fit its cohort."""


class LandmarkError(InputError):
    """A landmark is missing, too early, or leaves too little."""


class CutError(InputError):
    """Cut points are not strictly increasing positive numbers."""


class EstimandError(InputError):
    """An estimand names a term, level or time that the fit does not have."""


class OutputError(InputError):
    """The output folder cannot be written."""


class SamplingError(EsccBayesError):
    """The sampler could not start or did not finish."""


class EsccBayesWarning(UserWarning):
    """Base of every warning of this package."""


class DataWarning(EsccBayesWarning):
    """Data are usable but look wrong: duplicate rows, another unit, an outlying time."""


class FontWarning(EsccBayesWarning):
    """No installed font has letters of a figure."""


class EngineReplacedWarning(EsccBayesWarning):
    """The engine asked for is not fit for use; another one answered."""


class LeftOutWarning(EsccBayesWarning):
    """Values per patient and draw are too many to be held or written; the message says how to have them."""


class NotFitForUseWarning(EsccBayesWarning):
    """Diagnostics say that a posterior must not be used."""


def some_of(items: Sequence[object], most: int = 8) -> str:
    """Join the first ``most`` items with commas, and count the rest.

    Examples
    --------
    >>> some_of([1, 2, 3], most=2)
    '1, 2 and 1 more'
    """
    shown = ", ".join(str(item) for item in items[:most])
    rest = len(items) - most
    return f"{shown} and {rest} more" if rest > 0 else shown


def one_paragraph(text: str) -> str:
    """Return text as one paragraph: line breaks become spaces, other control characters are spelt out.

    Examples
    --------
    >>> one_paragraph("no such\\nfile 'a\\x01'")
    "no such file 'a\\\\x01'"
    """
    spaced = " ".join(text.split())
    if len(spaced) > LONGEST:
        spaced = f"{spaced[: LONGEST * 3 // 4]} ... {spaced[-LONGEST // 4 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in spaced)
