"""Chunks on the workers of a Dask cluster: the extra ``cluster`` (dask, distributed).

Workers need this version of the package and of numpy, or the same work might give other digits. Whoever can reach a
scheduler can run code on its workers, and its workers send back what they like: name only one that you trust.
"""

import importlib.metadata
import importlib.util
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escc_bayes.foundation.errors import InputError, some_of

if TYPE_CHECKING:
    from distributed import Client

# Seconds to wait for the scheduler and for its first worker.
PATIENCE = 15
PACKAGES = ("escc-bayes", "numpy", "scipy")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a Dask scheduler at ``address``."""

    address: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(tcp|tls|ws|wss)://\S+:\d+", self.address):
            raise InputError(f"--scheduler {self.address}: write the scheduler's address as tcp://HOST:PORT")
        if importlib.util.find_spec("distributed") is None:
            raise InputError(
                f"--scheduler {self.address}: the library `distributed` is not installed; install the extra: "
                "pip install 'escc-bayes[cluster]'"
            )

    def finished[T](self, work: Callable[[int], T], chunks: Sequence[int]) -> Iterator[tuple[int, T]]:
        """Yield chunks as they are finished.

        Raises
        ------
        InputError : nobody answers at the address, there is no worker, or a worker has another version.
        """
        from distributed import as_completed

        with connected(self.address) as client:
            held = client.scatter(work, broadcast=True, hash=False)
            futures = {client.submit(compute, held, chunk, pure=False): chunk for chunk in chunks}
            try:
                for future, arrays in as_completed(futures, loop=client.loop, with_results=True):
                    yield futures[future], arrays
            finally:
                client.cancel(list(futures))


def connected(address: str) -> "Client":
    """Return a client of the scheduler at ``address`` whose workers can do the work."""
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError):
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there; start one with `dask scheduler`, and workers "
            f"with `dask worker {address}`"
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        refuse_other_versions(address, client.run(versions))
    except TimeoutError:
        client.close()
        raise InputError(
            f"--scheduler {address}: it has no worker; start one with `dask worker {address}` where escc-bayes is "
            "installed"
        ) from None
    except ModuleNotFoundError:
        client.close()
        raise InputError(
            f"--scheduler {address}: a worker has no escc-bayes; install this version where the workers run"
        ) from None
    except InputError:
        client.close()
        raise
    return client


def versions() -> dict[str, str]:
    """Return the versions that decide the digits of a result."""
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def refuse_other_versions(address: str, found: dict[str, dict[str, str]]) -> None:
    """Raise if a worker has other versions than this process."""
    own = versions()
    other = [
        f"{worker} has {package} {held.get(package, 'none')}, here it is {version}"
        for worker, held in found.items()
        for package, version in own.items()
        if held.get(package) != version
    ]
    if other:
        raise InputError(f"--scheduler {address}: {some_of(other, most=3)}; install the same versions everywhere")


def compute[T](work: Callable[[int], T], chunk: int) -> T:
    """Compute one chunk on a worker."""
    return work(chunk)
