"""A layout as the TOML that ``read_layout`` reads: what a draft holds, to be edited.

Of the vocabulary a draft needs a part: endpoints, counted covariates, curves of groups and contrasts.
"""

from collections.abc import Iterator

from escc_bayes.evidence.published_names import Pairs, listed, said, table
from escc_bayes.evidence.reconstruction.layout import Contrast, Count, CovariateLayout, EndpointLayout, Layout

HEAD = (
    "# How the printed numbers of one study become columns of a RECONSTRUCTED cohort. Drafted from the study; edit it\n"
    "# and name it with --layout. Names in quotes are [[number]] entries of the study file; models/README.md: the rest."
)


def layout_toml(layout: Layout) -> str:
    """Return a drafted layout as text.

    Examples
    --------
    >>> os = EndpointLayout("os", "OS", "os_months", "os_event")
    >>> rt = CovariateLayout("rt", ("no", "yes"), (40, "rt_yes_n"))
    >>> print(layout_toml(Layout("a paper", "p", 80, (os,), (rt,))).splitlines()[-3])
    [covariates.rt]
    """
    parts = [HEAD, f"schema = 1\nstudy = {said(layout.study)}\nn = {count(layout.n)}"]
    parts += [f"cutoff = {said(layout.cutoff)}"] if layout.cutoff else []
    parts += [*map(endpoint_text, layout.endpoints), *map(covariate_text, layout.covariates)]
    parts += [table("arm", pairs) for pairs in arms(layout)]
    parts += [table("contrast", contrast_pairs(one)) for one in layout.contrasts]
    return "\n\n".join(parts) + "\n"


def count(value: Count) -> str:
    """Return a count: a whole number, or the name of a printed one."""
    return said(value) if isinstance(value, str) else str(value)


def endpoint_text(endpoint: EndpointLayout) -> str:
    """Return one endpoint."""
    lines = [
        f"[endpoints.{endpoint.name}]",
        f"endpoint = {said(endpoint.word)}",
        f"time = {said(endpoint.time)}",
        f"event = {said(endpoint.event)}",
    ]
    lines += [f"within = {said(endpoint.within)}"] if endpoint.within else []
    lines += [f"failures = {count(endpoint.failures)}"] if endpoint.failures != "" else []
    return "\n".join(lines)


def covariate_text(covariate: CovariateLayout) -> str:
    """Return one counted covariate."""
    counts = ", ".join(count(value) for value in covariate.counts)
    assumed = [f"assumed = {said(covariate.assumed)}"] if covariate.assumed else []
    return "\n".join(
        [f"[covariates.{covariate.name}]", f"levels = {listed(covariate.levels)}", f"counts = [{counts}]", *assumed]
    )


def arms(layout: Layout) -> Iterator[Pairs]:
    """Yield the curves that are not of all patients."""
    for arm in layout.arms:
        pairs = (("name", arm.name), ("endpoint", arm.endpoint), ("of", arm.of), ("covariate", arm.covariate))
        told = [(key, said(value)) for key, value in pairs if value]
        yield [*told, *([("levels", listed(arm.levels))] if arm.levels else [])]


def contrast_pairs(contrast: Contrast) -> Pairs:
    """Return one contrast, reference first."""
    groups = ", ".join(listed(group) for group in contrast.groups)
    assumed = [("assumed", said(contrast.assumed))] if contrast.assumed else []
    return [
        ("effect", said(contrast.effect)),
        ("covariate", said(contrast.covariate)),
        ("groups", f"[{groups}]"),
        ("hazard_ratio", "true" if contrast.hazard_ratio else "false"),
        *assumed,
    ]
