"""Matrix products of tall, narrow matrices on one thread."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# Larger products go to OpenBLAS's threads, which cost more CPU than they save on matrices of this shape.
ONE_THREAD = 2**18


def on_one_thread(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left @ right, in blocks of rows that OpenBLAS multiplies on one thread."""
    rows = max(1, ONE_THREAD // max(1, right.size))
    if left.shape[0] <= rows:
        return left @ right
    found = np.empty((left.shape[0], right.shape[1]))
    for low in range(0, left.shape[0], rows):
        np.matmul(left[low : low + rows], right, out=found[low : low + rows])
    return found
