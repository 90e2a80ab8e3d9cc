"""OS and PFS fitted together: 95 % intervals of each, of their difference, of a common effect (``make calibrate``)."""

import json

import pytest

from tests.calibration.several_endpoints_coverage import COHORTS, FORMS, SIZES, STORED, studied


def quantities(found):
    """Return the quantities of one form."""
    return {name: one for name, one in found.items() if isinstance(one, dict)}


@pytest.mark.parametrize("patients", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_the_stored_study_holds_its_truths(form, patients):
    """Each quantity holds at least 90 %, all of a form together 90 to 99: one may be held always by chance."""
    found = json.loads(STORED.read_text())[str(patients)][form]
    assert found["not_fit_for_use"] == 0
    each = [one["posterior"]["coverage"] for one in quantities(found).values()]
    assert 0.90 <= sum(each) / len(each) <= 0.99
    assert min(each) >= 0.90


@pytest.mark.parametrize("patients", SIZES)
def test_the_product_of_likelihoods_would_mislead(patients):
    """What patients counted twice say: differences far too wide, a common effect too narrow."""
    stored = json.loads(STORED.read_text())[str(patients)]
    for term in ("arm", "age"):
        own, common = stored["own"][f"{term}, difference"], stored["shared"][f"{term}, common"]
        assert own["product"]["mean_sd"] > 1.4 * own["posterior"]["mean_sd"]
        assert common["product"]["mean_sd"] < 0.85 * common["posterior"]["mean_sd"]
        assert common["product"]["coverage"] < common["posterior"]["coverage"]


@pytest.mark.slow
def test_the_study_repeats():
    """Of 79 patients, as it is computed now."""
    *_, found = studied(79, COHORTS)
    stored = json.loads(STORED.read_text())["79"]
    for form in FORMS:
        for name, one in quantities(found[form]).items():
            again = one["posterior"]["coverage"]
            assert again == pytest.approx(stored[form][name]["posterior"]["coverage"], abs=0.021), name
