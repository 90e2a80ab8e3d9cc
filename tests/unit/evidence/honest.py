"""Honest small papers: one simulated cohort of 20 to 100 patients, its numbers computed and printed with few digits.

Any finding called impossible is a false alarm; one called very unlikely may occur as often as its stated probability.
"""

import numpy as np
from scipy import stats

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile, survival_at
from tests.unit.evidence.studies import study_of

MONTHS = (6.0, 12.0, 24.0, 36.0)


def log_rank(x, time, event):
    """Return chi-square of the log-rank test of two groups."""
    order = np.argsort(time, kind="stable")
    time, event, x = time[order], event[order], x[order]
    _, first = np.unique(time, return_index=True)
    at_risk, at_risk_1 = time.size - first, x.sum() - np.concatenate([[0.0], np.cumsum(x)])[first]
    d, d1 = np.add.reduceat(event, first), np.add.reduceat(event * x, first)
    used = (d > 0) & (at_risk > 1)
    y, y1, d, d1 = at_risk[used], at_risk_1[used], d[used], d1[used]
    variance = (d * y1 / y * (1 - y1 / y) * (y - d) / (y - 1)).sum()
    return float((d1 - d * y1 / y).sum() ** 2 / variance) if variance > 0 else 0.0


def printed_p(p, rng):
    """Return the keys of a P value and its words."""
    if p < 0.001:
        return {"p_text": "<0.001"}, "P < 0.001"
    if p > 0.05 and rng.random() < 0.15:
        return {"p_text": "NS"}, "P = NS"
    text = f"{p:.{int(rng.choice([2, 3]))}f}"
    return {"p": text}, f"P = {text}"


def curve_of(time, event, arm, endpoint, watched):
    """Return one curve with medians, landmarks and their intervals as printed."""
    found = kaplan_meier(time, event, level=0.95)
    middle, at = quantile(found), survival_at(found, np.array(MONTHS))
    marks, words = [], []
    for t, s, low, high in zip(MONTHS, at.survival, at.lower, at.upper, strict=True):
        if t > time.max() or not np.isfinite([s, low, high]).all():
            continue
        marks.append({"t": t, "s": f"{s:.3f}", "lo": f"{low:.3f}", "hi": f"{high:.3f}"})
        words.append(f"{t:g}-month {endpoint} {100 * s:.1f} % (95 % CI {100 * low:.1f}-{100 * high:.1f})")
    for mark in marks:
        mark["t"] = int(mark["t"])
    reached = bool(np.isfinite(middle.value))
    more = {"median": f"{middle.value:.1f}"} if reached and middle.value >= 0.1 else {"median_reached": reached}
    if reached and middle.value >= 0.1:
        words.append(f"median {endpoint} {middle.value:.1f} months")
    words.append(f"{int(event.sum())} events among {time.size} patients (n = {time.size})")
    return {
        "arm": arm,
        "endpoint": endpoint,
        "n": int(time.size),
        "events": int(event.sum()),
        "landmarks": marks,
        "quote": "; ".join(words),
        **({"followup_median": f"{watched:.1f}"} if watched else {}),
        **more,
    }


def ratio_of(x, time, event, endpoint, rng):
    """Return one printed hazard ratio, or None where the fit has no finite one."""
    groups = [int((event * side).sum()) for side in (x, 1 - x)]
    if min(groups) < 1:
        return None
    fitted = cox(x[:, None], time, event)
    b, se = float(fitted.coef[0]), float(np.sqrt(fitted.covariance[0, 0]))
    if not np.isfinite([b, se]).all() or se > 3 or abs(b) > 4:
        return None
    level = float(rng.choice([0.95, 0.95, 0.90]))
    half = stats.norm.ppf(0.5 + level / 2) * se
    value, low, high = (f"{v:.2f}" for v in np.exp([b, b - half, b + half]))
    if float(value) == 0 or float(high) == 0:
        return None
    wald = rng.random() < 0.5
    p = 2 * stats.norm.sf(abs(b / se)) if wald else float(stats.chi2.sf(log_rank(x, time, event), 1))
    keys, words = printed_p(p, rng)
    way = "longer" if b < 0 else "shorter"
    lead = f"{endpoint} was {way} with the drug " if rng.random() < 0.5 and value != "1.00" else ""
    if not lead and rng.random() < 0.3 and value != "1.00":
        change = f"{100 * abs(1 - np.exp(b)):.0f} % {'lower' if b < 0 else 'higher'}"
        lead = f"a {change} hazard "
    return {
        "measure": "HR",
        "effect": "drug",
        "endpoint": endpoint,
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": f"{level:g}",
        "hazard_of": "drug",
        "versus": "control",
        "n_hazard_of": int(x.sum()),
        "n_versus": int((1 - x).sum()),
        "events_hazard_of": groups[0],
        "events_versus": groups[1],
        "quote": f"{lead}(HR {value}, {100 * level:g} % CI {low}-{high}, {words})",
        **keys,
    }


def response(x, rng):
    """Return a response table with a test and an odds ratio, and the rates of both groups in words."""
    rates = rng.uniform(0.15, 0.75, 2)
    n = [int(x.sum()), int((1 - x).sum())]
    k = [int(rng.binomial(n[i], rates[i])) for i in (0, 1)]
    a, b, c, d = k[0], n[0] - k[0], k[1], n[1] - k[1]
    words = " v ".join(f"{100 * k[i] / n[i]:.1f} % ({k[i]}/{n[i]})" for i in (0, 1))
    if min(a + c, b + d) == 0:
        return [], words
    table = np.array([[a, b], [c, d]])
    kind = rng.choice(["chi-square", "yates", "fisher"])
    p = (
        stats.fisher_exact(table).pvalue
        if kind == "fisher"
        else stats.chi2_contingency(table, correction=kind == "yates").pvalue
    )
    keys, said = printed_p(float(p), rng)
    base = {"effect": "drug", "endpoint": "objective response", "hazard_of": "drug", "versus": "control"}
    base |= {"n_hazard_of": n[0], "n_versus": n[1], "events_hazard_of": a, "events_versus": c}
    found = [{**base, "measure": "test", "quote": f"{words}, {said}", **keys}]
    if min(a, b, c, d) > 0:
        log_or, se = np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        value, low, high = (f"{v:.2f}" for v in np.exp([log_or, log_or - 1.96 * se, log_or + 1.96 * se]))
        found.append(
            {
                **base,
                "measure": "OR",
                "value": value,
                "ci_low": low,
                "ci_high": high,
                "quote": f"OR {value} (95 % CI {low} to {high})",
            }
        )
    return found, words


def honest_paper(seed):
    """Return one honest study, or None where its cohort has no events in a group."""
    rng = np.random.default_rng([seed, 2019])
    n = int(rng.integers(20, 101))
    x = (rng.random(n) < rng.uniform(0.3, 0.7)) * 1.0
    if min(x.sum(), n - x.sum()) < 5:
        return None
    b, shape = rng.normal(0, 0.6), rng.uniform(0.7, 1.6)
    median, ratio = rng.uniform(6, 50), rng.choice([0.02, 0.1, 0.5, 1.0, 3.0])
    death = median * (rng.exponential(1, n) / np.log(2) * np.exp(-b * x)) ** (1 / shape)
    progression = median * (rng.exponential(1, n) / np.log(2) / ratio * np.exp(-b * x)) ** (1 / shape)
    if rng.random() < 0.5:
        censored = rng.uniform(12, 60) - rng.uniform(0, 11, n)
    else:
        censored = np.minimum(rng.exponential(rng.uniform(10, 50), n), rng.uniform(30, 80))
    os, died = np.minimum(death, censored), (death <= censored) * 1.0
    first = np.minimum(death, progression)
    pfs, failed = np.minimum(first, censored), (first <= censored) * 1.0
    os, pfs = (np.maximum(np.round(v, 1), 0.1) for v in (os, pfs))
    estimates = [ratio_of(x, *pair, rng=rng) for pair in ((os, died, "OS"), (pfs, failed, "PFS"))]
    if None in estimates:
        return None
    watched = follow_up(os, died, level=0.95).value
    watched = float(watched) if np.isfinite(watched) and rng.random() < 0.7 else 0.0
    arms = (("all", np.ones(n, bool)), ("drug", x == 1), ("control", x == 0))
    survivals = [
        curve_of(time[rows], event[rows], arm, name, watched if arm == "all" else 0.0)
        for arm, rows in arms
        for time, event, name in ((os, died, "OS"), (pfs, failed, "PFS"))
    ]
    tables, _ = response(x, rng)
    men = int(rng.binomial(n, 0.6))
    size = [int(x.sum()), int(n - x.sum())]
    toxic = [int(rng.binomial(size[i], 0.3)) for i in (0, 1)]
    numbers = [
        {"name": "men_n", "value": men, "quote": f"{men} men ({100 * men / n:.1f} %)"},
        {"name": "women_n", "value": n - men, "quote": f"{n - men} women"},
        *(
            {
                "name": f"toxicity_{arm}_n",
                "value": toxic[i],
                "quote": f"{toxic[i]} patients ({100 * toxic[i] / size[i]:.1f} %)",
            }
            for i, arm in enumerate(("drug", "control"))
        ),
    ]
    return study_of(
        n=n, design="randomised phase 2", estimates=[*estimates, *tables], survivals=survivals, numbers=numbers
    )
