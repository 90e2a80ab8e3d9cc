"""Pages of ``docs/methods``, which travel with the package: found by a word, and as one HTML file beside a report."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import InputError

FILE = "methods.html"
# A link from one page to another.
LINK = re.compile(r'<a href="(?:\.\./methods/)?([\w]+)\.md(?:#[\w-]*)?">(.*?)</a>', re.DOTALL)
OTHER_LINK = re.compile(r'<a href="(?!#|https?:)[^"]*">(.*?)</a>', re.DOTALL)
STYLE = (
    "body{max-width:46em;margin:24px auto;padding:0 20px;font:15px/1.5 system-ui,sans-serif;color:#1d2733}"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;"
    "border-bottom:1px solid #d5dae0}pre,code{font-size:13px;overflow-wrap:anywhere}pre{overflow-x:auto}"
    "article{border-top:2px solid #1d2733;margin-top:40px}a{color:#0072b2}"
)


def methods_folder() -> Path:
    """Return the folder of the pages: inside the installed package, or beside ``src`` in an editable install.

    Raises
    ------
    InputError : the package lacks it.
    """
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "methods", package.parents[1] / "docs" / "methods"):
        if folder.is_dir():
            return folder
    raise InputError(f"the pages of methods are missing from {package}; install the package again")


@cache
def titles() -> dict[str, str]:
    """Return the title of every page by its name."""
    paths = sorted(methods_folder().glob("*.md"))
    return {
        path.stem: path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").replace("`", "") for path in paths
    }


def method_page(word: str) -> str:
    """Return the page that a word asks for: its name, or words of its title or of its text.

    Raises
    ------
    InputError : no page, or more than one, says the word.

    Examples
    --------
    >>> method_page("log-rank").splitlines()[0]
    '# Log-rank tests'
    """
    wanted = re.sub(r"[\W_]+", " ", word).strip().lower()
    plain = {name: re.sub(r"[\W_]+", " ", f"{name} {title}").lower() for name, title in titles().items()}
    found = [name for name in plain if name.replace("_", " ") == wanted]
    found = found or [name for name, text in plain.items() if wanted and f" {wanted}" in f" {text}"]
    found = found or [name for name in plain if wanted and wanted in text_of(name).lower()]
    if not found:
        raise InputError(f"no page of methods says '{word}'; {suggestion(word, sorted(plain))}")
    if len(found) > 1:
        raise InputError(f"several pages say '{word}'; write one of {', '.join(found)}")
    return text_of(found[0])


def text_of(name: str) -> str:
    """Return one page as Markdown."""
    return (methods_folder() / f"{name}.md").read_text(encoding="utf-8")


def as_html(names: Iterable[str]) -> str:
    """Return pages below each other as one HTML file; links lead to pages that are there, other links become text."""
    from markdown_it import MarkdownIt

    there = list(dict.fromkeys(names))
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    articles = [f'<article id="{name}">\n{inside(made.render(text_of(name)), there)}</article>' for name in there]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>How the numbers are made</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>'
        f"\n{chr(10).join(articles)}\n</main></body></html>\n"
    )


def inside(html: str, there: list[str]) -> str:
    """Return a page whose links lead to others in the same file, or are text."""
    linked = LINK.sub(lambda m: f'<a href="#{m[1]}">{m[2]}</a>' if m[1] in there else m[2], html)
    return OTHER_LINK.sub(r"\1", linked)
