"""Random streams: one seed, one named stream per use, the same on every machine."""

import zlib

import numpy as np

type Seed = int | np.random.SeedSequence


def stream(seed: Seed, *names: str) -> np.random.SeedSequence:
    """Return the child of ``seed`` that belongs to ``names``.

    Streams of different names are independent, and none depends on how many others were asked for.

    Examples
    --------
    >>> stream(11, "prior").generate_state(1)[0] == stream(11, "posterior").generate_state(1)[0]
    np.False_
    """
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    keys = tuple(zlib.crc32(name.encode()) for name in names)
    return np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, *keys))


def spawned(seed: Seed, place: int) -> np.random.SeedSequence:
    """Return child number ``place`` of ``seed``: the one that ``SeedSequence.spawn`` gives, without those before it.

    Examples
    --------
    >>> spawned(11, 2).generate_state(1)[0] == np.random.SeedSequence(11).spawn(3)[2].generate_state(1)[0]
    np.True_
    """
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    return np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, place))


def generator(seed: Seed, *names: str) -> np.random.Generator:
    """Return a generator on the stream of ``names``."""
    return np.random.default_rng(stream(seed, *names))


def seed_number(seed: Seed, *names: str) -> int:
    """Return a 32-bit seed for libraries that want a plain number."""
    return int(stream(seed, *names).generate_state(1)[0])
