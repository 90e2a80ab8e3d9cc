"""Files of figures: repeatable, offline, and without a trace in the reader's settings."""

import re

import matplotlib
import pytest

from escc_bayes.plots.canvas import png, sheet, svg


def draw(figure):
    figure.subplots().plot([0.0, 1.0], [1.0, 0.5], label="$not a formula$ <b>")
    figure.axes[0].legend()


def made(note="SIMULATED: 79 patients from time zero. " + "A long note. " * 20, title="SIMULATED: a title"):
    return sheet(draw, height_mm=60.0, title=title, note=note)


def test_files_are_the_same_byte_for_byte():
    assert svg(made()) == svg(made())
    assert png(made()) == png(made())


def test_drawing_leaves_no_settings_behind():
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 31.0}):
        ours = svg(made())
        assert matplotlib.rcParams["font.size"] == 31.0
    assert dict(matplotlib.rcParams) == before
    assert ours == svg(made())


def test_figures_are_180_mm_wide_with_title_and_note():
    figure = made()
    assert round(figure.get_figwidth() * 25.4) == 180
    assert figure.get_suptitle() == "SIMULATED: a title"
    assert figure.get_supxlabel().startswith("SIMULATED: 79 patients from time zero.")


WIDE = "巩固性胸部放疗与免疫治疗及化疗联合治疗晚期食管癌患者的总生存期。" * 6
LONG = "SIMULATED: Consolidative thoracic radiotherapy: hazard of MORE THAN 50 GY over none, " * 3


@pytest.mark.parametrize("text", ["SIMULATED: a title", LONG, WIDE, f"{LONG} {WIDE}"])
def test_note_and_title_stay_inside_and_clear_of_the_axes(text):
    """Letters are measured by matplotlib as it draws them."""
    figure = made(note=f"{text} {text}", title=text)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else figure._get_renderer()
    note, title = (text.get_window_extent(renderer) for text in (figure._supxlabel, figure._suptitle))
    box = figure.axes[0].get_tightbbox(renderer)
    assert max(note.x1, title.x1) <= figure.bbox.x1
    assert title.y1 <= figure.bbox.y1
    assert note.y1 <= box.y0
    assert box.y1 <= title.y0


def test_svg_text_is_escaped_names_no_address_and_no_date():
    text = svg(made())
    assert "&lt;b&gt;" in text
    assert "$not a formula$" in text
    assert "matplotlib.org" not in text
    assert "<dc:date>" not in text
    known = ("www.w3.org", "purl.org", "creativecommons.org")
    assert all(any(k in address for k in known) for address in re.findall(r"https?://[^\"\s<]+", text))
