"""How every figure looks: colours that the colour-blind tell apart, and type for a page 180 mm wide.

Colours: Okabe & Ito 2008, Color Universal Design; orange, sky and purple darker, so that every line has a contrast
of at least 3:1 with white (WCAG 2.2, 1.4.11). Groups and models also differ in line style and marker.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

import matplotlib
import matplotlib.style

BLACK, ORANGE, SKY, GREEN = "#000000", "#B87A00", "#2E8FC7", "#009E73"
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#C2649A", "#777777"
INK, PALE = "#333333", "#8F8F8F"

STYLE: Mapping[str, object] = MappingProxyType(
    {
        "font.family": "sans-serif",
        # The first comes with matplotlib; the others are for readers of an SVG who lack it.
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
        "font.size": 7.0,
        "axes.titlesize": 7.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 7.0,
        "axes.linewidth": 0.6,
        "axes.edgecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.labelsize": 6.5,
        "ytick.labelsize": 6.5,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "legend.fontsize": 6.5,
        "legend.frameon": False,
        "legend.handlelength": 1.8,
        "lines.linewidth": 1.1,
        "lines.markersize": 3.6,
        "figure.constrained_layout.w_pad": 0.08,
        "figure.dpi": 200,
        # As laid out: letters are measured once.
        "savefig.dpi": "figure",
        # The same figure is the same file, byte for byte.
        "svg.hashsalt": "escc_bayes",
        "svg.fonttype": "none",
        # A level called "$x$" is a name, not a formula.
        "text.parse_math": False,
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """Colour, marker and line style of one series; a hollow marker is a confidence interval's."""

    colour: str
    marker: str = "o"
    dash: str | tuple[int, tuple[float, ...]] = "-"
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Palette:
    """Looks in the order they are given out; after the last one colours come again with other markers and dashes."""

    looks: tuple[Look, ...]

    def __getitem__(self, place: int) -> Look:
        turn, first = divmod(place, len(self.looks))
        if not turn:
            return self.looks[first]
        marker, dash = (self.looks[(first + step * turn) % len(self.looks)] for step in (1, 2))
        return replace(self.looks[first], marker=marker.marker, dash=dash.dash)


GROUPS = Palette(
    (
        Look(BLUE, "o", "-"),
        Look(VERMILLION, "s", (0, (5.0, 1.5))),
        Look(GREEN, "^", (0, (4.0, 1.2, 1.0, 1.2))),
        Look(PURPLE, "D", (0, (2.0, 1.0))),
        Look(BLACK, "v", (0, (1.0, 1.0))),
        Look(ORANGE, "P", (0, (6.0, 1.0, 1.0, 1.0, 1.0, 1.0))),
    )
)
MODELS = Palette((Look(BLUE, "o", "-"), Look(VERMILLION, "o", (0, (5.0, 1.5))), Look(GREEN, "o"), Look(PURPLE, "o")))
CLASSICAL: Mapping[str, Look] = MappingProxyType(
    {
        "cox": Look(BLACK, "s", filled=False),
        "cox_firth": Look(GREY, "D", filled=False),
        "cox_univariable": Look(ORANGE, "^", filled=False),
        "weibull_mle": Look(SKY, "v", filled=False),
        "lifelines_cox": Look(GREEN, "s", filled=False),
        "cox_stratified": Look(BLACK, "o", filled=False),
        "cox_unadjusted": Look(ORANGE, "^", filled=False),
        "cox_m_estimation": Look(GREY, "D", filled=False),
        "weibull": Look(SKY, "v", filled=False),
        "cox_frailty_gamma": Look(GREY, "P", filled=False),
        "cox_frailty_normal": Look(PURPLE, "X", filled=False),
    }
)


@contextmanager
def styled() -> Iterator[None]:
    """Draw with the house style inside the block, whatever the reader's settings; nothing is left behind."""
    with matplotlib.style.context(["default", dict(STYLE)]):
        yield
