"""One group of a posterior: arrays on labelled dimensions, and a digest that shows whether any of them changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from escc_bayes.foundation.record import digest


@dataclass(frozen=True, slots=True)
class Group:
    """Arrays on labelled dimensions.

    Attributes
    ----------
    variables : name to (dimensions, values).
    coords : dimension to labels: words, or numbers from 0 for ``chain`` and ``draw``.
    said : variable to its attributes, in words: what it is, against whom, in which unit.
    """

    variables: Mapping[str, tuple[tuple[str, ...], np.ndarray]]
    coords: Mapping[str, np.ndarray]
    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# Attributes that the digest leaves out: itself, and which library wrote the file.
CONTENTS, LIBRARY = "contents", "_NCProperties"
# What is read back of a file; the others can be made of them.
READ = ("posterior", "sample_stats", "observed_data", "constant_data")


def contents(groups: Mapping[str, Group], attributes: Mapping[str, str]) -> str:
    """Return a digest of all that is read back, ``attributes`` of the root among it; a flipped bit changes it."""
    held: dict[str, object] = {f"/{name}": attributes[name] for name in attributes if name not in (CONTENTS, LIBRARY)}
    for name in READ:
        group = groups[name]
        held |= {f"{name}/{variable}": as_stored(values) for variable, (_, values) in group.variables.items()}
        held |= {f"{name}:{dimension}": as_stored(labels) for dimension, labels in group.coords.items()}
    return digest(held)


def as_stored(values: np.ndarray) -> np.ndarray:
    """Return an array as a file holds it: true and false as 1 and 0."""
    return values.astype(np.int8) if values.dtype.kind == "b" else values
