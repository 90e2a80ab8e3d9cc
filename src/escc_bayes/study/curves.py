"""Panels of survival curves: the posterior over Kaplan-Meier, with the numbers at risk."""

import numpy as np

from escc_bayes.classical.km import KaplanMeier, kaplan_meier, numbers_at_risk
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import month_ticks
from escc_bayes.plots.band import Band
from escc_bayes.plots.survival import AtRisk
from escc_bayes.study.coded import Coded
from escc_bayes.study.of_draws import curve_draws
from escc_bayes.study.part import StudyPanel
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted


def survival_panel(subject: Subject, endpoint: str, posterior: Fitted) -> StudyPanel:
    """Return the curve of all patients for one endpoint; Kaplan-Meier is of the first member."""
    data = subject.followed(endpoint)[0]
    time, event = data.time[data.present], data.event[data.present]
    curve = kaplan_meier(time, event, level=subject.level)
    draws, grid = curve_draws(posterior, float(time.max()))
    until = float(time.max())
    ticks = np.asarray(month_ticks(until), dtype=np.float64)
    counts = numbers_at_risk(time, None, ticks)[None, :]
    gone = np.array([[int(event[time <= tick].sum()) for tick in ticks]])
    words = subject.words(endpoint)
    return StudyPanel(
        words.capitalize(),
        (smooth("", draws, grid, subject.level),),
        (stepped_band(curve),),
        until,
        "Months since time zero",
        f"{words.capitalize()} (%)",
        AtRisk(("",), ticks, counts, gone),
    )


def group_panel(subject: Subject, endpoint: str, posterior: Fitted, factor: Coded) -> StudyPanel:
    """Return the curve of each group of a factor of the model; Kaplan-Meier is of the first member."""
    data, group = subject.followed(endpoint)[0], factor.values[0]
    until = float(data.time[data.present].max())
    ticks = np.asarray(month_ticks(until), dtype=np.float64)
    bands, steps, counts, gone = [], [], [], []
    for place, name in enumerate(factor.groups):
        inside = data.present & (group == place)
        time, event = data.time[inside], data.event[inside]
        draws, grid = curve_draws(posterior, until, term=factor.effect, group=name)
        bands.append(smooth(factor.read[place], draws, grid, subject.level))
        steps.append(stepped_band(kaplan_meier(time, event, level=subject.level)))
        counts.append(numbers_at_risk(time, None, ticks))
        gone.append([int(event[time <= tick].sum()) for tick in ticks])
    words = subject.words(endpoint).capitalize()
    at_risk = AtRisk(factor.read, ticks, np.array(counts), np.array(gone))
    return StudyPanel(words, tuple(bands), tuple(steps), until, "Months since time zero", f"{words} (%)", at_risk)


def smooth(label: str, draws: FloatArray, grid: FloatArray, level: float) -> Band:
    """Return median and limits of draws of a curve."""
    tail = (1.0 - level) / 2.0
    lower, middle, upper = np.quantile(draws, [tail, 0.5, 1.0 - tail], axis=0)
    return Band(label, grid, middle, lower, upper)


def stepped_band(curve: KaplanMeier, label: str = "") -> Band:
    """Return a Kaplan-Meier curve as steps."""
    return Band(
        label,
        np.append(0.0, curve.time),
        np.append(1.0, curve.survival),
        np.append(np.nan, curve.lower),
        np.append(np.nan, curve.upper),
        steps=True,
    )
