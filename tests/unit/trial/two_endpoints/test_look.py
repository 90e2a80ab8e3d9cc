"""A look at a running trial of PFS and OS: the graph's path by hand, looks to come, alpha passed, what is refused."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.two_endpoints.look import endpoints_look
from escc_bayes.trial.two_endpoints.simulate import both_seen, planned_looks
from escc_bayes.trial.two_endpoints.watched import BothSeen, reached, standing
from tests.unit.cli.running import run
from tests.unit.trial.two_endpoints.test_two_endpoints import design, log_rank


def trial(patients, place, month, *, blinded=False):
    """Return one simulated trial at ``month``."""
    entered = patients[0].entry[place] < month

    def seen(of):
        entry, observed = of.entry[place][entered], of.observed[place][entered]
        event = of.calendar[place][entered] <= month
        return FollowUp(month, entry, np.minimum(observed, month - entry), event, (entry + observed <= month) & ~event)

    treated = (np.arange(entered.size) >= patients[0].controls)[entered]
    return BothSeen(seen(patients[0]), seen(patients[1]), None if blinded else treated)


def event_month(of, place, number):
    return float(np.sort(of.calendar[place])[number - 1])


def z_at(seen, treated, month):
    """Return the log-rank Z of what was known at ``month``, by the test's own function."""
    inside = seen.entry < month
    time = np.minimum(seen.time, month - seen.entry)[inside]
    return log_rank(time, (seen.event & (seen.entry + seen.time <= month))[inside], treated[inside])


def test_the_path_of_25_trials_is_that_worked_out_apart():
    """Two looks, PFS at the first alone: wins by Z of a log-rank written apart, alpha passed by hand."""
    asked = design()
    patients = both_seen(asked, asked.truth, 25, 9, "apart", 0)
    planned, kinds = planned_looks(asked, 1)[0], set()
    for place in range(25):
        first, last = event_month(patients[0], place, 90), event_month(patients[1], place, 110)
        seen = trial(patients, place, max(first, last) + 1e-9)
        assert reached(asked, seen) == pytest.approx((first, seen.month))
        pfs, os = standing(asked, seen, reached(asked, seen), planned).hypotheses
        z = [z_at(seen.pfs, seen.treated, first), *(z_at(seen.os, seen.treated, at) for at in (first, seen.month))]
        by_pfs = z[0] > pfs.own[0]
        bounds = os.more if by_pfs else os.own
        by_os = 0.0 if z[1] > bounds[0] else 1.0 if z[2] > bounds[1] else math.inf
        wanted = (0.0 if by_pfs else by_os if z[0] > pfs.more[0] else math.inf, by_os)
        look = endpoints_look(asked, seen, seed=1, level=0.95, provenance="simulated", data_digest="")
        assert look.won == wanted
        crossed = {(of.rule, of.criterion): of.value for of in look.findings if of.quantity == "crossed"}
        assert [max(v for (rule, _), v in crossed.items() if rule == name) for name in ("pfs", "os")] == [
            float(math.isfinite(at)) for at in wanted
        ]
        kinds.add(wanted)
    assert len(kinds) >= 3


def said_of(asked, seen):
    look = endpoints_look(asked, seen, seed=1, level=0.95, provenance="observed", data_digest="")
    return look, [found.words for found in look.findings]


def test_alpha_is_said_where_it_is():
    asked = design()
    patients = both_seen(asked, asked.truth, 1, 11, "apart", 0)
    early = trial(patients, 0, event_month(patients[0], 0, 89) + 1e-9)
    look, said = said_of(asked, early)
    assert "no look is due" in said[0]
    assert look.won == (math.inf, math.inf)
    seen = trial(patients, 0, event_month(patients[0], 0, 90) + 1e-9)
    assert said_of(asked, seen)[1][0].startswith("VERDICT of look 1 of 2 (planned at 90 PFS events) with 90 PFS")
    # Every event on treatment comes late: PFS wins, and OS is tested with all of alpha.
    better = np.where(seen.treated, 1.0, 0.4)
    pfs = FollowUp(seen.month, seen.pfs.entry, seen.pfs.time * better, seen.pfs.event, seen.pfs.lost)
    flat = BothSeen(pfs, seen.os, seen.treated)
    look, said = said_of(asked, flat)
    assert look.won[0] == 0.0
    assert any(words.startswith("PFS won at one-sided 0.005; it passes 0.005 on to OS") for words in said)
    if math.isinf(look.won[1]):
        assert any("OS is tested at one-sided 0.025, 0.005 of it from PFS" in words for words in said)
    assert any(words.startswith("OS as a safety look") for words in said)


def test_a_blinded_look_compares_nothing():
    asked = design()
    patients = both_seen(asked, asked.truth, 1, 12, "apart", 0)
    month = event_month(patients[0], 0, 95)
    look, said = said_of(asked, trial(patients, 0, month, blinded=True))
    assert "blinded, no boundary is looked at" in said[0]
    assert not {"crossed", "hazard_ratio", "statistic"} & {found.quantity for found in look.findings}


def test_progression_after_the_end_of_follow_up_is_refused():
    one, none = np.array([0.0]), np.zeros(1, dtype=bool)
    with pytest.raises(InputError, match="patient 1: PFS runs longer than OS"):
        BothSeen(FollowUp(9.0, one, np.array([8.0]), none, none), FollowUp(9.0, one, np.array([7.0]), none, none), none)


SCHEMA = """
schema = 1
time_unit = "months"
id = "patient"
[endpoints.pfs]
time = "pfs"
event = "pfs_event"
[endpoints.os]
time = "os"
event = "died"
[covariates.entry]
kind = "continuous"
[covariates.arm]
kind = "binary"
levels = ["no radiotherapy", "radiotherapy"]
"""


def test_the_verb_asks_for_both_endpoints_and_writes(tmp_path, monkeypatch, capsys):
    (tmp_path / "s.toml").write_text(SCHEMA, encoding="utf-8")
    arms = ("no radiotherapy", "radiotherapy")
    rows = [f"{k},{k * 0.1:.1f},{4 + k % 7},1,{5 + k % 7 + k % 3},{k % 2},{arms[k % 2]}" for k in range(240)]
    head = "patient,entry,pfs,pfs_event,os,died,arm"
    (tmp_path / "d.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    asked = ("monitor", "rt_pfs_os", "--data", tmp_path / "d.csv", "--schema", tmp_path / "s.toml", "--endpoint", "pfs")
    code, _, said = run(monkeypatch, capsys, *asked, "--out", tmp_path / "b")
    assert code == 2
    assert "--os-endpoint" in said
    code, printed, _ = run(monkeypatch, capsys, *asked, "--os-endpoint", "os", "--out", tmp_path / "out")
    assert code == 0
    assert printed.startswith("VERDICT of look 1 of 3 (planned at 230 PFS events) with 240 PFS and 120 OS events")
    assert (tmp_path / "out" / "figures" / "survival.png").is_file()
    two = ("monitor", "rt_consolidation", *asked[2:], "--os-endpoint", "os", "--out", tmp_path / "b")
    code, _, said = run(monkeypatch, capsys, *two)
    assert code == 2
    assert "has one endpoint" in said
