"""Letters of other scripts: an installed font, or a sentence; lines that can be seen."""

import warnings

import pytest
from matplotlib.text import Text

from escc_bayes.foundation.errors import FontWarning
from escc_bayes.plots import fonts
from escc_bayes.plots.canvas import png, sheet
from escc_bayes.plots.style import CLASSICAL, GROUPS, MODELS, PALE

CHINESE, CYRILLIC = "肿瘤分期", "Стадия опухоли"


def titled(words):
    return sheet(lambda figure: figure.subplots().set_title(words), height_mm=40.0, title="x", note="y")


def contrast(colour):
    """Contrast of a colour with white; WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_every_line_has_a_contrast_of_three_with_paper():
    looks = [*GROUPS.looks, *MODELS.looks, *CLASSICAL.values()]
    assert all(contrast(colour) >= 3.0 for colour in {look.colour for look in looks} | {PALE})


def test_cyrillic_needs_no_other_font():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png(titled(CYRILLIC))
    assert fonts.family_for(CYRILLIC) == []


def test_letters_that_no_font_has_are_said_once_and_drawn_without_complaint(monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: ())
    with pytest.warns(FontWarning, match="no installed font has the letters .*肿.*Noto Sans CJK") as said:
        png(titled(CHINESE))
    assert len(said) == 1


@pytest.mark.skipif(
    not any(fonts.has(family, "肿") for family in fonts.installed()), reason="no font with Chinese is on this machine"
)
def test_chinese_is_drawn_where_a_font_has_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = titled(CHINESE)
        png(figure)
    (family,) = fonts.family_for(CHINESE)
    assert all(fonts.has(family, letter) for letter in CHINESE)
    assert all(family in text.get_fontfamily() for text in figure.findobj(Text))
