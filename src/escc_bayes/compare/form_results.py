"""What the forms of one number say: how well each foretells patients left out, and its hazard ratios."""

from dataclasses import dataclass

from escc_bayes.compare.form_columns import Measured
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray

# A smaller difference of elpd is small whatever its standard error: Sivula, Magnusson & Vehtari 2020, arXiv 2008.10296.
CLEAR, WORST_K = 4.0, 0.7


@dataclass(frozen=True, slots=True)
class FormRow:
    """How well one form foretells patients left out; over several reconstructions the averages.

    Attributes
    ----------
    form, words : its word, and in a reader's words.
    rank : 0 is best.
    elpd, elpd_se, elpd_diff, diff_se, weight, p_loo, pareto_k_max : as in ``LooRow``.
    verdict : of the fit.
    effect : the effect with its priors, in a sentence.
    """

    form: str
    words: str
    rank: int
    elpd: float
    elpd_se: float
    elpd_diff: float
    diff_se: float
    weight: float
    p_loo: float
    pareto_k_max: float
    verdict: str
    effect: str


@dataclass(frozen=True, slots=True)
class FormRatio:
    """The hazard at one value over that at another under one form: posterior median and credible limits."""

    form: str
    value: float
    versus: float
    hr: float
    lower: float
    upper: float
    prob_gt_1: float


@dataclass(frozen=True, slots=True)
class CovariateForms:
    """What the forms of one number say.

    Attributes
    ----------
    found : the number and its cut points.
    rows : of each form, best first.
    ratios : at the values named, form by form.
    along : the same on a grid of values, for the figure.
    patients : (n,) the values of the patients analysed, of the first reconstruction where there are several.
    n, events : analysed.
    level : of the limits.
    clock, provenance : of the analysis.
    sentences : who was analysed, what gave way, what else must be known.
    records : of every fit.
    members : how many reconstructions are averaged; 1: none.
    """

    found: Measured
    endpoint: str
    rows: tuple[FormRow, ...]
    ratios: tuple[FormRatio, ...]
    along: tuple[FormRatio, ...]
    patients: FloatArray
    n: int
    events: int
    level: float
    clock: str
    provenance: str
    sentences: tuple[str, ...]
    records: tuple[Record, ...]
    members: int = 1

    @property
    def reading(self) -> tuple[str, ...]:
        """What may be read from the differences, and what not."""
        best, others = self.rows[0], self.rows[1:]
        near = [row.words for row in others if -row.elpd_diff < CLEAR or -row.elpd_diff < 2.0 * row.diff_se]
        said = [f"{best.words} foretells patients left out best, clearly better than every other form."]
        if near:
            said = [
                f"{best.words} foretells patients left out best; not clearly better (by 4 and by two standard errors) "
                f"than {'; '.join(near)}."
            ]
        if self.found.cuts:
            said.append(
                "Cut points that were chosen on these patients foretell them better than new ones; stated before, or "
                "published, they do not."
            )
        bad = [row.words for row in self.rows if row.pareto_k_max > WORST_K]
        where = " in at least one reconstruction" if self.members > 1 else ""
        return (*said, *((f"Unreliable{where}, Pareto k above {WORST_K:g}: {'; '.join(bad)}.",) if bad else ()))

    def __repr__(self) -> str:
        lines = [f"  {row.words}: elpd {row.elpd:.1f}, weight {row.weight:.2f}" for row in self.rows]
        return "\n".join([f"forms of {self.found.name}, {self.endpoint}, {self.clock}:", *lines])
