"""How the documentation site is built: `make docs` (strict: a warning is an error)."""

import re
import sys
from pathlib import Path

from escc_bayes import __version__

sys.path.insert(0, str(Path(__file__).parent))
from notebook_pages import write_tutorials

project = "escc_bayes"
author = "The escc_bayes developers"
copyright = author  # noqa: A001 - the word that Sphinx asks for
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
# Before the files of the site are looked for.
write_tutorials()
exclude_patterns = ["images/**", "_build/**"]
html_theme = "furo"
html_title = "escc_bayes"

myst_enable_extensions = ["colon_fence"]
# Headings can be linked to as on the page of the repository.
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
# Dataclasses are documented by their attributes in the docstring; their constructors repeat them.
autodoc_class_signature = "separated"
# Attributes of one name, of two classes, are told apart on the page by their class.
suppress_warnings = ["ref.python"]

napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

# Pages of the site that stand elsewhere in the repository.
PAGES = {"](models/README.md)": "](docs/files.md)", "](ARCHITECTURE.md)": "](docs/architecture.md)"}
# `name, other : what they are` of our docstrings; numpydoc would have the type there and the words below.
ENTRY = re.compile(r"^(?P<names>\*{0,2}\w+(?:, \w+)*) : (?P<words>.+)$")


def lead_to_pages(app, path, docname, content):  # noqa: ARG001 - the signature of Sphinx's event
    """Turn links of an included file into links to the pages that include their targets."""
    for link, page in PAGES.items():
        content[0] = content[0].replace(link, page)


def words_below_names(app, what, name, thing, options, lines):  # noqa: ARG001 - as above
    """Put the words of an entry on a line of their own, as numpydoc has them."""
    moved = []
    for line in lines:
        entry = ENTRY.match(line)
        moved += [entry["names"], f"    {entry['words']}"] if entry else [line]
    lines[:] = moved


def setup(app):
    """Connect to Sphinx; words are moved before napoleon reads them."""
    app.connect("include-read", lead_to_pages)
    app.connect("autodoc-process-docstring", words_below_names, priority=400)
