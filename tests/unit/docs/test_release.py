"""What a release promises: one version, and a changelog that says first which numbers changed."""

import re
import tomllib
from pathlib import Path

import escc_bayes

ROOT = Path(__file__).parents[3]


def test_the_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == escc_bayes.__version__


def test_every_release_begins_with_the_numbers_that_changed():
    sections = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    firsts = [re.search(r"^### (.+)$", section, flags=re.MULTILINE) for section in sections]
    assert [first[1] if first else None for first in firsts] == ["Numbers that changed"] * len(sections)
