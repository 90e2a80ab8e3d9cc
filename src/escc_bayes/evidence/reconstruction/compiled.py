"""How the kernels of the search are compiled and kept on disk, and arrays without reference counts."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import carray, njit, types
from numba.extending import intrinsic

HERE = Path(__file__).parent
OUTERMOST = "annealing.py"
NEIGHBOUR = re.compile(r"from escc_bayes\.evidence\.reconstruction(?:\.(\w+) import| import (\w+))")


def kernel_sources() -> tuple[Path, ...]:
    """Return the files of which compiled code is made: the outermost kernel's, and every neighbour it goes through.

    How a layout is read or a table written is not among them: where that changes, the kernels are as they were.

    Examples
    --------
    >>> names = [path.stem for path in kernel_sources()]
    >>> "rank_statistics" in names, "problem" in names, "read_layout" in names
    (True, True, False)
    """
    found: set[Path] = set()
    left = [HERE / OUTERMOST]
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            named = NEIGHBOUR.findall(path.read_text(encoding="utf-8"))
            left += [HERE / f"{one or other}.py" for one, other in named]
    return tuple(sorted(found))


def kernel_folder() -> Path:
    """Return the folder of the compiled kernels of exactly these sources: ``$XDG_CACHE_HOME`` or ``~/.cache``.

    Numba does not see that a function called from another file has changed; a folder for each state of all of them
    does.
    """
    sources = hashlib.sha256(numba.__version__.encode())
    for path in kernel_sources():
        sources.update(path.read_bytes())
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "escc_bayes" / "kernels" / sources.hexdigest()[:16]


def can_keep(folder: Path) -> bool:
    """Return whether compiled code can be kept in a folder, which is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


FOLDER = kernel_folder()
KEPT = can_keep(FOLDER)


def kernel(**options: Any) -> Callable[[Any], Any]:
    """Return a decorator that compiles a function without Python's lock, and keeps the code where that is possible."""

    def compile_it(function: Any) -> Any:
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
        try:
            return njit(nogil=True, error_model="numpy", cache=KEPT, **options)(function)
        finally:
            numba.config.CACHE_DIR = before

    return compile_it


compiled = kernel()
# For what is called from the innermost loop with many arrays: passing them costs more than a log-rank test.
inlined = kernel(forceinline=True)


@intrinsic
def pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001 - Numba names the arguments
    """Return an address as a pointer."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001 - as Numba calls it
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.intp), code


@inlined
def borrowed(array: Any) -> Any:
    """Return the same numbers without a reference count; whoever calls keeps the array itself alive.

    Counting references to arrays is atomic, and took a third of the time of a search.
    """
    return carray(pointer(array.ctypes.data), array.shape, array.dtype)
