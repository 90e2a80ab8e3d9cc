"""Words as the beginning of a sentence, and numbers with their nouns."""


def capital(words: str) -> str:
    """Return words with a large first letter, the others as they are.

    Examples
    --------
    >>> capital("median PFS of 14.6 months")
    'Median PFS of 14.6 months'
    """
    return words[:1].upper() + words[1:]


def counted(number: float, what: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "event"), counted(0, "patient"), counted(1.0, "month"), counted(2.5, "month")
    ('1 event', '0 patients', '1 month', '2.5 months')
    """
    shown = f"{number:g}" if isinstance(number, float) else f"{number}"
    return f"{shown} {what}" if shown == "1" else f"{shown} {what}s"
