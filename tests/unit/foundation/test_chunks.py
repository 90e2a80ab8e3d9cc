"""Finished chunks are kept, read again by the same request alone, and never half-written."""

from pathlib import Path

import numpy as np
import pytest

from escc_bayes.foundation.chunks import Store, run_chunks
from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.scheduler import Serial


class Counting:
    """Work that remembers which chunks it computed."""

    def __init__(self):
        self.computed = []

    def __call__(self, chunk):
        self.computed.append(chunk)
        return {"square": np.array(chunk * chunk), "word": np.array(f"chunk {chunk}")}


class KilledError(Exception):
    """Stands for a kill between two chunks."""


def kill_after(count):
    def progress(done, total):
        if done == count:
            raise KilledError

    return progress


def squares(work, store, progress=None):
    return [int(found["square"]) for found in run_chunks(work, 6, scheduler=Serial(), store=store, progress=progress)]


def test_a_run_goes_on_where_it_stopped(tmp_path):
    first, second = Counting(), Counting()
    store = Store(tmp_path, "request a")
    with pytest.raises(KilledError):
        squares(first, store, kill_after(4))
    seen = []
    assert squares(second, store, lambda done, total: seen.append((done, total))) == [0, 1, 4, 9, 16, 25]
    assert (first.computed, second.computed) == ([0, 1, 2, 3], [4, 5])
    assert seen == [(4, 6), (5, 6), (6, 6)]


def test_another_request_reads_nothing(tmp_path):
    squares(Counting(), Store(tmp_path, "request a"))
    other = Counting()
    squares(other, Store(tmp_path, "request b"))
    assert other.computed == list(range(6))


def test_a_file_of_another_request_in_the_right_place_is_not_read(tmp_path):
    """Two requests whose digests agree by chance: the file says whose it is."""
    a, b = Store(tmp_path, "request a"), Store(tmp_path, "request b")
    a.write(0, {"square": np.array(7)})
    b.place.mkdir()
    a.path(0).rename(b.path(0))
    assert b.read(0) is None


@pytest.mark.parametrize("damage", [b"", b"damaged", None])
def test_damaged_files_are_computed_again(tmp_path, damage):
    store = Store(tmp_path, "request a")
    squares(Counting(), store)
    whole = store.path(2).read_bytes()
    store.path(2).write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    again = Counting()
    assert squares(again, store) == [0, 1, 4, 9, 16, 25]
    assert again.computed == [2]


def test_a_kill_during_a_write_leaves_the_old_state(tmp_path, monkeypatch):
    """The rename never happens: the chunk counts as absent, and the leftover is not taken for one."""
    store = Store(tmp_path, "request a")
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(KilledError))
    with pytest.raises(KilledError):
        store.write(0, {"square": np.array(0)})
    monkeypatch.undo()
    assert store.read(0) is None
    assert squares(Counting(), store) == [0, 1, 4, 9, 16, 25]


def test_forget_removes_this_request_alone(tmp_path):
    a, b = Store(tmp_path / "kept", "request a"), Store(tmp_path / "kept", "request b")
    squares(Counting(), a)
    squares(Counting(), b)
    a.forget()
    assert a.read(0) is None
    assert b.read(0) is not None
    b.forget()
    assert not (tmp_path / "kept").exists()


def test_a_folder_that_cannot_be_written_is_named():
    with pytest.raises(OutputError, match="/proc/nowhere: cannot be written"):
        squares(Counting(), Store(Path("/proc/nowhere"), "request a"))
