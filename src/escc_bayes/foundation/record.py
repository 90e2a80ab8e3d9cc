"""The record that every result carries: digests of what was asked and given, seed, versions, provenance."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np

from escc_bayes.foundation.installed import installed_version

type Provenance = str
PROVENANCES = ("observed", "reconstructed", "simulated")
PACKAGES = ("escc-bayes", "pymc", "nutpie", "arviz", "lifelines", "numpy", "pandas")


@dataclass(frozen=True, slots=True)
class Record:
    """What a result remembers of its request.

    Attributes
    ----------
    spec_digest, data_digest : first 12 hexadecimal digits of SHA-256 over the specification and the data.
    seed : the seed given, or None where nothing is random.
    provenance : observed | reconstructed | simulated.
    engine : what computed it.
    settings : the numbers the engine ran with, as (name, value) pairs.
    versions : of this package, of Python and of the libraries that matter, as (name, version) pairs.
    """

    spec_digest: str
    data_digest: str
    seed: int | str | None
    provenance: Provenance
    engine: str
    settings: tuple[tuple[str, float | int | str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values that JSON can hold."""
        plain = asdict(self)
        return plain | {"settings": dict(self.settings), "versions": dict(self.versions)}


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Return the installed versions, without importing the libraries."""
    return (("python", platform.python_version()), *((package, installed_version(package)) for package in PACKAGES))


def digest(content: Mapping[str, object]) -> str:
    """Return 12 hexadecimal digits of SHA-256 over values and arrays, in the order of their sorted names."""
    sha = hashlib.sha256()
    for name in sorted(content):
        value = content[name]
        sha.update(name.encode())
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            sha.update(str(value.dtype.kind).encode() + str(value.shape).encode())
            sha.update(np.ascontiguousarray(value).data)
        elif isinstance(value, np.ndarray):
            sha.update(json.dumps(value.tolist(), default=str).encode())
        else:
            sha.update(json.dumps(value, sort_keys=True, default=str).encode())
    return sha.hexdigest()[:12]


def seed_label(seed: int | np.random.SeedSequence) -> int | str:
    """Return what a record writes for ``seed``: the number itself, or ``entropy/key/key`` of a stream."""
    if isinstance(seed, int):
        return seed
    return f"{seed.entropy}/{'/'.join(map(str, seed.spawn_key))}"


def seed_from_label(label: int | str | None) -> int | np.random.SeedSequence:
    """Return the seed that ``seed_label`` wrote.

    Examples
    --------
    >>> seed_from_label("11/5/7").spawn_key
    (5, 7)
    """
    if isinstance(label, int):
        return label
    numbers = [int(part) for part in str(label).split("/") if part]
    return np.random.SeedSequence(numbers[0], spawn_key=tuple(numbers[1:]))
