"""The page: one HTML file that opens offline, with every figure inside. All text is escaped by the template engine."""

import base64
import re
from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from escc_bayes.foundation.sentence import small
from escc_bayes.report.document.figure_files import FOLDER, Written
from escc_bayes.report.document.labelled import in_labels
from escc_bayes.report.document.method_pages import titles
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.first_screen import screens
from escc_bayes.report.page.outcomes import endpoint_label, levels_of
from escc_bayes.report.page.sections import sections
from escc_bayes.report.page.view import Link, Page, Picture

# A larger SVG goes in as PNG: browsers draw it faster.
LARGEST_SVG = 400_000
# A table's numbers at full precision, as its caption names them.
NAMED_FILE = re.compile(r"(?<=\bfile )(\w+\.csv)\b")
WARNINGS = {
    "simulated": "no row of these data describes a person; nothing on this page is evidence about a treatment.",
    "reconstructed": "patients rebuilt from published figures; no row of these data is a patient's record.",
    "observed": "data as given.",
}


def render(bundle: Bundle, figures: Iterable[Written], *, full: bool = False, files: Sequence[Link] = ()) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    figures : in the order of the page within each section.
    full : whether every table and sentence stands open.
    files : beside the page, to link to on the first screen.
    """
    pictures: dict[tuple[str, str], list[Picture]] = {}
    for found in figures:
        pictures.setdefault((found.section, found.outcome), []).append(picture(found))
    page = Page(
        provenance=bundle.cohort.provenance.upper(),
        warning=WARNINGS[bundle.cohort.provenance],
        title=title(bundle),
        faults=bundle.faults,
        sections=sections(bundle, pictures),
        screens=screens(bundle),
        full=full,
        files=tuple(files),
        methods=titles(),
    )
    environment = Environment(
        loader=PackageLoader("escc_bayes", "report/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = linked
    return environment.get_template("template.html.j2").render(page=in_labels(page, levels_of(bundle)))


def linked(caption: str) -> Markup:
    """Return a caption in which a file beside the page is a link.

    Examples
    --------
    >>> linked("Events & grades; file study_response.csv")
    Markup('Events &amp; grades; file <a href="study_response.csv">study_response.csv</a>')
    """
    before, file, after = NAMED_FILE.split(caption, maxsplit=1) if NAMED_FILE.search(caption) else (caption, "", "")
    link = Markup('<a href="{0}">{0}</a>').format(file) if file else ""
    return Markup("{}{}{}").format(before, link, after)


def title(bundle: Bundle) -> str:
    """Return the heading: endpoints and cohort."""
    first, *more = (endpoint_label(bundle.cohort, endpoint) for endpoint in bundle.baselines)
    return f"{' and '.join([first, *map(small, more)])}, cohort {bundle.cohort.name}"


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
