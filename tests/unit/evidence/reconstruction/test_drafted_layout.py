"""Layouts drafted from what is printed, and written: read back they are the same; nothing is guessed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from escc_bayes.data.published import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.arm_level.published import read_arms
from escc_bayes.evidence.reconstruction.drafted_layout import drafted_layout
from escc_bayes.evidence.reconstruction.layout import Contrast, ReconstructionError
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.evidence.reconstruction.reconstruct import reconstruct
from escc_bayes.evidence.reconstruction.write_layout import layout_toml


def number(name, value):
    return PublishedNumber(f"number ({name})", name, Decimal(value), "")


def study(*estimates, numbers=(), survivals=(), n=60):
    return Study("p", "a paper", estimates, survivals, numbers, n)


COUNTS = (number("stage_III_n", 35), number("stage_IV_n", 25), number("cr_n", 12), number("sex_male_n", 40))
RATIO = PublishedEstimate(
    "estimate 1", "Stage, IV vs III", "OS", "HR", "", Decimal("2.0"), Decimal("1.1"), Decimal("3.6")
)
CURVES = (
    PublishedSurvival("s1", "all", "OS", "", n=60, median=Decimal("20.0")),
    PublishedSurvival("s2", "stage IV", "OS", "", n=25, median=Decimal("14.0")),
    PublishedSurvival("s3", "all", "PFS", "", n=60, median=Decimal("9.0")),
)


def test_counts_that_add_up_are_a_covariate_and_its_effect_a_contrast():
    """35 + 25 = 60; one sex alone and the responders do not add up to 60."""
    layout = drafted_layout(study(RATIO, numbers=COUNTS, survivals=CURVES))
    assert [(c.name, c.levels, c.counts) for c in layout.covariates] == [
        ("stage", ("III", "IV"), ("stage_III_n", "stage_IV_n"))
    ]
    assert layout.contrasts == (Contrast("Stage, IV vs III", "stage", (("III",), ("IV",)), hazard_ratio=True),)
    assert [(e.name, e.within) for e in layout.endpoints] == [("os", ""), ("pfs", "os")]
    assert [(a.name, a.of, a.levels) for a in layout.arms] == [("stage IV", "os", ("IV",))]


def test_an_effect_whose_words_do_not_say_both_levels_is_no_contrast():
    with pytest.raises(ReconstructionError, match="its words say the direction"):
        drafted_layout(study(replace(RATIO, effect="stage"), numbers=COUNTS, survivals=CURVES))
    sides = replace(RATIO, effect="stage", hazard_of="stage IV", versus="stage III")
    assert drafted_layout(study(sides, numbers=COUNTS, survivals=CURVES)).contrasts[0].groups == (("III",), ("IV",))


def same_when_read(layout, folder):
    (folder / "layout.toml").write_text(layout_toml(layout), encoding="utf-8")
    found = read_layout(folder / "layout.toml")
    return replace(found, where="") == replace(layout, where="")


def test_a_drafted_layout_reads_back_the_same(tmp_path):
    assert same_when_read(drafted_layout(study(RATIO, numbers=COUNTS, survivals=CURVES)), tmp_path)


@pytest.mark.parametrize("name", ["orient15", "escort1st", "liuq2025_ivb_nodal", "rcit_oescc140", "ec_crt_001"])
def test_the_layout_of_arms_reads_back_the_same(name, tmp_path):
    assert same_when_read(read_arms(read_study(find_study(name)), None, ()).layout(), tmp_path)


def test_cohorts_of_a_drafted_layout_have_the_printed_numbers():
    """Recounted from the rows: 25 of stage IV, the median of all, and the Cox hazard ratio within its rounding."""
    printed = study(RATIO, numbers=COUNTS, survivals=CURVES)
    found = reconstruct(printed, drafted_layout(printed), seed=3, replicates=1, steps=60_000, workers=1)
    (rows,) = found.cohorts
    assert sum(row["stage"] == "IV" for row in rows) == 25
    assert all(float(row["pfs_months"]) <= float(row["os_months"]) for row in rows)
    assert [target.name for target in found.targets if "median" in target.name][:1] == ["median"]
