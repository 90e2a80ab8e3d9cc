"""Planned visits put progressions between two months, and leave deaths theirs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import escc_bayes as eb
from escc_bayes.bayes.posterior.loo import compare_loo
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, EstimandError, LandmarkError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.visits import Visits, between_visits

SCHEDULE = Visits(((0.0, 6.0, 3.0), (6.0, 18.0, 6.0)), "os")
FRAME = pd.DataFrame(
    {
        # A progression between visits, one at a visit, a death, one just after a visit, censored, in the first stretch.
        "pfs": [4.0, 6.0, 8.0, 12.1, 15.0, 2.0],
        "pfs_d": [1, 1, 1, 1, 0, 1],
        "os": [9.0, 20.0, 8.0, 12.1, 15.0, 30.0],
        "os_d": [1, 0, 1, 0, 0, 0],
    }
)
SCHEMA = {"endpoints": {"pfs": {"time": "pfs", "event": "pfs_d"}, "os": {"time": "os", "event": "os_d"}}}


def cohort(frame=FRAME):
    return eb.read_cohort(frame, schema_from(SCHEMA, "visits"), provenance="simulated")


def test_spans_by_hand():
    """The last planned visit before the month recorded; the third patient dies at 8."""
    data = between_visits(cohort(), "pfs", SCHEDULE)
    assert data.left.tolist() == [3.0, 3.0, 8.0, 12.0, 15.0, 0.0]
    assert data.time.tolist() == FRAME["pfs"].tolist()


def test_a_visit_may_come_late():
    """12.1 is the visit of month 12, come 0.1 late: the one before is that of month 6."""
    data = between_visits(cohort(), "pfs", Visits(SCHEDULE.every, "os", late=0.25))
    assert data.left.tolist() == [3.0, 3.0, 8.0, 6.0, 15.0, 0.0]


def test_without_deaths_every_event_is_found_at_a_visit():
    assert between_visits(cohort(), "pfs", Visits(SCHEDULE.every, "none")).left[2] == 6.0


def test_an_unknown_endpoint_of_deaths_is_refused():
    with pytest.raises(CohortError, match="no endpoint 'dead'"):
        between_visits(cohort(), "pfs", Visits(SCHEDULE.every, "dead"))


def test_a_progression_beyond_the_schedule_is_refused():
    with pytest.raises(
        CohortError, match=r"2 event.s. of 'pfs' lie after the last planned visit at 6 months: 2 \(8 months\)"
    ):
        between_visits(cohort(FRAME.assign(os_d=0)), "pfs", Visits(((0.0, 6.0, 3.0),), "os"))


def test_intervals_of_the_cohort_and_of_visits_exclude_each_other():
    schema = schema_from({"endpoints": {"pfs": {"left": "a", "right": "b"}}}, "s")
    held = eb.read_cohort(pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 3.0]}), schema, provenance="simulated")
    with pytest.raises(CohortError, match="takes the month of each event"):
        between_visits(held, "pfs", Visits(SCHEDULE.every, "none"))


def test_shipped_model_on_the_bundled_cohort():
    """37 progressions lie between visits, 19 deaths keep their month; sceptical and three-monthly variants exist."""
    plan = make_plan(eb.load_spec("pfs_intervals"), eb.example_cohort("escc79"))
    assert int(plan.rows.apart.sum()) == 37
    assert plan.rows.events == 56
    assert plan.spec.variants == ("sceptical", "three_monthly")
    wider = make_plan(eb.load_spec("pfs_intervals@three_monthly"), eb.example_cohort("escc79"))
    assert (wider.rows.last_free <= plan.rows.last_free + 1e-9).all()
    assert wider.spec.digest != plan.spec.digest


def test_a_landmark_between_two_visits_is_refused():
    """At month 3 everybody was seen; at 4.5 patients are, as far as is known, free of the event or not."""
    cohort = eb.example_cohort("escc79")
    spec = eb.load_spec("pfs_intervals@three_monthly")
    moved = replace(spec, outcome=replace(spec.outcome, landmark=4.5))
    with pytest.raises(LandmarkError, match=r"the landmark at 4\.5 months lies between .* choose a landmark at which"):
        make_plan(moved, cohort)


def test_other_questions_name_what_they_cannot_take():
    """Sensitivity and leave-one-out across codings; refits and reloading work (test_interval_fits)."""
    cohort = eb.example_cohort("escc79")
    one, two = (
        eb.fit(eb.load_spec(m), cohort, seed=1, engine="laplace", draws=300) for m in ("pfs_intervals", "pfs_piecewise")
    )
    with pytest.raises(EstimandError, match="another last month without the event in 37 of 79 rows"):
        compare_loo([one, two])


def test_the_card_names_visits():
    card = "\n".join(describe(make_plan(eb.load_spec("pfs_intervals"), eb.example_cohort("escc79"))))
    assert "visits planned every month to month 12, every 3 months to month 24, every 6 months to month 120" in card


def test_digests_of_models_without_visits_stay():
    """The content of a digest has neither key where a model has neither."""
    spec = eb.load_spec("pfs_piecewise")
    assert "visits" not in spec.outcome.content
    assert np.all([name not in repr(spec.outcome.content) for name in ("late", "external")])
