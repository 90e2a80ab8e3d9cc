"""Saved posteriors that almost are: cut, flipped, overwritten, of other kinds; read as the control of a design."""

import functools
import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.shipped import models_folder
from escc_bayes.spec.reading import load_spec

type Spoil = Callable[[bytearray, random.Random], bytes]


@functools.cache
def sound(family: str) -> bytes:
    """Return the file of a small posterior."""
    import tempfile

    posterior = fit(load_spec(f"os_{family}"), example_cohort("escc79"), engine="laplace", draws=100)
    with tempfile.TemporaryDirectory() as folder:
        posterior.save(Path(folder) / "p.nc")
        return (Path(folder) / "p.nc").read_bytes()


def cut(found: bytearray, chance: random.Random) -> bytes:
    return bytes(found[: chance.randrange(len(found))])


def flipped(found: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 4, 64))):
        found[chance.randrange(len(found) if chance.random() < 0.5 else 20_000)] ^= 1 << chance.randrange(8)
    return bytes(found)


def overwritten(found: bytearray, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(found)), chance.choice((8, 512, 65_536))
    found[at : at + size] = chance.choice((bytes(size), chance.randbytes(size)))
    return bytes(found)


def of_numpy(_: bytearray, chance: random.Random) -> bytes:
    """A file of numpy, with pickled objects or without, whole or cut."""
    stream = io.BytesIO()
    np.savez(stream, a=np.array([{}], dtype=object) if chance.random() < 0.5 else np.arange(9))
    whole = stream.getvalue()
    return whole[: chance.randrange(len(whole))] if chance.random() < 0.5 else whole


def in_words(_: bytearray, chance: random.Random) -> bytes:
    return chance.choice((b"", b"\n", b"time,event\n1,0\n", b"{}", b"CDF\x01", b"\x89HDF\r\n\x1a\n", bytes(4096)))


SPOILS: tuple[Spoil, ...] = (cut, flipped, flipped, overwritten, of_numpy, in_words)


def command(number: int, seed: int, folder: Path) -> list[str]:
    """Write spoiled file ``number`` into ``folder`` and return a plan whose control it is."""
    chance = random.Random(f"saved/{seed}/{number}")
    whole = bytearray(sound(chance.choice(("piecewise", "weibull"))))
    (folder / "p.nc").write_bytes(SPOILS[number % len(SPOILS)](whole, chance))
    text = (models_folder() / "designs" / "rt_consolidation.toml").read_text(encoding="utf-8")
    design = folder / "design.toml"
    design.write_text(text.replace("median = 13.7", 'posterior = "p.nc"'), encoding="utf-8")
    return ["plan", str(design), "--trials", "100", "--quiet", "--out", str(folder / "work" / "out")]
