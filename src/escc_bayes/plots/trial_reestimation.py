"""Events of the end, and conditional power, against the hazard ratio that the interim look shows."""

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import MODELS, PALE, Palette


def reestimation_panels(
    ratios: FloatArray,
    events: FloatArray,
    powers: tuple[FloatArray, FloatArray],
    zone: tuple[float, float],
    *,
    palette: Palette = MODELS,
    part: SubFigure,
) -> list[Axes]:
    """Draw events (left) and conditional power as planned and re-estimated (right), the promising zone shaded.

    Parameters
    ----------
    ratios : (g,) hazard ratios seen at the interim look.
    events : (g,) of the end.
    powers : (g,) each, with events as planned and as re-estimated.
    zone : hazard ratios between which events rise.
    """
    left, right = part.subplots(1, 2)
    left.plot(ratios, events, color=palette[0].colour)
    left.set_ylim(0.0, 1.1 * float(events.max()))
    left.set_ylabel("Events at the end")
    for values, look, label in zip(powers, (palette[1], palette[0]), ("as planned", "re-estimated"), strict=True):
        right.plot(ratios, values, color=look.colour, linestyle=look.dash, label=label)
    right.set_ylim(0.0, 1.0)
    right.set_ylabel("Conditional power, under the trend")
    right.legend(loc="upper right")
    for ax in (left, right):
        ax.axvspan(*zone, color=PALE, alpha=0.2, linewidth=0.0)
        ax.set_xlim(float(ratios[0]), float(ratios[-1]))
        ax.set_xlabel("Hazard ratio at the interim look")
    return [left, right]
