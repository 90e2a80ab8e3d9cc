"""TOML files: every way of not being one is said with file and line."""

import pytest

from escc_bayes.foundation.errors import TomlError
from escc_bayes.foundation.toml import read_toml


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"schema = 1\nname = \n", r"is not valid TOML.*line 2"),
        (b"schema = 1\nname = ", r"is not valid TOML.*end of document"),
        (b"schema = 1\n[a]\nb = 1\n[a]\n", r"is not valid TOML.*line 4.*correct it there"),
        ("schema = 1\nname = 'é'\n".encode("latin-1"), "line 2: is not UTF-8 text; save the file as UTF-8"),
        ("schema = 1\n".encode("utf-16"), "line 1: is not UTF-8 text"),
        (b"", "'schema = 1' is missing at the top; add it"),
        (b"schema = 2\n", "schema = 2 is not known to this version; write schema = 1"),
        (b"schema = '1'\n", "expected a finite number, was given '1'"),
    ],
)
def test_a_file_that_is_not_our_toml_is_refused_with_its_line(tmp_path, content, words):
    path = tmp_path / "spec.toml"
    path.write_bytes(content)
    with pytest.raises(TomlError, match=words) as caught:
        read_toml(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(TomlError, match="no such file"):
        read_toml(tmp_path / "absent.toml")
    with pytest.raises(TomlError, match="is a folder; name the TOML file inside it"):
        read_toml(tmp_path)


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path):
    path = tmp_path / "spec.toml"
    path.write_text("schema = 1\nname = 'a'\n", encoding="utf-8-sig")
    assert read_toml(path) == {"name": "a"}
