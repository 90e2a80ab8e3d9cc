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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("x = " + "[" * 3000 + "]" * 3000, "too deep within each other"),
        ("x = " + "[" * 25 + "]" * 25, "too deep within each other; 20 is the most"),
        ("x = " + "{a = " * 22 + "1" + "}" * 22, "too deep within each other"),
        ("x = " + "1" * 5000, "number of too many digits"),
        ("x = 0x" + "f" * 5000, "x: holds a whole number of more than 64 bits"),
        ("x = -9223372036854775809", "more than 64 bits"),
        ('x = "no\\u0001RT"', r"x: holds the control character \\x01"),
        ('[a]\nb = ["\\u202Eabc"]', r"a, b: holds the control character \\u202e"),
        ('"a\\nb" = 1', r"a key holds the control character \\n"),
    ],
)
def test_values_that_no_output_can_show_are_refused(tmp_path, content, words):
    path = tmp_path / "spec.toml"
    path.write_text(f"schema = 1\n{content}\n")
    with pytest.raises(TomlError, match=words) as caught:
        read_toml(path)
    assert len(str(caught.value)) < 300


def test_a_file_larger_than_any_specification_is_not_read(tmp_path):
    path = tmp_path / "spec.toml"
    path.write_text("schema = 1\n" + "# \n" * 2_000_000)
    with pytest.raises(TomlError, match="larger than 5 MB"):
        read_toml(path)


def test_the_largest_whole_numbers_and_prose_of_several_lines_are_read(tmp_path):
    path = tmp_path / "spec.toml"
    path.write_text(f'schema = 1\nx = {2**63 - 1}\ny = -{2**63}\nz = "a\\tb\\nc"\n')
    assert read_toml(path) == {"x": 2**63 - 1, "y": -(2**63), "z": "a\tb\nc"}
