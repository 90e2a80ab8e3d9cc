"""How the kernels of the search are compiled."""

from numba import njit

# Not cached on disk: Numba would not see that a function called from another file has changed.
compiled = njit(nogil=True, error_model="numpy")
