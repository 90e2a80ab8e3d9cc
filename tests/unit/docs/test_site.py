"""The documentation site names everything that users import and every page of methods."""

import re
from pathlib import Path

import escc_bayes

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_lists_every_public_name_once():
    listed = re.findall(r"auto(?:function|class|exception):: escc_bayes\.[\w.]+\.(\w+)", (DOCS / "api.md").read_text())
    assert sorted(listed) == escc_bayes.__all__


def test_every_page_has_a_title():
    untitled = [
        page.name
        for page in DOCS.rglob("*.md")
        if not page.read_text(encoding="utf-8").startswith(("# ", "```{include}"))
    ]
    assert untitled == []
