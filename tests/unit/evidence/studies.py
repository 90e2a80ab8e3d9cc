"""Small studies for the tests of the audit."""

from decimal import Decimal

from escc_bayes.data.study import Study, study_from

HEAD = {"schema_version": 1, "id": "made_up", "citation": "a test"}


def digits(value):
    """Text that looks like a number becomes one with its printed digits; lists and tables inside too."""
    if isinstance(value, dict):
        return {key: digits(inner) if key not in ("quote", "p_text") else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [digits(inner) for inner in value]
    try:
        return Decimal(value) if isinstance(value, str) and value.lstrip("-")[:1].isdigit() else value
    except ArithmeticError:
        return value


def study_of(*, estimates=(), survivals=(), numbers=(), **top) -> Study:
    """Build a study; printed numbers with decimals are given as text."""
    raw = {
        **HEAD,
        **top,
        "estimate": [
            digits({"effect": "arm", "endpoint": "OS", "measure": "HR", "quote": "q", **e}) for e in estimates
        ],
        "survival": [digits({"arm": "all", "endpoint": "OS", "quote": "q", **s}) for s in survivals],
        "number": [digits({"quote": "q", **n}) for n in numbers],
    }
    return study_from(raw, "made_up.toml")


def counts(**named):
    """Return numbers by name."""
    return [{"name": name, "value": value} for name, value in named.items()]


def severities(findings):
    """Return the severities of findings; what is impossible or very unlikely is grave."""
    return ["grave" if finding.grave else finding.severity for finding in findings]
