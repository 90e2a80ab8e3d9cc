"""The columns of searched cohorts as a schema, where their layout names none."""

from escc_bayes.evidence.reconstruction.layout import CovariateLayout, Layout


def schema_from(layout: Layout) -> dict[str, object]:
    """Return the schema as tables of words: counted covariates with their levels, measured ones as numbers.

    Examples
    --------
    >>> from escc_bayes.evidence.reconstruction.layout import EndpointLayout
    >>> os = EndpointLayout("os", "OS", "os_months", "os_event")
    >>> rt = CovariateLayout("rt", ("no", "yes"), (40, 39))
    >>> schema_from(Layout("here", "p", 79, (os,), (rt,)))["covariates"]
    {'rt': {'kind': 'binary', 'levels': ['no', 'yes']}}
    """
    endpoints = {
        e.name: {
            "time": e.time,
            "event": e.event,
            **({"not_after": e.within} if e.within else {}),
            "label": e.word,
        }
        for e in layout.endpoints
    }
    covariates: dict[str, dict[str, object]] = {}
    for covariate in layout.covariates:
        covariates |= columns_of(covariate)
    return {"name": layout.study, "id": "patient", "endpoints": endpoints, "covariates": covariates}


def columns_of(covariate: CovariateLayout) -> dict[str, dict[str, object]]:
    """Return the columns that one covariate of a layout writes."""
    if covariate.measured is not None:
        return {covariate.name: {"kind": "continuous"}}
    if not covariate.write:
        return {covariate.name: counted(covariate.levels)}
    columns = [column for column, _ in covariate.write[0]]
    words = {column: tuple(dict.fromkeys(dict(level)[column] for level in covariate.write)) for column in columns}
    return {column: counted(levels) for column, levels in words.items() if len(levels) > 1}


def counted(levels: tuple[str, ...]) -> dict[str, object]:
    """Return the schema of a counted covariate; the first level is the reference."""
    return {"kind": "binary" if len(levels) == 2 else "nominal", "levels": list(levels)}
