"""Plainly written PyMC models of odd compositions: the second source for our densities, and posteriors, of them.

160 SIMULATED patients. Each model is written from the formulas as a user would, without this package; parameters bear
the names that ours have. Run with ``python -m tests.reference.bayes_compositions``; it samples those of ``DRAWS`` and
writes ``bayes_compositions.json`` beside it.
"""

import json
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from scipy.interpolate import BSpline

CUTS = [6.0, 14.0]
KNOTS = [45.0, 60.0, 75.0]
# Expected deaths per person-year below and from 60 years on: a life table of two rates.
LIFE_TABLE = {"male": (0.02, 0.06), "female": (0.01, 0.04)}


def patients():
    """Return 160 SIMULATED patients."""
    rng, n = np.random.default_rng(31), 160
    frame = pd.DataFrame(
        {
            "id": [f"P{i:03d}" for i in range(n)],
            "arm": rng.choice(["a", "b"], n),
            "grade": rng.choice(["I", "II", "III"], n),
            "age": rng.uniform(40.0, 80.0, n).round(1),
            "site": rng.choice(["s1", "s2"], n),
            "sex": rng.choice(["male", "female"], n),
            "times": rng.choice([1, 1, 2], n),
        }
    )
    log_ratio = 0.4 * (frame["arm"] == "b") + 0.5 * (frame["grade"] == "III") + 0.2 * (frame["age"] - 60.0) / 10.0
    progression = rng.exponential(16.0 * np.exp(-log_ratio))
    death = rng.exponential(45.0 * np.exp(-log_ratio))
    after = rng.exponential(9.0 * np.exp(-0.5 * log_ratio))
    seen = rng.uniform(8.0, 40.0, n)
    first = np.minimum(progression, death)
    dies = np.where(death < progression, death, progression + after)
    frame["pfs"], frame["pfs_event"] = np.minimum(first, seen).round(2) + 0.01, (first < seen).astype(int)
    frame["os"], frame["os_event"] = np.minimum(dies, seen).round(2) + 0.01, (dies < seen).astype(int)
    frame["os"] = np.maximum(frame["os"], frame["pfs"])
    frame["enter"] = np.where(rng.random(n) < 0.4, (frame["pfs"] * rng.uniform(0.0, 0.8, n)).round(2), 0.0)
    progressed = (frame["pfs_event"] == 1) & ~((frame["os_event"] == 1) & (frame["os"] == frame["pfs"]))
    frame["left"] = np.where(progressed, np.floor(frame["pfs"] / 3.0) * 3.0, frame["pfs"])
    frame["right"] = np.where(frame["pfs_event"] == 1, frame["pfs"], np.nan)
    return frame


def columns(frame):
    """Return indicators and numbers by name."""
    return {
        "b": (frame["arm"] == "b").to_numpy(float),
        "II": (frame["grade"] == "II").to_numpy(float),
        "III": (frame["grade"] == "III").to_numpy(float),
        "age": ((frame["age"] - 60.0) / 10.0).to_numpy(),
        "site": (frame["site"] == "s2").to_numpy(int),
    }


def in_pieces(start, stop, cuts):
    """Return the months (n, pieces) between two months that lie in each piece."""
    edges = np.array([0.0, *cuts, 1e9])
    inside = np.minimum(np.asarray(stop)[:, None], edges[1:]) - np.maximum(np.asarray(start)[:, None], edges[:-1])
    return np.maximum(inside, 0.0)


def piece_at(month, cuts):
    """Return the piece that ends at, or holds, a month."""
    return (np.asarray(month)[:, None] > np.array(cuts)).sum(axis=1)


def subgroup_strata_late():
    """Subgroups, an effect of age that changes at 10 months, strata, late entry and frequency weights."""
    frame = patients()
    frame = frame.loc[frame.index.repeat(frame["times"])]
    x, month = columns(frame), 10.0
    with pm.Model() as model:
        level = pm.Normal("baseline", -3.0, 1.0, shape=2)
        step = pm.HalfNormal("sd_baseline", 0.5)
        z = pm.Normal("z_baseline", 0.0, 1.0, shape=(2, 2))
        # Midpoints 3, 10 and 18 months.
        walk = pt.cumsum(step * z * np.sqrt([7.0 / 12.0, 8.0 / 12.0]), axis=1)
        log_rate = pt.concatenate([level[:, None], level[:, None] + walk], axis=1)
        grade = pm.Normal("b_grade", 0.0, 1.0, shape=2)
        common, spread = pm.Normal("mean_arm", 0.0, 0.7), pm.HalfNormal("sd_arm", 0.5)
        own = common + spread * pm.Normal("z_arm", 0.0, 1.0, shape=3)
        early, change = pm.Normal("b_age", 0.0, 0.5), pm.HalfNormal("sd_age", 0.5)
        # Segments of 10 months: midpoints 5 and 15.
        late = early + change * np.sqrt(10.0 / 12.0) * pm.Normal("z_age", 0.0, 1.0)
        of_arm = own[0] * (1.0 - x["II"] - x["III"]) + own[1] * x["II"] + own[2] * x["III"]
        still = grade[0] * x["II"] + grade[1] * x["III"] + x["b"] * of_arm
        total = 0.0
        for slope, low, high in ((early, 0.0, month), (late, month, 1e9)):
            start, stop = (np.clip(frame[k].to_numpy(), low, high) for k in ("enter", "pfs"))
            linear = still + slope * x["age"]
            hazard = pt.exp(log_rate[x["site"]] + linear[:, None]) * in_pieces(start, stop, CUTS)
            event = ((frame["pfs_event"] == 1) & frame["pfs"].between(low, high, inclusive="right")).to_numpy()
            at = log_rate[x["site"], piece_at(frame["pfs"], CUTS)] + linear
            total += (event * at).sum() - hazard.sum()
        pm.Potential("likelihood", total)
    return model, ["baseline", "sd_baseline", "b_grade", "mean_arm", "sd_arm", "b_age", "sd_age"]


def natural(age):
    """Return the natural cubic spline on three knots that is 0 at the outer ones, of unit roughness."""
    u, (first, middle, last) = (np.asarray(age) - 60.0) / 10.0, [(k - 60.0) / 10.0 for k in KNOTS]

    def raw(v):
        def power(k):
            return (np.maximum(v - k, 0.0) ** 3 - np.maximum(v - last, 0.0) ** 3) / (last - k)

        return power(first) - power(middle)

    curve = raw(u) - raw(np.array(last)) * (u - first) / (last - first)
    # Its second derivative rises from 0 to a peak at the middle knot and falls back: the integral of its square.
    peak = 6.0 * (middle - first) / (last - first)
    return curve / np.sqrt(peak**2 * (last - first) / 3.0)


def cure_spline_late():
    """A cure fraction, a spline of age and late entry under a Weibull baseline."""
    frame = patients()
    x, curve = columns(frame), natural(frame["age"])
    t, entry, died = (frame[k].to_numpy(float) for k in ("pfs", "enter", "pfs_event"))
    with pm.Model() as model:
        level, log_shape = pm.Normal("baseline", -0.3, 0.8), pm.Normal("log_shape", 0.0, 0.4)
        odds = pm.Normal("cure_log_odds", -1.0, 0.8)
        b, slope = pm.Normal("b_arm", 0.0, 0.8), pm.Normal("b_age", 0.0, 0.5)
        bends, z = pm.HalfNormal("sd_age", 0.5), pm.Normal("z_age", 0.0, 1.0)
        linear = level + b * x["b"] + slope * x["age"] + bends * z * curve
        shape, share = pt.exp(log_shape), pm.math.invlogit(odds)

        def hazard_passed(month):
            return pt.exp(linear) * pt.power(np.maximum(month, 1e-300) / 12.0, shape) * (month > 0.0)

        def free(month):
            return share + (1.0 - share) * pt.exp(-hazard_passed(month))

        log_hazard = linear + log_shape + (shape - 1.0) * np.log(t / 12.0) - np.log(12.0)
        event = pt.log(1.0 - share) + log_hazard - hazard_passed(t)
        pm.Potential("likelihood", (pt.switch(died, event, pt.log(free(t))) - pt.log(free(entry))).sum())
    return model, ["baseline", "log_shape", "cure_log_odds", "b_arm", "b_age", "sd_age"]


def reset_shared_across_strata():
    """Illness and death, clock reset, sites with baselines of their own, a shared effect and one across transitions."""
    frame = patients()
    x = columns(frame)
    together = ((frame["os_event"] == 1) & (frame["os"] == frame["pfs"])).to_numpy()
    progressed = (frame["pfs_event"] == 1).to_numpy() & ~together
    late = (frame["os"] - frame["pfs"]).to_numpy()
    follow = [(np.zeros(len(frame)), frame["pfs"].to_numpy(), own) for own in (progressed, together)]
    follow.append((np.zeros(len(frame)), late, progressed & (frame["os_event"] == 1).to_numpy()))
    with pm.Model() as model:
        log_rate = pm.Normal("baseline", -3.0, 1.0, shape=18)
        common, spread = pm.Normal("mean_age", 0.0, 0.5), pm.HalfNormal("sd_age", 0.4)
        age = common + spread * pm.Normal("z_age", 0.0, 1.0, shape=3)
        shared = pm.Normal("b_arm", 0.0, 0.7)
        for k, (start, stop, event) in enumerate(follow):
            at_risk = progressed & (late > 0.0) if k == 2 else np.ones(len(frame), bool)
            linear = age[k] * x["age"] + (shared * x["b"] if k else 0.0)
            rates = log_rate[6 * k : 6 * k + 6].reshape((2, 3))[x["site"]]
            months = in_pieces(start, stop, CUTS) * at_risk[:, None]
            piece = piece_at(stop, CUTS)
            at = rates[np.arange(len(frame)), piece] + linear
            pm.Potential(f"of {k}", (event * at).sum() - (pt.exp(rates + linear[:, None]) * months).sum())
    return model, ["baseline", "mean_age", "sd_age", "b_arm"]


def intervals_monotone_interaction():
    """Events between visits, a Weibull baseline, a monotone curve of age, an arm whose effect differs with grade."""
    frame = patients()
    x = columns(frame)
    ends = np.concatenate([[KNOTS[0]] * 2, KNOTS, [KNOTS[-1]] * 2])
    held = np.clip(frame["age"], KNOTS[0], KNOTS[-1])
    basis = np.stack([BSpline(ends, np.eye(4)[j], 2)(held) for j in range(4)], axis=1)
    left, right = frame["left"].to_numpy(), frame["right"].to_numpy()
    exact, censored = left == right, np.isnan(right)
    between = ~exact & ~censored
    with pm.Model() as model:
        level, log_shape = pm.Normal("baseline", -0.3, 0.8), pm.Normal("log_shape", 0.0, 0.4)
        whole, shares = pm.Normal("b_age", 0.3, 0.8), pm.Dirichlet("share_age", np.ones(3))
        heights = pt.concatenate([np.zeros(1), pt.cumsum(shares)])
        grade, arm = pm.Normal("b_grade", 0.0, 1.0, shape=2), pm.Normal("b_arm", 0.0, 0.7)
        ratio = pm.Normal("ratio_arm", 0.0, 0.4, shape=2)
        differs = arm + ratio[0] * x["II"] + ratio[1] * x["III"]
        linear = level + whole * pt.dot(basis, heights) + grade[0] * x["II"] + grade[1] * x["III"] + x["b"] * differs
        shape = pt.exp(log_shape)

        def survival(month, of):
            return pt.exp(-pt.exp(linear[of]) * pt.power(month / 12.0, shape))

        first = pt.switch(left[between] > 0.0, survival(np.maximum(left[between], 1e-300), between), 1.0)
        pm.Potential("between", pt.log(first - survival(right[between], between)).sum())
        pm.Potential("censored", pt.log(survival(left[censored], censored)).sum())
        t = left[exact]
        log_hazard = linear[exact] + log_shape + (shape - 1.0) * np.log(t / 12.0) - np.log(12.0)
        pm.Potential("exact", (log_hazard + pt.log(survival(t, exact))).sum())
    return model, ["baseline", "log_shape", "b_age", "share_age", "b_grade", "b_arm", "ratio_arm"]


def counts_drift_walk():
    """Survivors of a study that drifts, beside a random walk, an ordered effect and centred columns."""
    frame = patients()
    x = columns(frame)
    t, died = frame["pfs"].to_numpy(), frame["pfs_event"].to_numpy()
    with pm.Model() as model:
        level, step = pm.Normal("baseline", -3.0, 1.0), pm.HalfNormal("sd_baseline", 0.5)
        z = pm.Normal("z_baseline", 0.0, 1.0, shape=2)
        walk = pt.cumsum(step * z * np.sqrt([7.0 / 12.0, 8.0 / 12.0]))
        log_rate = pt.concatenate([level[None], level + walk])
        last, shares = pm.Normal("b_grade", 0.3, 0.8), pm.Dirichlet("share_grade", np.ones(2))
        slope, drift = pm.Normal("b_age", 0.0, 0.5), pm.Normal("drift_1", 0.0, 0.3)
        linear = last * (shares[0] * (x["II"] - x["II"].mean()) + (x["III"] - x["III"].mean()))
        linear = linear + slope * (x["age"] - x["age"].mean())
        hazard = (pt.exp(log_rate + linear[:, None]) * in_pieces(np.zeros(len(t)), t, CUTS)).sum()
        pm.Potential("likelihood", (died * (log_rate[piece_at(t, CUTS)] + linear)).sum() - hazard)

        def survival(month, of):
            months = in_pieces(np.zeros(len(t)), np.full(len(t), month), CUTS)
            passed = pt.exp(drift) * (pt.exp(log_rate + linear[:, None]) * months).sum(axis=1)
            return (of * pt.exp(-passed)).sum() / of.sum()

        everyone, third = np.ones(len(t)), x["III"]
        pm.Binomial("early", 90, survival(12.0, everyone), observed=35)
        pm.Binomial("late", 20, survival(30.0, third) / survival(12.0, third), observed=4)
    return model, ["baseline", "sd_baseline", "b_grade", "share_grade", "b_age", "drift_1"]


def expected(frame, month):
    """Return the expected hazard per month at a month, and what has passed until then, of each patient."""
    rates = np.array([LIFE_TABLE[sex] for sex in frame["sex"]]) / 12.0
    turned = np.maximum(12.0 * (60.0 - frame["age"].to_numpy()), 0.0)
    before = np.minimum(month, turned)
    return np.where(month > turned, rates[:, 1], rates[:, 0]), rates[:, 0] * before + rates[:, 1] * (month - before)


def background_spline_subgroup():
    """Background mortality, a spline of age and subgroups, under pieces."""
    frame = patients()
    x, curve = columns(frame), natural(frame["age"])
    t, died = frame["os"].to_numpy(), frame["os_event"].to_numpy()
    known, passed = expected(frame, t)
    with pm.Model() as model:
        log_rate = pm.Normal("baseline", -3.0, 1.0, shape=3)
        slope, bends, z = pm.Normal("b_age", 0.0, 0.5), pm.HalfNormal("sd_age", 0.5), pm.Normal("z_age", 0.0, 1.0)
        grade = pm.Normal("b_grade", 0.0, 1.0, shape=2)
        common, spread = pm.Normal("mean_arm", 0.0, 0.7), pm.HalfNormal("sd_arm", 0.5)
        own = common + spread * pm.Normal("z_arm", 0.0, 1.0, shape=3)
        of_arm = own[0] * (1.0 - x["II"] - x["III"]) + own[1] * x["II"] + own[2] * x["III"]
        linear = slope * x["age"] + bends * z * curve + grade[0] * x["II"] + grade[1] * x["III"] + x["b"] * of_arm
        excess = (pt.exp(log_rate + linear[:, None]) * in_pieces(np.zeros(len(t)), t, CUTS)).sum(axis=1)
        hazard = known + pt.exp(log_rate[piece_at(t, CUTS)] + linear)
        pm.Potential("likelihood", (died * pt.log(hazard) - excess - passed).sum())
    return model, ["baseline", "b_age", "sd_age", "b_grade", "mean_arm", "sd_arm"]


MODELS = {
    "subgroup_strata_late": subgroup_strata_late,
    "cure_spline_late": cure_spline_late,
    "reset_shared_across_strata": reset_shared_across_strata,
    "intervals_monotone_interaction": intervals_monotone_interaction,
    "counts_drift_walk": counts_drift_walk,
    "background_spline_subgroup": background_spline_subgroup,
}


# Draws of each of four chains; the other models are held to ours by their density alone.
DRAWS = {"cure_spline_late": 4_000, "reset_shared_across_strata": 2_000, "counts_drift_walk": 4_000}


def summarised(model, names, draws):
    """Sample and return mean, sd and Monte Carlo error of every quantity."""
    with model:
        tree = pm.sample(
            draws, tune=1_000, chains=4, cores=1, random_seed=7, nuts={"target_accept": 0.97}, progressbar=False
        )
    table = az.summary(tree, var_names=names, kind="all", round_to="none")
    return {
        str(name): {"mean": float(row["mean"]), "sd": float(row["sd"]), "mcse": float(row["mcse_mean"])}
        for name, row in table.iterrows()
    }


def main():
    """Make every reference."""
    found = {name: summarised(*MODELS[name](), draws) for name, draws in DRAWS.items()}
    found["versions"] = {"pymc": pm.__version__, "numpy": np.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
