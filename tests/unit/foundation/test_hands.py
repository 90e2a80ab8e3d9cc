"""One process or two: the same results, in order; warnings and errors of the other process arrive here."""

import os
import time
import warnings
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.foundation.errors import EngineReplacedWarning, InputError, SamplingError
from escc_bayes.foundation.hands import Alone, cores, hands


def drawn_by(held, place):
    """Numbers that the place alone decides, and who drew them."""
    return np.random.default_rng([held["seed"], place]).normal(size=3), os.getpid()


def warned(number):
    warnings.warn(f"{number} events", EngineReplacedWarning, stacklevel=1)
    return number


def read_only_there():
    return MappingProxyType({"made": "there"})


def refused():
    raise InputError("no such thing")


def ended_elsewhere(here, place):
    """End the process unless it is this one."""
    if os.getpid() != here:
        os._exit(3)
    return place


def refused_here(here, place):
    if os.getpid() == here:
        raise InputError(f"not here: {place}")
    time.sleep(0.01)
    return place


@pytest.fixture(scope="module")
def both():
    with hands(2, needs="numpy") as found:
        # The other process is ready.
        assert found.pool.submit(os.getpid).result() != os.getpid()
        yield found


def test_two_share_a_list_to_the_results_of_one(both):
    """The list is long enough that both take part; what they hold may be read-only."""
    held = MappingProxyType({"seed": 7})
    shared, alone = both.shared(drawn_by, held, 400), Alone().shared(drawn_by, held, 400)
    assert all((a == b).all() for (a, _), (b, _) in zip(shared, alone, strict=True))
    assert len({process for _, process in shared}) == 2
    assert both.shared(drawn_by, held, 0) == []


def test_what_takes_long_is_begun_first_and_returned_in_its_place(both):
    held = {"seed": 7}
    shared, alone = both.shared(drawn_by, held, 9, first=(8, 2)), Alone().shared(drawn_by, held, 9, first=(8, 2))
    assert all((a == b).all() for (a, _), (b, _) in zip(shared, alone, strict=True))
    assert {shared[place][1] for place in (8, 2)} != {os.getpid()}


def test_a_task_that_nobody_has_begun_is_done_where_it_is_awaited(both):
    """One is running and two are already on their way: those after them are still free."""
    for _ in range(5):
        both.start(time.sleep, 0.1)
    assert both.start(os.getpid)() == os.getpid()


def test_an_error_here_ends_the_list_there(both):
    with pytest.raises(InputError, match="not here"):
        both.shared(refused_here, os.getpid(), 400)
    started = time.monotonic()
    assert both.pool.submit(os.getpid).result() != os.getpid()
    assert time.monotonic() - started < 2.0


def test_a_started_task_gives_its_warnings_where_it_is_awaited(both):
    result = both.start(warned, 3)
    with pytest.warns(EngineReplacedWarning, match="3 events"):
        assert result() == 3
    with pytest.warns(EngineReplacedWarning, match="4 events"):
        assert Alone().start(warned, 4)() == 4


def test_what_the_other_process_made_read_only_comes_back_so(both):
    """A pool of reconstructions holds cohorts, whose columns are read-only mappings."""
    found = both.start(read_only_there)()
    assert found == {"made": "there"}
    assert isinstance(found, MappingProxyType)


def test_an_error_of_the_other_process_is_that_of_the_task(both):
    with pytest.raises(InputError, match="no such thing"):
        both.start(refused)()


def test_a_process_that_ends_is_told_in_words():
    """This one goes on with the list meanwhile, and says so at its end."""
    with pytest.raises(SamplingError, match="ended before its work"), hands(2, needs="math") as found:
        found.shared(ended_elsewhere, os.getpid(), 5000)


def test_cores_are_at_least_one_and_at_most_what_is_asked():
    assert cores(1) == 1
    assert 1 <= cores(2) <= 2
