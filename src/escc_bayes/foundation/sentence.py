"""Words as the beginning of a sentence, and numbers with their nouns."""

from decimal import Decimal

# First words of labels that are English and no noun of another language, which would be written large.
ENGLISH = frozenset(
    [
        "age",
        "all",
        "alcohol",
        "any",
        "baseline",
        "body",
        "cancer",
        "cause",
        "centre",
        "clinical",
        "concurrent",
        "consolidative",
        "cycles",
        "death",
        "differentiation",
        "disease",
        "disease-free",
        "distant",
        "distant-metastasis-free",
        "drinking",
        "duration",
        "entry",
        "event-free",
        "family",
        "first",
        "follow-up",
        "gender",
        "grade",
        "height",
        "histology",
        "immunotherapy",
        "induction",
        "local",
        "local-regional",
        "locoregional",
        "lost",
        "lymph",
        "lymphocytes",
        "marital",
        "month",
        "months",
        "nodal",
        "number",
        "of",
        "overall",
        "pathological",
        "patient",
        "previous",
        "prior",
        "progression",
        "progression-free",
        "radiation",
        "radiotherapy",
        "recurrence",
        "recurrence-free",
        "relapse",
        "relapse-free",
        "second",
        "sex",
        "site",
        "smoking",
        "stage",
        "surgery",
        "survival",
        "time",
        "treatment",
        "tumour",
        "weight",
        "year",
        "years",
    ]
)


def capital(words: str) -> str:
    """Return words with a large first letter, the others as they are.

    Examples
    --------
    >>> capital("median PFS of 14.6 months")
    'Median PFS of 14.6 months'
    """
    return words[:1].upper() + words[1:]


def small(label: str) -> str:
    """Return a label inside a sentence: a word known as English loses its large letter, any other keeps it.

    A label is its reader's: ``ECOG``, ``T stage``, and nouns of languages that write them large.

    Examples
    --------
    >>> small("Stage"), small("Overall survival"), small("ALC at baseline"), small("T stage"), small("Geschlecht")
    ('stage', 'overall survival', 'ALC at baseline', 'T stage', 'Geschlecht')
    """
    lowered = label[:1].lower() + label[1:]
    return lowered if label.split(" ")[0].lower() in ENGLISH and lowered.split(" ")[0].islower() else label


def counted(number: float | Decimal | str, what: str) -> str:
    """Return a number, or one as it is printed, with its noun.

    Examples
    --------
    >>> counted(1, "event"), counted(0, "patient"), counted(1.0, "month"), counted(2.5, "month")
    ('1 event', '0 patients', '1 month', '2.5 months')
    >>> counted("1", "month"), counted(Decimal("1.0"), "month")
    ('1 month', '1.0 months')
    """
    shown = f"{number:g}" if isinstance(number, float) else f"{number}"
    return f"{shown} {what}" if shown == "1" else f"{shown} {what}s"


def about(number: float, what: str) -> str:
    """Return a number to three digits with its noun.

    Examples
    --------
    >>> about(1.0004, "event"), about(15.26, "event")
    ('1 event', '15.3 events')
    """
    return counted(float(f"{number:.3g}"), what)
