"""Whose hazard over whose: words that tell, words that do not, and what is turned round."""

import pytest

from escc_bayes.evidence.pooling.direction import Groups, sense, signs
from escc_bayes.evidence.pooling.published_effect import EvidenceError

# Groups in the words of study files, and read by hand: +1 as the effect's name, -1 reversed, 0 not told.
BY_HAND = [
    ("ICT + RT (>40 Gy primary)", "ICT", "rt_added", 1),
    ("CIT + consolidative RT", "CIT", "rt_added", 1),
    ("systemic + RT/local", "systemic", "rt_added", 1),
    ("ICT", "ICT + RT", "rt_added", -1),
    ("ICT alone", "ICT + RT", "rt_added", -1),
    ("sequential RT after induction ICT", "non-RT", "rt_added_sequential", 1),
    ("serplulimab + chemo", "chemo", "ici_added_to_chemo", 1),
    ("ICI + chemo", "placebo + chemo", "ici_added_to_chemo", 1),
    ("severe radiation-induced lymphopenia", "not severe", "alc_low", 1),
    ("ALC <= 625 cells/uL before ICI", "ALC > 625", "alc_low", 1),
    ("ALC > 625", "ALC <= 625", "alc_low", -1),
    ("ALC > 625", "ALC <= 625", "alc_high", 1),
    ("high ALC", "low ALC", "alc_low", -1),
    ("high ALC", "low ALC", "alc", 0),
    ("nivolumab + ipilimumab", "chemo", "nivo_ipi_vs_chemo", 0),
    ("concurrent", "interval", "sequence", 0),
    ("ALC recovered", "not recovered", "alc_low", -1),
    ("lymphocyte recovery", "no recovery", "lymphocytes_low", -1),
    ("no lymphopenia", "lymphopenia", "alc_low", -1),
    ("G4 lymphopenia", "no G4 lymphopenia", "alc_low", 1),
    ("normal ALC", "low ALC", "alc_low", -1),
    ("preserved lymphocytes", "depleted lymphocytes", "alc_low", -1),
    ("NLR normalised", "NLR still high", "nlr_high", -1),
    ("albumin < 35 g/L", "albumin >= 35 g/L", "albumin_low", 1),
    ("nadir above median", "nadir below median", "alc_low", -1),
    ("observation", "radiotherapy", "rt_added", -1),
    ("surveillance", "adjuvant nivolumab", "ici_added", -1),
    ("chemo", "chemo + RT", "rt_omitted", 1),
    ("ICT + RT", "ICT", "rt_omitted", -1),
    ("no consolidation", "consolidation", "consolidation_omitted", 1),
    ("early", "late", "alc_low", 0),
    ("TPS < 50 %", "TPS >= 50 %", "pdl1_high", -1),
    ("lymphopenia: no", "lymphopenia: yes", "alc_low", -1),
    ("lymphopenia absent", "lymphopenia present", "alc_low", -1),
    ("lymphopenia resolved", "ALC 0.3 throughout", "alc_low", -1),
    ("free of lymphopenia", "lymphopenia", "alc_low", -1),
    ("never lymphopenic", "ever lymphopenic", "alc_low", -1),
    ("ALC 1.0 or more", "ALC less than 1.0", "alc_low", -1),
    ("ALC at least 1.0", "ALC at most 0.9", "alc_low", -1),
    ("not less than 1.0", "under 1.0", "alc_low", -1),
    ("failed recovery", "stable counts", "alc_low", 1),
    ("lack of recovery", "recovery", "alc_low", 1),
    ("below normal", "normal", "alc_low", 1),
    ("within normal limits", "below the lower limit of normal", "alc_low", -1),
    ("chemo without RT", "chemo with RT", "rt_added", -1),
    ("no RT or late RT", "early RT", "rt_added", -1),
    # The first has what the second lacks, and lacks what the second has: the words alone do not tell.
    ("ICI without chemo", "chemo", "ici_added", 0),
    # What differs is the base, not what is added.
    ("ICI + chemo", "ICI", "ici_added_to_chemo", 0),
    ("chemoimmunotherapy", "chemotherapy", "ici_added", 0),
    ("paclitaxel + best supportive care", "best supportive care", "chemo_added", 1),
]


@pytest.mark.parametrize(("hazard_of", "versus", "effect", "expected"), BY_HAND)
def test_words_of_groups_are_read_as_by_hand(hazard_of, versus, effect, expected):
    assert sense(Groups("s", hazard_of, versus), effect) == expected
    # Exchanged groups are the reversed ratio.
    assert sense(Groups("s", versus, hazard_of), effect) == -expected


def test_a_study_the_other_way_round_is_turned():
    studies = [Groups("a", "ICT + RT", "ICT"), Groups("b", "CIT", "CIT + RT")]
    assert signs(studies, "rt_added", {}) == (1, -1)


def test_words_that_tell_nothing_pool_only_when_equal_or_exchanged():
    equal = [Groups("a", "concurrent", "interval"), Groups("b", "Interval", "Concurrent")]
    assert signs(equal, "sequence", {}) == (1, -1)
    other = [equal[0], Groups("c", "before", "after")]
    with pytest.raises(EvidenceError, match=r"c prints the hazard of before over after, a .* --direction c=as_printed"):
        signs(other, "sequence", {})
    assert signs(other, "sequence", {"a": "as_printed", "c": "reversed"}) == (1, -1)


def test_an_unclear_study_beside_a_clear_one_is_refused_unless_said():
    studies = [Groups("a", "ICT + RT", "ICT"), Groups("b", "RCIT", "CIT")]
    with pytest.raises(EvidenceError, match="--direction b="):
        signs(studies, "rt_added", {})
    assert signs(studies, "rt_added", {"b": "as_printed"}) == (1, 1)


def test_a_single_unclear_study_is_refused_with_the_question():
    """RCIT over CIT may be radiotherapy added; the words do not say so."""
    with pytest.raises(EvidenceError, match=r"Which is it\? Say --direction a=as_printed or --direction a=reversed"):
        signs([Groups("a", "RCIT", "CIT")], "rt_added", {})
    assert signs([Groups("a", "RCIT", "CIT")], "rt_added", {"a": "reversed"}) == (-1,)


@pytest.mark.parametrize("side", ["", "not stated (text: lower ALC worse)", "Not stated"])
def test_groups_that_are_not_stated_say_so(side):
    assert not Groups("a", side, "CRT").stated
    assert not Groups("a", "CRT + ICI", side).stated
