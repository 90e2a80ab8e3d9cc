"""Models of one run need names that are different files, on disks that ignore case too."""

from dataclasses import replace

import pytest

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.names import refuse_same_names
from escc_bayes.spec.reading import load_spec


@pytest.mark.parametrize("other", ["larynx_piecewise", "Larynx_Piecewise", "larynx piecewise", "larynx_piecewise.nuts"])
def test_models_that_would_be_one_row_or_file_are_refused(other):
    spec = load_spec("larynx_piecewise")
    with pytest.raises(SpecError, match="two models are called 'larynx_piecewise'"):
        refuse_same_names([spec, replace(load_spec("larynx_piecewise@sceptical"), name=other)])


def test_a_model_and_its_variants_stand_side_by_side():
    names = ("larynx_piecewise", "larynx_piecewise@sceptical", "os_piecewise", "os_weibull")
    refuse_same_names([load_spec(name) for name in names])


def test_the_message_says_whether_it_is_the_same_model():
    spec = load_spec("larynx_piecewise")
    with pytest.raises(SpecError, match="the same model: digests"):
        refuse_same_names([spec, spec])
    with pytest.raises(SpecError, match="different models: digests"):
        refuse_same_names([spec, replace(load_spec("larynx_piecewise@sceptical"), name=spec.name)])
