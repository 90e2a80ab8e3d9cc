"""Table 1: the log-rank test of every factor; what screening by P selects beside the posterior of the whole model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.seeds import stream
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import interval_words, probability, ratio
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import HEAD, Counted, by_group, counted, groups_row, groups_words
from escc_bayes.study.ici_crt.coding import at_once, coded_factors, uncoded
from escc_bayes.study.members import p_words, posterior_words, spread
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.screening import Screened, Stability, screen, stability
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import PRIOR_WORDS, fitted, whole_spec

PLACE, TITLE = "Table 1", "Univariable analysis"
ENDPOINTS = ("os", "pfs")
# Resamples in all, shared out among the reconstructions.
RESAMPLES = 400
CONCERNED = ("one_statistic", "alc_baseline was tested", "response, OS", "chi2 = 7.045")
NAIVE = (
    "NAIVE: {factors} are known only after treatment began; the tests take them as known at time zero, as the paper "
    "does."
)


@dataclass(frozen=True, slots=True)
class OfEndpoint:
    """Everything of one endpoint: the factors, each member's screening and its stability, the whole model's answers."""

    endpoint: str
    factors: tuple[Coded, ...]
    screened: tuple[Screened, ...]
    stable: tuple[Stability, ...]
    whole: tuple[Estimate, ...]

    def share(self, factor: int, what: str) -> float:
        """Return how often resamples screen or keep a factor, over all members."""
        return float(np.mean([getattr(one, what)[factor] for one in self.stable]))

    def p_values(self, factor: int) -> list[float]:
        """Return each member's log-rank P of a factor."""
        return [one.tests[factor].p_value for one in self.screened]

    def holm(self, factor: int) -> list[float]:
        """Return each member's P of a factor after Holm's correction."""
        return [float(one.p_holm[factor]) for one in self.screened]


def univariable_part(subject: Subject) -> Part:
    """Return log-rank tests and screening for both endpoints."""
    factors = coded_factors(subject)
    lacking = (*subject.lacking(*subject.factors, *ENDPOINTS), *uncoded(subject))
    held = [of_endpoint(subject, name, factors) for name in ENDPOINTS if subject.has(name) and factors]
    findings = subject.concerning(*CONCERNED)
    if not held:
        return Part(PLACE, TITLE, (), (), lacking, findings)
    tables = (test_table(subject, held), screening_table(subject, held))
    return Part(PLACE, TITLE, tuple(reading(subject, one) for one in held), tables, lacking, findings)


def of_endpoint(subject: Subject, endpoint: str, factors: tuple[Coded, ...]) -> OfEndpoint:
    """Return tests, screening, its stability and the whole model of one endpoint."""
    each = max(1, RESAMPLES // len(subject.members))
    screened, stable = [], []
    for place, data in enumerate(subject.followed(endpoint)):
        there = data.present
        values = np.column_stack([factor.values[place] for factor in factors])[there]
        found = screen(values, data.time[there], data.event[there])
        seed = stream(subject.seed, "screening", endpoint, str(place))
        stable.append(stability(values, data.time[there], data.event[there], found, resamples=each, seed=seed))
        screened.append(found)
    spec = whole_spec(subject, endpoint, factors, "piecewise", f"{endpoint}_every_factor")
    whole = fitted(subject, spec, factors).hazard_ratios(level=subject.level)
    return OfEndpoint(endpoint, factors, tuple(screened), tuple(stable), tuple(whole))


def reading(subject: Subject, held: OfEndpoint) -> str:
    """Return one line: how many factors pass, before and after Holm, and how stable the selection is."""
    count = len(held.factors)
    small = [k for k in range(count) if spread(held.p_values(k))[0] <= 0.05]
    after = [k for k in range(count) if spread(held.holm(k))[0] <= 0.05]
    same = float(np.mean([one.same for one in held.stable]))
    words = subject.words(held.endpoint)
    passed = ", ".join(held.factors[k].label for k in after) or "none"
    return (
        f"{capital(words)}: {len(small)} of {count} factors have P <= 0.05, {len(after)} after Holm's "
        f"correction ({passed}). Screened and then taken into one Cox model, resampled patients select the very set of "
        f"factors that the patients themselves select in {100 * same:.0f} % of {total(held)} resamples."
    )


def total(held: OfEndpoint) -> int:
    """Return the number of resamples over all members."""
    return sum(one.resamples for one in held.stable)


def test_table(subject: Subject, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return the log-rank tests beside the printed ones."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        cells.append((subject.words(one.endpoint).capitalize(),))
        for k, factor in enumerate(one.factors):
            row = test_row(subject, one, k)
            rows.append(row)
            chi2 = f"{row['chi2']:.3f}"
            printed = (
                "" if np.isnan(float(str(row["printed_chi2"]))) else f"{row['printed_chi2']:.3f}; P {row['printed_p']}"
            )
            p, after = p_words(one.p_values(k)), p_words(one.holm(k))
            name, of = f"{factor.label}: {' | '.join(factor.read)}", groups_words(of_groups(subject, one, factor))
            cells.append((name, of, chi2, p, after, printed, str(row["reached"])))
    head = (
        "Factor: groups",
        HEAD,
        "Log-rank chi-squared",
        "P",
        "P, Holm over the factors",
        "Printed",
        "Reconstructions",
    )
    late = sorted(set(at_once(held[0].factors)), key=str)
    note = NAIVE.format(factors=", ".join(late)) if late else ""
    return table_of("table1_logrank", "log-rank test of every factor", rows, head, cells, note=note)


def of_groups(subject: Subject, held: OfEndpoint, factor: Coded) -> Mapping[str, Counted]:
    """Return patients and events of each group of a factor."""
    return by_group(subject, held.endpoint, factor.groups, factor.values)


def test_row(subject: Subject, held: OfEndpoint, k: int) -> dict[str, object]:
    """Return the numbers of one test."""
    factor, word = held.factors[k], held.endpoint.upper()
    found = subject.printed.logrank(factor.effect, word, len(factor.groups))
    p, after = spread(held.p_values(k)), spread(held.holm(k))
    target = f"log-rank chi2, {factor.effect}, {len(factor.groups)} groups"
    return {
        "endpoint": held.endpoint,
        "factor": factor.effect,
        **groups_row(of_groups(subject, held, factor)),
        "chi2": spread([one.tests[k].chi2 for one in held.screened])[0],
        "df": held.screened[0].tests[k].df,
        "p_value": p[0],
        "p_low": p[1],
        "p_high": p[2],
        "p_holm": after[0],
        "printed_chi2": np.nan if found is None or found.chi2 is None else float(found.chi2),
        "printed_p": "" if found is None or found.p is None else str(found.p),
        "reached": subject.printed.mark(word, target),
        "members": len(subject.members),
    }


def screening_table(subject: Subject, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return what screening selects, how often, and the posterior of the model that has every factor."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        cells.append((subject.words(one.endpoint).capitalize(),))
        for k, factor in enumerate(one.factors):
            row = screening_row(subject, one, k)
            rows.append(row)
            whole = one.whole[k]
            kept = f"{100 * row['kept_share']:.0f} %" if isinstance(row["kept_share"], float) else ""
            cells.append(
                (
                    factor.words,
                    counted(subject, one.endpoint, factor.values).words,
                    f"{row['selected_in']} of {row['members']}",
                    f"{100 * one.share(k, 'screened'):.0f} %",
                    kept,
                    NOT_SELECTED if np.isnan(screened_hr(one, k)) else ratio(screened_hr(one, k)),
                    posterior_words(whole),
                    probability(whole.prob_gt_1),
                )
            )
    selected = "Kept by screening" if not subject.several else "Kept by screening, reconstructions"
    credible = interval_words(held[0].whole[0])
    head = (
        *("Factor", HEAD, selected, "Resamples with P <= 0.05", "Resamples that keep it", "Cox HR where screened in"),
        *(f"Every factor at once: HR ({credible})", "P(HR > 1 | data)"),
    )
    note = (
        "Screening: univariable P <= 0.05, then one Cox model of those, kept where P <= 0.05 again. Resamples: "
        f"patients drawn with replacement, {total(held[0])} times. Every factor at once: no selection. {PRIOR_WORDS}"
    )
    return table_of("table1_screening", "screening beside the model of every factor", rows, head, cells, note=note)


NOT_SELECTED = "screened out"


def screened_hr(held: OfEndpoint, k: int) -> float:
    """Return the hazard ratio of a factor in the Cox models that screening takes it into: the middle one."""
    found = [
        float(np.exp(one.model.log_hr[one.model.factors.index(k)]))
        for one in held.screened
        if one.model is not None and k in one.model.factors
    ]
    return spread(found)[0] if found else float("nan")


def screening_row(subject: Subject, held: OfEndpoint, k: int) -> dict[str, object]:
    """Return the numbers of one factor."""
    whole = held.whole[k]
    return {
        "endpoint": held.endpoint,
        "factor": held.factors[k].effect,
        "contrast": held.factors[k].contrast,
        "selected_in": sum(k in one.kept for one in held.screened),
        "members": len(subject.members),
        "screened_share": held.share(k, "screened"),
        "kept_share": held.share(k, "kept"),
        "resamples": total(held),
        "hr_screened": screened_hr(held, k),
        "hr": whole.value,
        "lower": whole.lower,
        "upper": whole.upper,
        "level": whole.level,
        "interval": whole.interval_kind,
        "prob_gt_1": whole.prob_gt_1,
        "clock": whole.clock,
        "n": whole.n,
        "events": whole.events,
        "verdict": whole.verdict,
    }
