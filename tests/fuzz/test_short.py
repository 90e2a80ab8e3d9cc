"""The short form of the fuzz: a command ends with an exit code, in words, and leaves nothing. Long: `make fuzz`."""

import warnings

import pytest

from tests.fuzz.long import KINDS, ends, warm_up

# Another seed than that of the long form, so that both together see more.
SEED = 2025
FEW = {"tomls": 30, "options": 20, "csvs": 30, "saved": 12}


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """The search of `reconstruct` is compiled once on a machine, which takes a minute."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warm_up()


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind, few in FEW.items() for number in range(few)])
@pytest.mark.filterwarnings("ignore")
def test_a_command_that_is_almost_right_ends_in_words(kind, number):
    make, _ = KINDS[kind]
    end = ends(make, SEED, number)
    assert not end.faults, (end.words, end.stderr)
