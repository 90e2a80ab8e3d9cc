"""Clone, censor, weight equals R and a plain re-computation: time_zero.R made time_zero.json, SIMULATED."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.time_zero.clones import Starters, clones_of, log_ratio, survival, tally
from escc_bayes.time_zero.emulation import largest_weight, measured

R = json.loads((Path(__file__).parent / "time_zero.json").read_text(encoding="utf-8"))


def patients(*, adjusted):
    columns = {name: np.array(values, dtype=float) for name, values in R["patients"].items()}
    z = columns["stage"][:, None] if adjusted else np.zeros((columns["months"].size, 0))
    return Starters(columns["months"], columns["death"], np.nan_to_num(columns["start"], nan=np.inf), z)


@pytest.fixture(params=["plain", "adjusted"])
def kind(request):
    return request.param


@pytest.fixture
def clones(kind):
    return clones_of(patients(adjusted=kind == "adjusted"), R["grace"], "simulated")


def test_hazard_ratio_equals_coxph_with_weights_of_survfit_glm_and_coxph(kind, clones):
    found = log_ratio(tally(clones, np.ones(90)))
    assert found == pytest.approx(R[kind][0], abs=1e-8)


def test_survival_equals_survfit_with_the_same_weights(kind, clones):
    times = np.array(R["times"], dtype=float)
    _, curves = measured(clones, np.ones(90), times)
    np.testing.assert_allclose(1.0 - curves[0].ravel(), R[f"{kind}_survival"], rtol=1e-9)


def test_the_largest_weight_is_that_of_r(kind, clones):
    """R's rows carry the weights of clones without an event beyond them too, so that its largest may be later."""
    assert largest_weight(clones) <= R["largest"][kind == "adjusted"] * (1 + 1e-9)
    assert largest_weight(clones) > 1.0


def test_restricted_means_are_the_area_under_the_curve(clones):
    """A Riemann sum of the step curve at 200,000 points."""
    curve = survival(tally(clones, np.ones(90)))
    grid = (np.arange(200_000) + 0.5) * 24.0 / 200_000
    place = np.searchsorted(clones.months, grid, side="right")
    held = np.concatenate([np.ones((2, 1)), curve], axis=1)[:, place]
    _, curves = measured(clones, np.ones(90), np.array([24.0]))
    np.testing.assert_allclose(curves[1, :, 0], held.mean(axis=1) * 24.0, rtol=1e-4)


def plain_rows():
    """Clones row by row in pandas loops, weights by a product limit of a few lines."""
    frame = pd.DataFrame(R["patients"]).astype(float)
    frame["start"] = frame["start"].fillna(math.inf)
    until = frame[["months", "start"]].min(axis=1)
    starts = sorted(frame.loc[np.isfinite(frame["start"]), "start"].unique())
    beyond = frame[frame["months"] > R["grace"]]
    share = (beyond["start"] <= R["grace"]).mean()

    def unstarted(month):
        left = 1.0
        for start in starts:
            if start < month:
                left *= 1.0 - (frame["start"] == start).sum() / (until >= start).sum()
        return left

    rows = []
    for who, one in frame.iterrows():
        edges = [0.0, *(start for start in starts if start < until[who]), until[who]]
        for begin, end in pairwise(edges):
            died = one["death"] * (end == until[who]) * (not np.isfinite(one["start"]))
            rows.append((who, 0, begin, end, died, 1.0 / unstarted(end)))
        stays = one["start"] <= R["grace"] or one["months"] <= R["grace"]
        stop = one["months"] if stays else R["grace"]
        edges = [0.0, *([R["grace"]] if stop > R["grace"] else []), stop]
        for begin, end in pairwise(edges):
            weight = 1.0 / share if end > R["grace"] else 1.0
            rows.append((who, 1, begin, end, one["death"] * (end == stop) * stays, weight))
    found = pd.DataFrame(rows, columns=["id", "arm", "begin", "end", "died", "w"])
    return found[found["end"] > found["begin"]]


@pytest.mark.filterwarnings("ignore")
def test_hazard_ratio_equals_plain_loops_and_lifelines():
    """lifelines' weighted Cox (Efron) with entry; its weights and ties differ from R's in the third digit at most."""
    from lifelines import CoxPHFitter

    fit = CoxPHFitter().fit(
        plain_rows().drop(columns="id"), "end", "died", entry_col="begin", weights_col="w", robust=True
    )
    clones = clones_of(patients(adjusted=False), R["grace"], "simulated")
    assert log_ratio(tally(clones, np.ones(90))) == pytest.approx(float(fit.params_["arm"]), abs=5e-3)


def test_a_bootstrap_count_of_two_is_the_patient_twice():
    own = patients(adjusted=False)
    counts = np.random.default_rng(4).multinomial(90, np.full(90, 1 / 90)).astype(float)
    of = np.repeat(np.arange(90), counts.astype(int))
    twice = Starters(own.time[of], own.event[of], own.start[of], own.z[of])
    weighted, written = clones_of(own, R["grace"], "x"), clones_of(twice, R["grace"], "x")
    times = np.array([6.0, 12.0, 24.0])
    one, other = measured(weighted, counts, times)[1], measured(written, np.ones(90), times)[1]
    np.testing.assert_allclose(one, other, rtol=1e-12)
