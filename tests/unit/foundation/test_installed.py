"""Versions from folder names are those that importlib.metadata tells."""

import importlib.metadata
import subprocess
import sys

from escc_bayes.foundation.installed import installed_version, versions_on
from escc_bayes.foundation.record import PACKAGES, versions


def test_versions_are_those_of_importlib_metadata():
    for package in (*PACKAGES, "Jinja2", "typing_extensions", "python-docx"):
        assert installed_version(package) == importlib.metadata.version(package)


def test_a_record_tells_versions_without_what_reads_metadata():
    code = "import sys; from escc_bayes.foundation.record import versions; versions(); print('email' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert dict(versions())["numpy"] == importlib.metadata.version("numpy")


def test_the_first_folder_wins_and_what_is_no_folder_has_nothing(tmp_path):
    for folder, version in (("a", "1.0"), ("b", "2.0")):
        (tmp_path / folder / f"Some_Thing-{version}.dist-info").mkdir(parents=True)
    path = (str(tmp_path / "none.zip"), str(tmp_path / "a"), str(tmp_path / "b"))
    assert versions_on(path) == {"some-thing": "1.0"}
