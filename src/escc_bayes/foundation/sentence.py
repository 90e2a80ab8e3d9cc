"""Words as the beginning of a sentence."""


def capital(words: str) -> str:
    """Return words with a large first letter, the others as they are.

    Examples
    --------
    >>> capital("median PFS of 14.6 months")
    'Median PFS of 14.6 months'
    """
    return words[:1].upper() + words[1:]
