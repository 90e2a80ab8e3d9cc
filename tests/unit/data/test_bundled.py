"""What travels with the package: every schema, model and cohort reads, and means what its source says."""

import numpy as np
import pytest

from escc_bayes.data.bundled import example_cohort, find_schema, models_folder
from escc_bayes.data.schema import load_schema
from escc_bayes.foundation.errors import CohortError


@pytest.mark.parametrize("path", sorted((models_folder() / "cohorts").glob("*.toml")), ids=lambda p: p.stem)
def test_every_bundled_schema_reads(path):
    assert load_schema(path).name == path.stem


def test_escc79_is_simulated_and_has_the_published_numbers_of_patients():
    cohort = example_cohort("escc79")
    assert cohort.provenance == "simulated"
    assert repr(cohort).startswith("SIMULATED cohort escc79: 79 patients")


def test_pfs_never_ends_after_os_in_escc79():
    cohort = example_cohort("escc79")
    assert (cohort.endpoint("pfs").time <= cohort.endpoint("os").time).all()


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
    with pytest.raises(CohortError, match="no cohort schema 'escc79'; did you mean 'escc'.*path of a .toml file"):
        find_schema("escc79")
