"""Open a saved posterior: what stands in the file, or one sentence that says why it is none.

A file may be damaged, of another program, or no netCDF at all: HDF5 then fails in many ways, and each ends here.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from escc_bayes.bayes.posterior.group import CONTENTS, READ, Group, contents
from escc_bayes.foundation.errors import InputError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
# What h5py, numpy and json raise of a file that is not what it should be.
FAILURES = (
    OSError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """Attributes of the root, and the groups that are read back."""

    path: Path
    attributes: Mapping[str, str]
    groups: Mapping[str, Group]

    def values(self, group: str, variable: str) -> np.ndarray:
        """Return one array."""
        return self.groups[group].variables[variable][1]


@contextmanager
def reading(path: str | Path, *, needs: tuple[str, ...] = READ) -> Iterator[SavedFile]:
    """Yield what a file holds; whatever fails with it inside ends as one ``InputError`` that names it.

    ``needs`` are the groups without which it is no use.

    Raises
    ------
    InputError : no such file, a folder, damaged, or not a posterior.
    """
    place = Path(path)
    refuse_no_file(place)
    try:
        yield content_of(place, needs)
    except InputError:
        raise
    except (*FAILURES, MemoryError, RecursionError) as error:
        raise damaged(place, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}") from None


def damaged(path: Path, why: str) -> InputError:
    """Return the error of a file that cannot be read."""
    return InputError(
        f"{path}: is damaged, or no posterior of this program ({why}); give a file written by Posterior.save or by "
        "`escc-bayes fit`, or fit again"
    )


def refuse_no_file(path: Path) -> None:
    """Raise unless a path is a file that begins as netCDF-4 does."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the .nc file in it")
    try:
        with path.open("rb") as stream:
            begins = stream.read(len(SIGNATURE))
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file; give a posterior written by Posterior.save or by `escc-bayes fit`"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)[:200]}: cannot be read ({error}); give a posterior that can be") from None
    if begins != SIGNATURE:
        raise damaged(path, "it is empty" if not begins else "it does not begin as netCDF-4 does")


def content_of(path: Path, needs: tuple[str, ...]) -> SavedFile:
    """Return attributes and groups; raise ``InputError`` where they are not those that were written."""
    import h5py

    with h5py.File(path, "r") as file:
        told = {str(name): text_of(value) for name, value in file.attrs.items()}
        absent = [name for name in needs if not isinstance(file.get(name), h5py.Group)]
        if absent:
            raise damaged(path, f"it lacks the group {absent[0]}")
        groups = {name: group_of(file[name]) for name in READ if name in needs or CONTENTS in told}
    if CONTENTS in told and contents(groups, told) != told[CONTENTS]:
        raise damaged(path, "its values are not those that were written")
    return SavedFile(path, told, groups)


def text_of(value: Any) -> str:
    """Return an attribute as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def group_of(group: Any) -> Group:
    """Return one group, whose dimensions nobody asks for; a dataset that names one holds its labels."""
    variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    coords: dict[str, np.ndarray] = {}
    for name, dataset in group.items():
        if dataset is None:
            raise TypeError(f"{name} cannot be opened")
        values = array_of(dataset)
        if dataset.is_scale:
            coords[name] = values
        else:
            variables[name] = (), values
    return Group(variables, coords)


def array_of(dataset: Any) -> np.ndarray:
    """Return the values of a dataset: words as text, true and false as such."""
    import h5py

    if h5py.check_string_dtype(dataset.dtype) is not None:
        return np.array(dataset.asstr()[()], dtype=np.str_)
    values = np.asarray(dataset[()])
    if values.dtype.kind not in "iufb":
        raise TypeError(f"{dataset.name} holds {values.dtype}, which is neither numbers nor words")
    return values.astype(bool) if text_of(dataset.attrs.get("dtype", "")) == "bool" else values
