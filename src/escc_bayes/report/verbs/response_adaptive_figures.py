"""The figure of a response-adaptive design: what a trend in time does to error and power, and what strata repair."""

from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.trial_trends import OverTrends, trend_panels
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.trial.response_adaptive.simulate import TESTS, AdaptiveResult, scenario_name
from escc_bayes.trial.response_adaptive.words import NAMES

HEIGHT_MM = 80.0


def adaptive_sheets(found: AdaptiveResult) -> tuple[Sheet, ...]:
    """Return the figure."""
    design = found.design

    def values(test: str, *, works: bool) -> list[tuple[float, float]]:
        name = "power" if works else "type_one_error"
        numbers = [found.of(scenario_name(trend, works=works), test, name) for trend in design.trends]
        return [(one.value, one.mc_error) for one in numbers]

    tests = [OverTrends(NAMES[test], values(test, works=False), values(test, works=True)) for test in TESTS]
    title = f"SIMULATED: {design.name}: type I error and power against a trend in time"
    note = (
        f"{found.quantities[0].trials:,} simulated trials of each scenario; bars: two Monte Carlo errors. Line on the "
        f"left: one-sided {design.alpha:g}."
    )
    figure = sheet(
        lambda part: trend_panels(design.trends, tests, alpha=design.alpha, part=part),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return (Sheet("trends", "plan", "", title, note, "", figure),)
