"""Matrix products of long, narrow matrices on one thread."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# Larger products, and larger ones of a vector, go to OpenBLAS's threads, which cost more CPU than they save on
# matrices of these shapes.
ONE_THREAD, ONE_THREAD_VECTOR = 2**18, 9_216


def on_one_thread(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left @ right, halved along its longest side until OpenBLAS multiplies each part on one thread."""
    (n, k), m = left.shape, right.shape[1]
    if n * k * m <= (ONE_THREAD if min(n, m) > 1 else ONE_THREAD_VECTOR):
        return left @ right
    if n >= max(k, m):
        return np.concatenate([on_one_thread(left[: n // 2], right), on_one_thread(left[n // 2 :], right)])
    if m >= k:
        return on_one_thread(right.T, left.T).T
    return on_one_thread(left[:, : k // 2], right[: k // 2]) + on_one_thread(left[:, k // 2 :], right[k // 2 :])
