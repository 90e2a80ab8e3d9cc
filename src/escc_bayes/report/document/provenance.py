"""What is not observed says so first."""


def provenance_first(provenance: str, text: str) -> str:
    """Return a title that says first when data are not observed.

    Examples
    --------
    >>> provenance_first("simulated", "Overall survival"), provenance_first("observed", "Overall survival")
    ('SIMULATED: Overall survival', 'Overall survival')
    """
    return text if provenance == "observed" else f"{provenance.upper()}: {text}"
