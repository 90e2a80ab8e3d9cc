"""Layouts: what is refused, and where it says the fault lies."""

from dataclasses import replace

import pytest

from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.columns import draw_columns
from escc_bayes.evidence.reconstruction.layout import ReconstructionError
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.evidence.reconstruction.reconstruct import patients_outside
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.seeds import generator

GOOD = """
schema = 1
study = "seed1_scirep2025"
n = "n_total"
[endpoints.os]
endpoint = "OS"
time = "os_months"
event = "os_event"
[covariates.stage]
levels = ["II", "III", "IV"]
counts = ["stage_II_n", "stage_III_n", "stage_IV_n_discussion"]
[[contrast]]
effect = "stage"
covariate = "stage"
groups = [["II", "III"], ["IV"]]
"""


COUNTS = 'counts = ["stage_II_n", "stage_III_n", "stage_IV_n_discussion"]'


UNLIKE = 'write = [{ s = "2" }, { s = "3" }, { s = "4", "" = "x" }]'
OUTSIDE = 'outside = { total = 90, write = { matched = "no" } }'


def layout_from(text, folder):
    """Read a layout from text."""
    path = folder / "layout.toml"
    path.write_text(text, encoding="utf-8")
    return read_layout(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('endpoint = "OS"', 'endpoint = "OS"\nwithinn = "os"', "unknown key 'withinn'; did you mean 'within'"),
        ('["IV"]]', '["V"]]', "covariate 'stage' has no level 'V'"),
        ('covariate = "stage"', 'covariate = "stag"', "no covariate 'stag'; did you mean 'stage'"),
        ('groups = [["II", "III"], ["IV"]]', "groups = []", "expected at least two lists of levels"),
        ('"stage_IV_n_discussion"]', "]", "expected one count for each of the 3 levels"),
        ('time = "os_months"', 'within = "pfs"', "no endpoint 'pfs'"),
        (
            'time = "os_months"',
            'time = "stage"',
            "writes the column 'stage' .written by endpoints.os",
        ),
        ('time = "os_months"', 'time = "patient"', "column 'patient' .every cohort has it by itself"),
        ('time = "os_months"', 'time = " "', "endpoints.os.* a column without a name|endpoints.os, time"),
        (
            COUNTS,
            f'{COUNTS}\nwrite = [{{ s = "2" }}, {{ s = "3" }}, {{ s = "4", "" = "x" }}]',
            "'II' and 'IV' do not write",
        ),
        (
            'study = "seed1',
            'outside = { total = 90, write = { matched = "no" } }\nstudy = "seed1',
            "no column 'matched'",
        ),
    ],
)
def test_bad_layout_is_refused_with_its_place(tmp_path, old, new, said):
    with pytest.raises(InputError, match=said):
        layout_from(GOOD.replace(old, new, 1), tmp_path)


def test_counts_that_do_not_close_are_refused_with_the_sum(tmp_path):
    layout = layout_from(GOOD.replace("stage_IV_n_discussion", "stage_IV_n_results"), tmp_path)
    study = read_study(find_study("seed1_scirep2025"))
    with pytest.raises(ReconstructionError, match=r"14 \+ 36 \+ 19 = 69, but the cohort has 79 patients"):
        draw_columns(layout, study, 79, generator(1))


def test_a_number_that_the_study_does_not_print_is_refused_with_the_nearest(tmp_path):
    layout = layout_from(GOOD.replace('"stage_II_n"', '"stage_2_n"'), tmp_path)
    with pytest.raises(ReconstructionError, match="prints no number 'stage_2_n'"):
        draw_columns(layout, read_study(find_study("seed1_scirep2025")), 79, generator(1))


def test_impossible_cross_table_is_refused_with_the_cell(tmp_path):
    more = (
        GOOD
        + """
[covariates.coverage]
levels = ["RAL", "RPL"]
counts = ["ral_n", "rpl_n"]
[[joint]]
covariates = ["stage", "coverage"]
cells = [{ stage = "II", coverage = "RPL", n = 20 }]
"""
    )
    with pytest.raises(
        ReconstructionError, match="no table of these counts has 20 patients with stage II, coverage RPL"
    ):
        draw_columns(layout_from(more, tmp_path), read_study(find_study("seed1_scirep2025")), 79, generator(1))


def test_layout_of_another_study_is_refused(tmp_path):
    path = tmp_path / "layout.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ReconstructionError, match="is the layout of study 'seed1_scirep2025', not of 'escort1st'"):
        layout_for(read_study(find_study("escort1st")), str(path), ())


def test_bundled_columns_have_the_printed_moments_and_counts():
    """Moments of the paper: baseline ALC 1.425 +- 0.602, 0.23-2.96; median of 6 cycles, at least 4."""
    study = read_study(find_study("seed1_scirep2025"))
    layout = layout_for(study, None, ())
    columns = draw_columns(layout, study, 79, generator(5))
    alc = columns.values["alc_baseline"] / 100.0
    assert (round(alc.mean(), 3), round(alc.std(ddof=1), 3), alc.min(), alc.max()) == (1.425, 0.602, 0.23, 2.96)
    cycles = sorted(columns.values["ici_cycles"].tolist())
    assert (cycles[39], cycles[0]) == (6, 4)
    stage, coverage = columns.codes["stage"], columns.codes["coverage"]
    assert [int((stage == k).sum()) for k in range(3)] == [14, 36, 29]
    assert int(((stage == 2) & (coverage == 1)).sum()) == 23


def test_symmetric_limits_of_a_median_are_read_as_a_standard_error_from_the_slope():
    """10.7-18.5 around 14.6 is 3.9 both ways: not log-log limits."""
    study = read_study(find_study("seed1_scirep2025"))
    targets, _ = targets_of(study, layout_for(study, None, ("pfs",)))
    names = [t.name for t in targets]
    assert "median, lower limit (slope)" in names


def test_a_study_without_a_layout_asks_for_one():
    with pytest.raises(ReconstructionError, match="study escort1st: no layout is bundled; write one"):
        layout_for(read_study(find_study("escort1st")), None, ())


def test_patients_without_printed_outcomes_are_rows_beside_those_searched_for():
    """156 patients, 32 in each arm of the pairs (the paper); of the 92 others nothing is printed."""
    study = read_study(find_study("seed2_cui2025"))
    layout = layout_for(study, None, ())
    assert layout.n == 64
    assert patients_outside(study, layout, 64) == 92
    codes = draw_columns(layout, study, 64, generator(5)).codes["group"]
    written = [dict(layout.covariate("group").write[code]) for code in codes]
    assert sum(w == {"radiotherapy": "thoracic", "matched": "yes"} for w in written) == 32
    assert sum(w == {"radiotherapy": "none", "matched": "yes"} for w in written) == 32
    assert dict(layout.outside.write) == {"matched": "no"}
    with pytest.raises(ReconstructionError, match="outside, total: 156 patients in all, but n is 200"):
        patients_outside(study, layout, 200)


def test_a_hazard_ratio_whose_model_would_take_strangers_as_reference_is_not_used(tmp_path):
    """Two of three sequences compared by a Cox model of their own: the third group belongs to neither."""
    text = GOOD.replace('["II", "III"], ["IV"]', '["II"], ["IV"]') + "hazard_ratio = true\n"
    study = read_study(find_study("seed1_scirep2025"))
    alone = replace(study, estimates=tuple(replace(e, adjusted=False) for e in study.estimates))
    targets, unused = targets_of(alone, layout_from(text, tmp_path))
    assert not [t for t in targets if t.name.startswith("log HR")]
    assert any("no such contrast of all patients" in said for said in unused)
    whole = layout_from(GOOD + "hazard_ratio = true\n", tmp_path)
    assert [t.name for t in targets_of(alone, whole)[0] if t.name.startswith("log HR")]


@pytest.mark.parametrize("cutoff", ["m.toml", "🙂", " "])
def test_a_data_cut_that_is_not_printed_is_refused(cutoff):
    study = read_study(find_study("seed1_scirep2025"))
    with pytest.raises(ReconstructionError, match="nothing is printed of a data cut"):
        layout_for(study, None, (), cutoff)
