"""The log prior of named parameters, written out: of the parameters, and of their standard normal scores.

A score is what the engines' coordinates are (docs/methods/laplace.md): (b - m) / s of a normal, the normal quantile of
its probability for a scale or a break of a simplex. Log rates under a gamma and log gammas over their SD have none:
they are coordinates as they are.
"""

import math
import tomllib
from pathlib import Path

import numpy as np
from scipy import special, stats

Z975 = 1.959963984540054
PRIORS = Path(__file__).parents[3] / "models" / "priors"


class Mixture:
    """A prior from published evidence: normals of the file, and one of SD 2 about no effect for what is robust."""

    def __init__(self, stated):
        file = PRIORS / f"{stated['evidence']}.toml"
        components = tomllib.loads(file.read_text(encoding="utf-8"))["prior"]["components"]
        sign, robust = -1.0 if stated.get("flip") else 1.0, stated.get("robust", 0.0)
        whole = math.fsum(one["weight"] for one in components)
        self.parts = [((1.0 - robust) * c["weight"] / whole, sign * c["mean"], c["sd"]) for c in components]
        self.parts += [(robust, 0.0, 2.0)] if robust else []

    def logpdf(self, value):
        """Return the log density."""
        return np.log(sum(weight * stats.norm.pdf(value, mean, sd) for weight, mean, sd in self.parts))


def normal_of(stated):
    """Return mean and SD of a normal on a log hazard ratio."""
    if "normal" in stated:
        return stated["normal"]
    return math.log(stated["hr_median"]), math.log(stated["hr_upper"] / stated["hr_median"]) / Z975


def level_of(spec):
    """Return mean and SD of the normal on the baseline's level; of a statement on survival within the first piece."""
    priors, baseline = spec["priors"], spec["baseline"]
    for key in ("baseline_log_rate", "baseline_log_cumulative_hazard"):
        if key in priors:
            return priors[key]["normal"]
    stated = priors["baseline_survival"]
    middle, upper = (math.log(-math.log(stated[key])) for key in ("median", "lower"))
    assert baseline["family"] == "weibull" or stated["at"] <= min(baseline["cuts"], default=math.inf)
    return middle - (0.0 if baseline["family"] == "weibull" else math.log(stated["at"])), (upper - middle) / Z975


class Prior:
    """The prior of a specification; ``densities`` and ``scores`` by parameter."""

    def __init__(self, spec, likelihood):
        self.spec, self.likelihood = spec, likelihood

    def at(self, parameters, *, of_scores):
        """Return the log prior density of parameters, or that of their standard normal scores."""
        return math.fsum(self.of(name, np.asarray(value), parameters, of_scores) for name, value in parameters.items())

    def of(self, name, value, parameters, of_scores):
        """Return the log density of one parameter."""
        kind, _, rest = name.partition("_")
        if name == "baseline" and "baseline_rate" in self.spec["priors"]:
            shape, rate = self.spec["priors"]["baseline_rate"]["gamma"]
            density = stats.gamma.logpdf(np.exp(value), shape, scale=1.0 / rate)
            return float((density + (value if of_scores else 0.0)).sum())
        if kind == "z" and self.gamma(rest):
            sd = parameters[f"sd_{rest}"][0]
            log_factor = sd * value
            density = stats.gamma.logpdf(np.exp(log_factor), sd**-2, scale=sd**2)
            return float((density + (log_factor + math.log(sd) if of_scores else 0.0)).sum())
        if kind == "share":
            return self.of_shares(value, of_scores)
        law = self.law(name, kind, rest)
        # A mixture has several scores: it is stated as the number itself.
        if not of_scores or isinstance(law, Mixture):
            return float(law.logpdf(value).sum())
        return float(stats.norm.logpdf(stats.norm.isf(law.sf(value))).sum())

    def of_shares(self, shares, of_scores):
        """Uniform on the simplex; as scores, what is left after each break to the power of how many steps follow."""
        steps = shares.size
        if not of_scores:
            return float(special.gammaln(steps))
        left = 1.0 - np.concatenate([[0.0], np.cumsum(shares)])
        kept = [(left[j + 1] / left[j]) ** (steps - 1 - j) for j in range(steps - 1)]
        return float(stats.norm.logpdf(stats.norm.isf(kept)).sum())

    def gamma(self, name):
        """Return whether latents of this name are logarithms of gamma variables."""
        return any(e.raw.get("distribution") == "gamma" for e in self.effects(name))

    def effects(self, name):
        """Return the effect whose parameters bear a name, with that of a state or without."""
        states = self.likelihood.states or ("",)
        return [e for e in self.likelihood.effects if name in {e.own_name(state) for state in states}]

    def law(self, name, kind, rest):
        """Return the distribution of a parameter."""
        if name == "baseline":
            return stats.norm(*level_of(self.spec))
        if name == "log_shape":
            return stats.norm(*self.spec["priors"]["log_shape"]["normal"])
        if name == "sd_baseline":
            return stats.halfnorm(scale=self.spec["baseline"]["sd"]["halfnormal"])
        if name == "cure_log_odds":
            return stats.norm(*cure_normal(self.spec["cure"]["fraction"]))
        if kind == "drift":
            studies = list(dict.fromkeys((e["study"], e["sd"]) for e in self.spec["external"] if "study" in e))
            return stats.norm(0.0, studies[int(rest) - 1][1])
        if kind == "z":
            return stats.norm()
        (effect,) = self.effects(rest)
        if kind in ("tau", "lambda"):
            return stats.halfcauchy(scale=1.0 if kind == "lambda" else self.common_scale(effect, rest))
        if kind == "sd":
            return stats.halfnorm(scale=effect.raw["sd"]["halfnormal"])
        stated = effect.raw["prior" if kind in ("b", "mean") else kind]
        return Mixture(stated) if "evidence" in stated else stats.norm(*normal_of(stated))

    def common_scale(self, effect, rest):
        """Return tau_0 = expected / (D - expected) / sqrt(events), the events of those states in which these act."""
        acting = {state for state in self.likelihood.states or ("",) if effect.own_name(state) == rest}
        held = [(p.weight, s) for p in self.likelihood.patients for s in p.stretches]
        events = sum(weight for weight, s in held if s.event and s.state in acting)
        width = len(effect.names)
        return effect.raw["expected"] / (width - effect.raw["expected"]) / math.sqrt(max(events, 1.0))


def cure_normal(stated):
    """Return mean and SD of the log odds of cure."""
    if "normal" in stated:
        return stated["normal"]
    middle, upper = (math.log(stated[key] / (1.0 - stated[key])) for key in ("median", "upper"))
    return middle, (upper - middle) / Z975
