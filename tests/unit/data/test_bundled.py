"""What travels with the package: every schema, model, cohort and ensemble reads, and means what its source says."""

from collections import Counter

import numpy as np
import pytest

from escc_bayes.data.bundled import ENSEMBLES, example_cohort, example_ensemble
from escc_bayes.data.schema import load_schema
from escc_bayes.data.shipped import find_schema, models_folder
from escc_bayes.foundation.errors import CohortError


@pytest.mark.parametrize("path", sorted((models_folder() / "cohorts").glob("*.toml")), ids=lambda p: p.stem)
def test_every_bundled_schema_reads(path):
    assert load_schema(path).name == path.stem


def test_escc79_is_reconstructed_and_has_the_published_numbers_of_patients():
    """The paper: 79 patients, stage II/III/IV 14/36/29, 56 RAL and 23 RPL, all 23 of stage IV."""
    cohort = example_cohort("escc79")
    assert cohort.provenance == "reconstructed"
    assert repr(cohort).startswith("RECONSTRUCTED cohort escc79: 79 patients")
    stage, coverage = (cohort.covariate(name).values.astype(int) for name in ("stage", "coverage"))
    assert np.bincount(stage).tolist() == [14, 36, 29]
    assert Counter(coverage.tolist()) == {0: 56, 1: 23}
    assert ((stage == 2) & (coverage == 1)).sum() == 23


def test_cui156_has_32_pairs_and_leaves_the_others_out():
    """The press summary: 156 patients before matching, 32 with and 32 without radiotherapy after it."""
    cohort = example_cohort("cui156")
    assert repr(cohort).startswith("RECONSTRUCTED cohort cui156: 156 patients")
    assert "in 64 patients" in cohort.count_sentence("os")
    assert "92 without follow-up" in cohort.count_sentence("os")
    treated = cohort.covariate("radiotherapy")
    assert np.bincount(treated.values[~treated.missing].astype(int)).tolist() == [32, 32]
    np.testing.assert_array_equal(treated.missing, ~cohort.endpoint("os").present)


@pytest.mark.parametrize("name", ENSEMBLES)
def test_the_bundled_cohort_is_the_first_of_its_ensemble(name):
    ensemble = example_ensemble(name)
    assert ensemble.members[0].digest == example_cohort(name).digest
    assert example_ensemble(ENSEMBLES[name].study).digest == ensemble.digest
    assert len(ensemble) == 20
    assert len({member.digest for member in ensemble}) == 20
    assert ensemble.notes[0].startswith("RECONSTRUCTED")


@pytest.mark.parametrize("name", ENSEMBLES)
def test_pfs_never_ends_after_os(name):
    for member in example_ensemble(name):
        pfs, os = member.endpoint("pfs"), member.endpoint("os")
        assert (pfs.time[pfs.present] <= os.time[os.present]).all()


def test_larynx_has_the_90_patients_50_deaths_and_stages_of_kardaun():
    # Kardaun 1983 as tabled in Klein and Moeschberger, section 1.8: 33, 17, 27 and 13 patients, 50 deaths.
    cohort = example_cohort("larynx")
    assert len(cohort) == 90
    assert cohort.endpoint("os").events == 50
    np.testing.assert_array_equal(np.bincount(cohort.covariate("stage").values.astype(int)), [33, 17, 27, 13])
    assert cohort.endpoint("os").time.max() == pytest.approx(10.7 * 12, rel=1e-10)


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(CohortError, match="no bundled cohort 'escc97'; did you mean 'escc79'"):
        example_cohort("escc97")
    with pytest.raises(CohortError, match="no bundled ensemble 'cui165'; did you mean 'cui156'"):
        example_ensemble("cui165")
    with pytest.raises(CohortError, match="no cohort schema 'escc79'; did you mean 'escc'.*path of a .toml file"):
        find_schema("escc79")


def test_schemas_studies_and_priors_are_read_by_name_as_on_the_command_line(tmp_path):
    import escc_bayes as eb

    assert eb.load_schema("escc") == eb.load_schema(find_schema("escc"))
    assert eb.read_study("seed1_scirep2025").id == "seed1_scirep2025"
    assert eb.read_prior("rt_added").effect == "rt_added"
    copy = tmp_path / "schema.txt"
    copy.write_text(find_schema("escc").read_text(encoding="utf-8"), encoding="utf-8")
    assert eb.load_schema(copy).covariates == eb.load_schema("escc").covariates
    with pytest.raises(eb.InputError, match="no cohort schema 'ecss'; known: consolidation156, cui, escc"):
        eb.read_cohort("c.csv", "ecss")
