"""One bad file per rule in tests/specs_bad: the first line of each holds words that its refusal must contain."""

from pathlib import Path

import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.spec.reading import load_spec

FILES = sorted((Path(__file__).parents[2] / "specs_bad").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_bad_specification_is_refused_with_its_file_and_the_expected_words(path):
    expected = path.read_text().splitlines()[0].removeprefix("# ")
    with pytest.raises(InputError) as caught:
        load_spec(path)
    message = str(caught.value)
    assert message.startswith(f"{path}")
    assert expected in message


def test_the_rules_have_files():
    assert len(FILES) >= 70
