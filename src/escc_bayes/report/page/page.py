"""The page: one HTML file that opens offline, with every figure inside. All text is escaped by the template engine."""

import base64
import math
import re
from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from escc_bayes.report.document.figure_files import FOLDER, Written
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.first_screen import screens
from escc_bayes.report.page.outcomes import endpoint_label
from escc_bayes.report.page.sections import sections
from escc_bayes.report.page.view import Page, Picture

# A larger SVG goes in as PNG: browsers draw it faster.
LARGEST_SVG = 400_000
WARNINGS = {
    "simulated": "no row of these data describes a person; nothing on this page is evidence about a treatment.",
    "reconstructed": "patients rebuilt from published figures; no row of these data is a patient's record.",
    "observed": "data as given.",
}


def render(bundle: Bundle, figures: Iterable[Written]) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    figures : in the order of the page within each section.
    """
    pictures: dict[tuple[str, str], list[Picture]] = {}
    for found in figures:
        pictures.setdefault((found.section, found.outcome), []).append(picture(found))
    page = Page(
        provenance=bundle.cohort.provenance.upper(),
        warning=WARNINGS[bundle.cohort.provenance],
        title=title(bundle),
        faults=bundle.faults,
        verdict=verdict(bundle),
        carried=bundle.carried,
        sections=sections(bundle, pictures),
        screens=screens(bundle),
    )
    environment = Environment(
        loader=PackageLoader("escc_bayes", "report/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html.j2").render(page=page)


def title(bundle: Bundle) -> str:
    """Return the heading: endpoints and cohort."""
    names = " and ".join(endpoint_label(bundle.cohort, endpoint) for endpoint in bundle.baselines)
    return f"{names}, cohort {bundle.cohort.name}"


def verdict(bundle: Bundle) -> str:
    """Return one line on the worst figures over all models, of chains and of importance weights."""
    found = [p.diagnostics for p in bundle.fits]
    chains, weighted = [d for d in found if not d.weighted], [d for d in found if d.weighted]
    words = []
    if chains:
        rhat = max(d.max_rhat for d in chains)
        ess = min(min(d.min_ess_bulk, d.min_ess_tail) for d in chains)
        divergences = sum(d.divergences for d in chains)
        words.append(
            f"largest R-hat {rhat:.4f}, smallest effective sample size {ess:.0f}, {divergences} divergences, "
            f"over {count(len(chains), 'posterior')} by nuts"
        )
    if weighted:
        # Weights that are all equal have no k.
        k = max((d.pareto_k_max for d in weighted if not math.isnan(d.pareto_k_max)), default=math.nan)
        ess = min(d.importance_ess for d in weighted)
        largest = "equal weights" if math.isnan(k) else f"largest Pareto k {k:.2f}"
        size = f"smallest importance sample size {ess:.0f}"
        words.append(f"{largest}, {size}, over {count(len(weighted), 'posterior')} by laplace")
    return f"Computed reliably. Sampler diagnostics passed: {'; '.join(words)}."


def count(number: int, what: str) -> str:
    """Return a number with its noun: ``1 posterior``, ``2 posteriors``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def picture(found: Written) -> Picture:
    """Return a figure with its picture inside the page."""
    if len(found.vector.encode()) > LARGEST_SVG:
        data = base64.b64encode(found.raster).decode()
        image = Markup('<img src="data:image/png;base64,{}" alt="{}">').format(data, found.title)
    else:
        image = inline(found)
    return Picture(f"{found.title}; time: {found.clock}.", image, f"{FOLDER}/{found.name}.png, .svg")


def inline(found: Written) -> Markup:
    """Return an SVG for use inside HTML: no prologue, no metadata, and names that no other figure of the page has."""
    body = found.vector[found.vector.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{found.name}-', body)
    body = re.sub(r'href="#', f'href="#{found.name}-', body)
    body = re.sub(r"url\(#", f"url(#{found.name}-", body)
    label = Markup('<svg role="img" aria-label="{}" ').format(f"{found.title}. {found.note}")
    # The file was written by matplotlib, which escapes the text it is given.
    return label + Markup(body.removeprefix("<svg "))  # noqa: S704
