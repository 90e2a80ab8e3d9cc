"""Facts of a fit, by name, as sentences: what checklists are filled with. Numbers of tables come from the tables."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from escc_bayes.bayes.posterior.prior_conflict import prior_conflict
from escc_bayes.classical.fit import cox_word
from escc_bayes.classical.km import kaplan_meier
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.estimand.estimate import ratio_words
from escc_bayes.sensitivity.part import Rows, Tables, number
from escc_bayes.sensitivity.subject import Subject
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.describe import describe
from escc_bayes.spec.transitions import TRANSITION, in_words


def facts(subject: Subject, tables: Tables) -> dict[str, str]:
    """Return the facts of a fitted model and of the tables that parts made of it; one that there is not is absent."""
    found = dict([*of_data(subject), *of_model(subject), *of_run(subject), *of_answers(subject), *of_tables(tables)])
    return {name: text for name, text in found.items() if text}


def of_data(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield facts of the patients."""
    rows = subject.plan.rows
    yield "patients", rows.sentence()
    yield "provenance", f"{rows.provenance} cohort {rows.cohort}"
    yield "clock", f"time counts from {rows.clock}"
    several = rows.transitions is not None
    yield "events", rows.event_words if several else f"{rows.events} events in {rows.n} patients"
    left_out = "; ".join(f"{one.patients} {one.reason}" for one in rows.dropped) or "nobody left out"
    yield "dropped", f"complete cases of {rows.total} patients: {left_out}"
    states = subject.spec.outcome.states
    name = rows.endpoint if states is None else states.alone
    schema = subject.cohort.schema.endpoints[name]
    yield "endpoint", f"{f'{in_words(rows.endpoint)}, ' if several else ''}{schema.label or name}"
    each = rows.one_each if states is None else subject.cohort.endpoint(name).at(np.unique(rows.positions))
    reverse = kaplan_meier(each.time, each.event == 0.0, level=0.95)
    reached = np.flatnonzero(reverse.survival <= 0.5)
    if reached.size:
        yield "follow_up", f"median follow-up (reverse Kaplan-Meier) {reverse.time[reached[0]]:.1f} months"
    yield "levels", "; ".join(level_words(subject))
    mine, all_of_them = ", ".join(subject.spec.covariates), ", ".join(subject.cohort.covariates)
    yield "candidates", f"in the model: {mine}; in the cohort: {all_of_them}"
    yield "covariates", ", ".join(subject.spec.covariates)
    cut = [f"{n} at {', '.join(f'{c:g}' for c in s.cuts)}" for n, s in subject.plan.design.schemas.items() if s.cuts]
    said = f"cut points of the schema: {'; '.join(cut)}" if cut else "the schema cuts no covariate of the model"
    yield "cuts", said
    yield "cautions", " ".join(cautions(subject.plan))


def level_words(subject: Subject) -> Iterator[str]:
    """Yield the patients of each level, or the range of a number, covariate by covariate."""
    for name, covariate in subject.plan.rows.one_each.covariates.items():
        if name == TRANSITION:
            continue
        if not covariate.schema.categorical:
            yield f"{name} {covariate.values.min():g} to {covariate.values.max():g}"
            continue
        counts = Counter(covariate.values.astype(int).tolist())
        yield f"{name}: {', '.join(f'{level} {counts[place]}' for place, level in enumerate(covariate.schema.levels))}"


def of_model(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield facts of the model and its priors."""
    yield "model", repr(subject.spec)
    yield "baseline", f"{subject.spec.baseline.family.replace('_', ' ')} baseline"
    yield "priors", " ".join(describe(subject.plan))
    yield "prior_predictive", prior_conflict(subject.plan).sentence()
    yield "digest", f"specification {subject.spec.digest}"


def of_run(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield facts of the computation."""
    record = subject.posterior.record
    yield "software", ", ".join(f"{name} {version}" for name, version in record.versions)
    yield "computed", f"{subject.posterior.method}: {subject.posterior.diagnostics.verdict}"
    settings = ", ".join(f"{name} {value}" for name, value in record.settings)
    yield "engine", f"engine {record.engine} ({settings})"
    yield "seed", f"seed {record.seed}"
    yield "data_digest", f"data {record.data_digest}"


def of_answers(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the hazard ratios of the posterior and of Cox."""
    level = subject.asked.level
    yield "ratios", "; ".join(ratio_words(one) for one in subject.posterior.hazard_ratios(level=level))
    moved = [one.term + " " + contrast_in(one) for one in subject.contrasts if moved_by_baseline(subject, one)]
    if not subject.posterior.vague_baseline.fault:
        named = "; ".join(moved) or "none"
        yield "baseline_prior", f"moved by more than half an SD under a vague baseline prior: {named}"
    classical = subject.classical.hazard_ratios(level=level)
    cox = cox_word(subject.posterior.plan.rows)
    yield "cox", "; ".join(ratio_words(one) for one in classical if one.method == cox)
    yield "univariable", "; ".join(ratio_words(one) for one in classical if one.method == "cox_univariable")


def moved_by_baseline(subject: Subject, asked: HazardRatio) -> bool:
    """Return whether a vague baseline prior would move a hazard ratio by more than half of its SD."""
    return bool(subject.posterior.moved_by_baseline(asked, subject.posterior.draws(asked)))


def of_tables(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield what the parts found, from their tables."""
    yield "multiverse", specifications(tables.get("multiverse", ()))
    yield "screening", screened(tables.get("multiverse", ()))
    yield "fragility", smallest(tables.get("influence", ()))
    yield "censoring", tipping(tables.get("influence", ()))
    yield "replicated", replicated(tables.get("checks", ()))
    yield "prediction", slopes(tables.get("checks", ()))
    yield "ph", proportional(tables.get("checks", ()))
    yield "operating", power(tables.get("operating_characteristics", ()))
    if "information" in tables:
        held = (row for row in tables["information"] if row["nested_in"])
        nested = sorted({f"{row['term']} {row['contrast']}: {row['nested_in']}" for row in held})
        said = f"nested: {'; '.join(nested)}" if nested else "no level lies wholly in one of another factor"
        yield "nesting", said
    for fact, part in (("prior_ladder", "priors"), ("confounding", "confounding")):
        if part in tables:
            yield fact, f"{len(tables[part])} rows in {part}.csv"


def specifications(rows: Rows) -> str:
    """Say how many specifications there are."""
    numbers = {row["specification"] for row in rows if row["specification"] not in ("", "stacked")}
    return f"{len(numbers)} specifications (multiverse.csv)" if numbers else ""


def screened(rows: Rows) -> str:
    """Say how often screening would select each covariate."""
    shares = {row["term"]: row for row in rows if row["method"] == "cox_screened"}
    said = ", ".join(f"{term} {100 * number(row, 'selected_share'):.0f} %" for term, row in shares.items())
    return f"no selection in the model; univariable screening would select in resampled cohorts {said}" if said else ""


def smallest(rows: Rows) -> str:
    """Say the fewest patients whose removal changes each answer."""
    found = [row for row in rows if row["kind"] == "smallest removal" and row["patients_changed"] != ""]
    said = [f"{row['term']} {row['contrast']}: {number(row, 'patients_changed'):.3g}" for row in found]
    return f"patients whose removal changes an answer: {'; '.join(said)}" if said else ""


def tipping(rows: Rows) -> str:
    """Say how many answers informative censoring can change."""
    found = [row for row in rows if row["kind"] == "tipping point of censoring"]
    tips = [row for row in found if row["tipping_delta"] != ""]
    return f"informative censoring changes {len(tips)} of {len(found)} answers by arm" if found else ""


def replicated(rows: Rows) -> str:
    """Say how many comparisons with replicated cohorts hold."""
    found = [row for row in rows if row["kind"] == "replicated curve" and row["p_value"] != ""]
    good = sum(number(row, "p_value") >= 0.05 for row in found)
    return f"replicated cohorts: predictive P of at least 0.05 in {good} of {len(found)} comparisons" if found else ""


def slopes(rows: Rows) -> str:
    """Say the calibration slopes for patients left out."""
    found = [row for row in rows if row["quantity"] == "calibration slope" and row["value"] != ""]
    said = ", ".join(f"{row['method']} {number(row, 'value'):.2f}" for row in found)
    return f"calibration slope for patients left out: {said}" if said else ""


def proportional(rows: Rows) -> str:
    """Say the test of proportional hazards of all terms together."""
    for row in rows:
        if row["kind"] == "proportional hazards" and row["term"] == "GLOBAL" and row["p_value"] != "":
            return f"proportional hazards, all terms together: P = {number(row, 'p_value'):.3f}"
    return ""


def power(rows: Rows) -> str:
    """Say the power that Cox has at this size under the effects it prints."""
    found = [row for row in rows if row["scenario"] == "printed" and row["method"] == "cox" and row["power"] != ""]
    said = ", ".join(f"{row['term']} {row['contrast']} {100 * number(row, 'power'):.0f} %" for row in found)
    return f"power of Cox at this size under the effects that it prints: {said}" if said else ""
