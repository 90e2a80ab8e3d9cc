"""Table 1 and the participant flow: counts of the cohort, and every patient somewhere."""

from dataclasses import replace

from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.participants import flow, table_one
from escc_bayes.report.page.survival_table import headline_survival


def test_the_flow_accounts_for_every_patient(naive):
    cells = dict(row for row in flow(naive, outcomes(naive)).rows if len(row) == 2)
    left_out = sum(int(n) for what, n in cells.items() if what.startswith("Left out"))
    assert int(cells["In the cohort"]) == left_out + int(cells["Analysed"]) == len(naive.cohort)
    assert int(cells["Analysed"]) == int(cells["With the event"]) + int(cells["Censored"])


def test_levels_of_a_covariate_add_up_and_groups_have_their_sizes(naive):
    table = table_one(naive.cohort, "coverage")
    sizes = [int(words.split("n = ")[1].rstrip(")")) for words in table.head[1:-2]]
    assert sizes[0] == sum(sizes[1:]) == len(naive.cohort)
    start = next(place for place, row in enumerate(table.rows) if row == ("Stage",))
    block = table.rows[start + 1 : start + 4]
    assert [sum(int(row[column].split()[0]) for row in block) for column in range(1, 4)] == sizes
    assert table.caption.startswith("SIMULATED: Characteristics of the cohort by")


def test_the_survival_table_holds_the_estimates_of_both_methods(naive):
    (outcome,) = outcomes(naive)
    table = headline_survival(outcome, naive.cohort)
    everyone = next(row for row in table.rows if row[0] == "all patients")
    asked = [e for e in outcome.comparison.of("survival") if not e.term and e.time == 12.0]
    (km,) = (e for e in asked if e.method == "km")
    (model,) = (e for e in asked if e.model == "one" and e.interval_kind == "credible")
    words = [f"{100 * e.value:.0f} ({100 * e.lower:.0f} to {100 * e.upper:.0f})" for e in (km, model)]
    assert table.head[1:4] == ("Patients (events)", "KM, 12 months, %", "Model, 12 months, %")
    assert everyone[1] == f"{km.n} ({km.events})"
    assert [cell.removesuffix(" †") for cell in everyone[2:4]] == words
    assert table.note.startswith("Model: 95 % credible intervals; KM: 95 % confidence intervals.")


def test_a_page_of_another_grouping_shows_its_differences(naive):
    from escc_bayes.report.page.page import render

    page = render(replace(naive, grouping="sequence"), [])
    assert "Standardised difference" in page
    assert "Standardised difference" not in render(naive, [])
