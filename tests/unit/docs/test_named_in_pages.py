"""Files, verbs and options that pages name are there."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from escc_bayes.cli import app

ROOT = Path(__file__).parents[3]
OWN = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "models/README.md")
PAGES = (*(ROOT / name for name in OWN), *(ROOT / "docs").rglob("*.md"))
FOLDERS = ("src", "tests", "docs", "models", "benchmarks", "notebooks")
# A file with its folder, which may be left out as far as it is a room's; files that runs write have none.
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|R|md|json))`")
COMMAND = re.compile(r"escc-bayes ([a-z][a-z-]*)([^`\n|#]*)")


@pytest.fixture(scope="module")
def there():
    """Every file of the repository, each path from its root behind a slash."""
    return [f"/{path.relative_to(ROOT).as_posix()}" for name in FOLDERS for path in (ROOT / name).rglob("*.*")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_with_its_folder_is_there(page, there):
    named = set(FILE.findall(page.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []


def test_every_command_that_a_page_shows_has_its_verb_and_options():
    verbs = get_command(app).commands
    known = {name: {word for one in verb.params for word in one.opts} for name, verb in verbs.items()}
    wrong = []
    for page in PAGES:
        for verb, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
            options = re.findall(r"(?<!\S)--[a-z][a-z-]*", rest)
            wrong += [f"{page.name}: {verb} {word}" for word in options if word not in known.get(verb, set())]
            wrong += [] if verb in known else [f"{page.name}: {verb}"]
    assert wrong == []
