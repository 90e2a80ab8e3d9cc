"""How the kernels of the search are compiled, and arrays without reference counts."""

from typing import Any

from numba import carray, njit, types
from numba.extending import intrinsic

# Not cached on disk: Numba would not see that a function called from another file has changed.
compiled = njit(nogil=True, error_model="numpy")
# For what is called from the innermost loop with many arrays: passing them costs more than a log-rank test.
inlined = njit(nogil=True, error_model="numpy", forceinline=True)


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
