"""Forty tables at the edge: no event, one event, separation, ties, late entry, collinear columns, extreme sizes.

Each has the columns ``t`` (months), ``d`` (event), sometimes ``e`` (entry) and ``w`` (weight), and covariates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

type Columns = dict[str, object]

BINARY: dict[str, object] = {"kind": "binary", "levels": ["a", "b"]}
THREE: dict[str, object] = {"kind": "nominal", "levels": ["a", "b", "c"]}
NUMBER: dict[str, object] = {"kind": "continuous"}


@dataclass(frozen=True)
class Table:
    """Rows, and what the schema says of the columns beyond time and event."""

    columns: Columns
    covariates: dict[str, dict[str, object]] = field(default_factory=dict)
    endpoint: dict[str, object] = field(default_factory=dict)
    top: dict[str, object] = field(default_factory=dict)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows, each patient with an identifier of its own."""
        found = pd.DataFrame(self.columns)
        return found.assign(i=np.arange(len(found)))

    @property
    def schema(self) -> dict[str, object]:
        """The schema as TOML would say it."""
        endpoints = {"os": {"time": "t", "event": "d", **self.endpoint}}
        return {"id": "i", "endpoints": endpoints, "covariates": self.covariates, **self.top}


def months(n: int, seed: int = 0) -> np.ndarray:
    """Return distinct exponential months."""
    return np.random.default_rng(seed).exponential(10.0, n).round(4) + 0.1


def coin(n: int, p: float = 0.6, seed: int = 1) -> np.ndarray:
    """Return 0/1."""
    return (np.random.default_rng(seed).random(n) < p).astype(int)


def arms(n: int) -> list[str]:
    """Return levels a, b in turn."""
    return ["a", "b"] * (n // 2) + ["a"] * (n % 2)


def normal(n: int, seed: int = 2) -> np.ndarray:
    """Return standard normal numbers."""
    return np.random.default_rng(seed).normal(size=n)


def one_at(n: int, where: int) -> np.ndarray:
    """Return an event for one patient."""
    return (np.arange(n) == where).astype(int)


def order(n: int, seed: int = 0) -> np.ndarray:
    """Return the ranks of ``months``."""
    return np.argsort(np.argsort(months(n, seed)))


N = 24
G = np.array(arms(N))
ALONE = ["b"] + ["a"] * (N - 1)
SAMPLED: dict[str, object] = {"weight": "w", "weight_kind": "sampling"}


def grouped(t: object, d: object, g: object = G, **more: object) -> Table:
    """Return a table with two groups; a column ``e`` is entry, a column ``w`` sampling weights."""
    columns = {"t": t, "d": d, "g": g, **more}
    return Table(columns, {"g": BINARY}, {"entry": "e"} if "e" in more else {}, SAMPLED if "w" in more else {})


def first(n: int, value: float) -> np.ndarray:
    """Return ``months`` with the first ``n`` at ``value``."""
    return np.where(np.arange(N) < n, value, months(N))


TABLES: dict[str, Callable[[], Table]] = {
    "no_event": lambda: Table({"t": months(N), "d": [0] * N, "g": G}, {"g": BINARY}),
    "one_event": lambda: Table({"t": months(N), "d": one_at(N, 5), "g": G}, {"g": BINARY}),
    "one_event_last": lambda: Table({"t": months(N), "d": one_at(N, int(months(N).argmax())), "g": G}, {"g": BINARY}),
    "one_event_first": lambda: Table({"t": months(N), "d": one_at(N, int(months(N).argmin())), "g": G}, {"g": BINARY}),
    "one_patient": lambda: Table({"t": [5.0], "d": [1]}),
    "two_patients": lambda: Table({"t": [5.0, 9.0], "d": [1, 1], "g": ["a", "b"]}, {"g": BINARY}),
    "two_patients_one_event": lambda: Table({"t": [5.0, 9.0], "d": [1, 0], "g": ["a", "b"]}, {"g": BINARY}),
    "three_patients": lambda: Table({"t": [5.0, 9.0, 9.0], "d": [1, 1, 0], "x": [1.0, 2.0, 4.0]}, {"x": NUMBER}),
    "one_level": lambda: Table({"t": months(N), "d": coin(N), "g": ["a"] * N}, {"g": BINARY}),
    "factor_separates": lambda: Table({"t": months(N), "d": coin(N) * (G == "a"), "g": G}, {"g": BINARY}),
    "reference_has_no_event": lambda: Table({"t": months(N), "d": coin(N) * (G == "b"), "g": G}, {"g": BINARY}),
    "two_levels_without_events": lambda: Table(
        {"t": months(N), "d": coin(N) * (np.arange(N) % 3 == 2), "g": ["a", "b", "c"] * 8}, {"g": THREE}
    ),
    "number_separates_events": lambda: Table(
        {"t": months(N), "d": coin(N), "x": np.where(coin(N) == 1, 3.0, -3.0) + normal(N) / 9}, {"x": NUMBER}
    ),
    "number_orders_time": lambda: Table({"t": months(N), "d": [1] * N, "x": -months(N)}, {"x": NUMBER}),
    "number_orders_time_beside_another": lambda: Table(
        {"t": months(N), "d": coin(N, 0.8), "x": -order(N).astype(float), "y": normal(N)}, {"x": NUMBER, "y": NUMBER}
    ),
    "level_dies_first": lambda: grouped(months(N), [1] * N, np.where(order(N) < 8, "b", "a")),
    "heavy_ties": lambda: Table({"t": np.repeat([3.0, 6.0], N // 2), "d": coin(N), "g": G}, {"g": BINARY}),
    "all_events_at_one_time": lambda: Table({"t": [6.0] * N, "d": [1] * N, "g": G}, {"g": BINARY}),
    "events_at_the_end_of_follow_up": lambda: Table({"t": [6.0] * N, "d": coin(N), "g": G}, {"g": BINARY}),
    "all_censored_but_one_at_a_tie": lambda: Table({"t": [6.0] * N, "d": one_at(N, 3), "g": G}, {"g": BINARY}),
    "censored_at_time_0": lambda: grouped(first(4, 0.0), coin(N) * (np.arange(N) > 3)),
    "event_at_time_0": lambda: grouped(first(2, 0.0), [1] * N),
    "one_group_all_at_time_0_plus": lambda: grouped(np.where(G == "b", 1e-9, months(N)), [1] * N),
    "negative_times": lambda: Table({"t": months(N) - 5.0, "d": coin(N), "g": G}, {"g": BINARY}),
    "infinite_time": lambda: Table({"t": [*months(N - 1), np.inf], "d": coin(N), "g": G}, {"g": BINARY}),
    "times_of_1e12": lambda: Table({"t": months(N) * 1e12, "d": coin(N), "g": G}, {"g": BINARY}),
    "times_of_1e-9": lambda: Table({"t": months(N) * 1e-9, "d": coin(N), "g": G}, {"g": BINARY}),
    "late_entry": lambda: grouped(months(N) + 3, coin(N), e=np.arange(N) % 3),
    "all_entered_late": lambda: grouped(months(N) + 60, coin(N), e=[60.0] * N),
    "entry_is_exit": lambda: grouped(months(N), coin(N), e=months(N)),
    "risk_set_empties": lambda: grouped(
        [1.0, 2.0, *(months(N - 2) + 4)], [1, 1, *coin(N - 2)], e=[0, 0, *[3.0] * (N - 2)]
    ),
    "collinear_levels": lambda: Table({"t": months(N), "d": coin(N), "g": G, "h": G}, {"g": BINARY, "h": BINARY}),
    "collinear_numbers": lambda: Table(
        {"t": months(N), "d": coin(N), "x": normal(N), "y": 2 * normal(N) + 1e-3}, {"x": NUMBER, "y": NUMBER}
    ),
    "more_columns_than_patients": lambda: Table(
        {"t": months(6), "d": [1] * 6, **{f"x{k}": normal(6, k) for k in range(8)}}, {f"x{k}": NUMBER for k in range(8)}
    ),
    "sizes_of_1e12_and_1e-9": lambda: Table(
        {"t": months(N), "d": coin(N), "x": normal(N) * 1e12, "y": normal(N, 3) * 1e-9}, {"x": NUMBER, "y": NUMBER}
    ),
    "huge_skew": lambda: Table(
        {"t": months(N), "d": coin(N), "x": np.random.default_rng(7).lognormal(0.0, 3.0, N)}, {"x": NUMBER}
    ),
    "constant_number": lambda: Table({"t": months(N), "d": coin(N), "x": [7.5] * N}, {"x": NUMBER}),
    "infinite_number": lambda: Table({"t": months(N), "d": coin(N), "x": [*normal(N - 1), np.inf]}, {"x": NUMBER}),
    "missing_everywhere": lambda: Table(
        {"t": months(N), "d": coin(N), "x": [np.nan] * N, "g": G}, {"x": NUMBER, "g": BINARY}
    ),
    "missing_but_one": lambda: Table({"t": months(N), "d": coin(N), "x": [1.0] + [np.nan] * (N - 1)}, {"x": NUMBER}),
    "no_rows": lambda: Table({"t": [], "d": [], "g": []}, {"g": BINARY}),
    "repeated_rows": lambda: Table({"t": list(months(6)) * 4, "d": list(coin(6)) * 4, "g": arms(6) * 4}, {"g": BINARY}),
    "level_with_one_patient": lambda: grouped(months(N), coin(N), ALONE),
    "level_with_one_patient_who_dies": lambda: grouped(months(N), [1] * N, ALONE),
    "weights_of_0": lambda: grouped(months(N), coin(N), w=np.arange(N) % 2),
    "huge_weights": lambda: grouped(months(N), coin(N), w=1e12 * (1 + np.arange(N))),
    "everything_at_once": lambda: Table(
        {"t": np.repeat([2.0, 4.0], N // 2), "d": one_at(N, 3), "g": G, "x": [5.0] * N, "y": normal(N) * 1e12},
        {"g": BINARY, "x": NUMBER, "y": NUMBER},
    ),
}
