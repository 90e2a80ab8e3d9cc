"""Matrix products of long, narrow matrices on one thread."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# Larger products, and larger ones of a vector, go to OpenBLAS's threads, which cost more CPU than they save on
# matrices of these shapes.
ONE_THREAD, ONE_THREAD_VECTOR = 2**18, 9_216


def on_one_thread(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left @ right, in parts that OpenBLAS multiplies on one thread."""
    (n, k), m = left.shape, right.shape[1]
    most = ONE_THREAD if min(n, m) > 1 else ONE_THREAD_VECTOR
    if n * k * m <= most:
        return left @ right
    found = np.empty((n, m))
    if n >= max(k, m) and k * m <= most:
        rows = most // (k * m)
        for low in range(0, n, rows):
            np.matmul(left[low : low + rows], right, out=found[low : low + rows])
    elif n >= max(k, m):
        found[: n // 2] = on_one_thread(left[: n // 2], right)
        found[n // 2 :] = on_one_thread(left[n // 2 :], right)
    elif m >= k:
        found[:, : m // 2] = on_one_thread(left, right[:, : m // 2])
        found[:, m // 2 :] = on_one_thread(left, right[:, m // 2 :])
    else:
        np.add(
            on_one_thread(left[:, : k // 2], right[: k // 2]),
            on_one_thread(left[:, k // 2 :], right[k // 2 :]),
            out=found,
        )
    return found
