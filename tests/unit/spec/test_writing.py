"""A specification printed as TOML is read back as the same specification."""

import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.reading import load_spec

NAMES = [
    f"{path.stem}{'@' * bool(variant)}{variant}"
    for path in sorted(models_folder().glob("*.toml"))
    for variant in ("", *load_spec(path.stem).variants)
]
MORE = """
schema = 1
name = "more"
[outcome]
kind = "competing_causes"
endpoint = "os"
cause = "why"
landmark = 3.1
[baseline]
family = "piecewise_exponential"
pieces = 4
sd = {halfnormal = 0.3}
[priors]
baseline_log_rate = {normal = [-3.3333333333333335, 1.1]}
[[effect]]
covariate = "ALC \\"low\\" (10^9/L)"
structure = "spline"
knots = [0.5, 1.0, 2.0]
prior = {hr_median = 1.0, hr_upper = 3.0}
sd = {halfnormal = 0.2}
shared = true
[[effect]]
covariate = "分期"
structure = "fixed"
prior = {normal = [0.1, 0.7]}
transitions = ["cancer"]
"""


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("@evidence")])
def test_what_is_printed_is_read_back(name, tmp_path):
    spec = load_spec(name)
    (tmp_path / "m.toml").write_text(str(spec), encoding="utf-8")
    again = load_spec(tmp_path / "m.toml")
    assert (again.digest, again.effects, again.transitions) == (spec.digest, spec.effects, spec.transitions)


def test_causes_splines_and_names_of_any_letters_are_read_back(tmp_path):
    (tmp_path / "a.toml").write_text(MORE, encoding="utf-8")
    spec = load_spec(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_text(spec.toml, encoding="utf-8")
    assert load_spec(tmp_path / "b.toml").digest == spec.digest


def test_a_prior_from_evidence_stands_in_its_own_file():
    spec = load_spec("cui_os_piecewise@evidence")
    assert str(spec) == repr(spec)
    with pytest.raises(SpecError, match="rests on published evidence"):
        _ = spec.toml
