"""Who was studied: participant flow, characteristics of the cohort (Table 1), follow-up, what looked wrong."""

from collections.abc import Sequence

from escc_bayes.classical.characteristics import by_group, characteristics, first_rows
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page import baseline_tables
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, as_labelled, endpoint_label, term_labels
from escc_bayes.report.page.view import Block, Section, Table
from escc_bayes.spec.transitions import in_words


def participants(bundle: Bundle, found: Sequence[Outcome]) -> Section:
    """Return flow and characteristics, and the median follow-up of each endpoint."""
    block = Block(tables=(flow(bundle, found), table_one(bundle.cohort, bundle.grouping), follow_up(bundle)))
    pages = ("characteristics", "landmark", *(("time_zero",) if known_later(bundle.cohort) else ()))
    return Section("patients", "Patients, events and follow-up", "", (block,), "Patients", pages)


def known_later(cohort: Cohort) -> bool:
    """Return whether a covariate becomes known, or changes, after time zero."""
    return any(data.changes is not None or data.known_later for data in cohort.covariates.values())


def follow_up(bundle: Bundle) -> Table:
    """Return events, share censored and median follow-up of each endpoint."""
    return baseline_tables.follow_up(bundle)


def flow(bundle: Bundle, found: Sequence[Outcome]) -> Table:
    """Return, for each outcome, patients in the cohort, left out reason by reason, analysed, and with the event."""
    rows: list[tuple[str, ...]] = []
    for outcome in found:
        analysed = outcome.posteriors[0].plan.rows
        names = ", ".join(p.plan.spec.name for p in outcome.posteriors)
        rows.append((f"{outcome.title}, from {outcome.clock} ({names})",))
        rows.append(("In the cohort", str(analysed.total)))
        rows += [
            (f"Left out: {as_labelled(gone.reason, bundle.cohort)}", str(gone.patients)) for gone in analysed.dropped
        ]
        weights = analysed.weight_words()
        rows.append(("Analysed", f"{analysed.n}{f'; {weights}' if weights else ''}"))
        if analysed.transitions is None:
            rows.append(("With the event", str(analysed.events)))
            rows.append(("Censored", str(analysed.n - analysed.events)))
        for name in analysed.transition_names:
            own = analysed.in_transition(name)
            words = in_words(name)
            words = endpoint_label(bundle.cohort, name) if analysed.marginal else words
            rows.append((capital(words), f"{counted(own.events, 'event')} of {own.n} at risk"))
    caption = provenance_first(bundle.cohort.provenance, "Participant flow of each outcome")
    return Table(caption, ("", "Patients"), tuple(rows))


def table_one(cohort: Cohort, by: str = "") -> Table:
    """Return the characteristics of all patients, and of the groups of a covariate with their differences."""
    labels, several = term_labels(cohort), cohort.patient is not None
    cohort = first_rows(cohort) if by else cohort
    if by:
        schema = cohort.covariates[by].schema
        groups = tuple(
            f"{schema.read_as(level)} (n = {n})" for level, n in zip(schema.levels, sizes(cohort, by), strict=True)
        )
        head = ("Characteristic", f"All (n = {len(cohort)})", *groups, "Standardised difference", "Missing")
        found = by_group(cohort, by)
        note = (
            f"Groups: {labels[by]}. Standardised difference: of numbers, the means' difference over the mean SD; of "
            "levels, the distance of their shares (Yang & Dalton); of several groups, the largest of a pair."
        )
    else:
        head = ("Characteristic", f"All (n = {len(cohort)})", "Missing")
        found, note = [tuple(row) for row in characteristics(cohort)], ""
    words = f"Characteristics of the cohort{f' by {labels[by]}' if by else ''}: n (%) or median (range)"
    words += "; patients counted, not weighted" if cohort.sampled else ""
    words += "; of patients with several rows, the first" if several else ""
    return Table(provenance_first(cohort.provenance, words), head, tuple(under_headings(found, labels)), note)


def under_headings(found: Sequence[tuple[str, ...]], labels: dict[str, str]) -> list[tuple[str, ...]]:
    """Return rows with the name of a covariate over its levels; a number stands in one row."""
    rows: list[tuple[str, ...]] = []
    for name, level, *cells in found:
        if name and level:
            # What is said of the covariate as a whole stands in the row of its first level.
            rows.append((labels.get(name, name),))
        rows.append((level or labels.get(name, name), *cells))
    return rows


def sizes(cohort: Cohort, by: str) -> list[int]:
    """Return how many patients each level of a covariate has."""
    data = cohort.covariates[by]
    return [int((data.values[~data.missing] == code).sum()) for code in range(len(data.schema.levels))]
