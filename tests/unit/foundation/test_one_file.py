"""A file is complete or absent, also for a library that does not survive a full disk."""

import errno
import os

import h5py
import numpy as np
import pytest

from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.one_file import Written, written


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_bytes_arrive_under_the_right_name_with_the_usual_permissions(tmp_path):
    with written(tmp_path / "a.bin") as file:
        file.write(b"abcd")
        file.seek(1)
        file.write(b"X")
        file.truncate(3)
    assert (tmp_path / "a.bin").read_bytes() == b"aXc"
    (tmp_path / "usual").touch()
    assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert names(tmp_path) == ["a.bin", "usual"]


class Disk:
    """Stands for a file on a disk that is full after some bytes."""

    def __init__(self, raw, room):
        self.raw, self.room = raw, room

    def __getattr__(self, name):
        return getattr(self.raw, name)

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.raw.write(data)


@pytest.mark.parametrize("room", [0, 100, 3000, 50_000])
def test_a_full_disk_under_hdf5_is_an_error_and_nothing_is_left(room, tmp_path, monkeypatch):
    """h5py 3.16 itself ends the process (segmentation fault) where a write fails as a file is closed."""
    made = Written.__init__
    monkeypatch.setattr(Written, "__init__", lambda self, raw: made(self, Disk(raw, room)))
    (tmp_path / "a.nc").write_text("old")

    def write_array():
        with written(tmp_path / "a.nc") as place, h5py.File(place, "w", track_order=True) as file:
            file.create_dataset("x", data=np.arange(10_000.0))

    with pytest.raises(OutputError, match="a.nc: cannot be written \\(No space left"):
        write_array()
    assert names(tmp_path) == ["a.nc"]
    assert (tmp_path / "a.nc").read_text() == "old"


def test_an_error_of_the_writer_itself_is_raised_as_it_is(tmp_path):
    with pytest.raises(ZeroDivisionError), written(tmp_path / "a.bin"):
        raise ZeroDivisionError
    assert names(tmp_path) == []
