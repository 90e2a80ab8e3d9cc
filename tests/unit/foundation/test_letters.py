"""Letters that no label can hold."""

import unicodedata

import pytest

from escc_bayes.foundation.letters import control_character

# XML 1.0, production 2: what a document may hold; labels go into SVG and HTML.
ALLOWED = [(0x9, 0x9), (0xA, 0xA), (0xD, 0xD), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF)]


def test_what_xml_does_not_know_and_what_unicode_calls_control_is_found():
    for number in (*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFFF0, 0x10010)):
        letter = chr(number)
        control = unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"} and letter not in "\t\n\r"
        allowed = any(low <= number <= high for low, high in ALLOWED)
        if control or not allowed:
            assert control_character(letter) == letter.encode("unicode_escape", "surrogatepass").decode()


@pytest.mark.parametrize("label", ["低", "عالٍ", "נמוך", "🙂👩‍⚕️", "a & b <c> ]]> $x_1$", "10⁹/L", "é", "\u200fRTL"])
def test_labels_of_every_script_pass(label):
    assert control_character(label, lines=False) == ""


def test_line_breaks_are_for_prose_and_not_for_labels():
    for letter, written in {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.items():
        assert control_character(f"a{letter}b") == ""
        assert control_character(f"a{letter}b", lines=False) == written
