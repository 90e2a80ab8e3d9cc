"""Nodes for integrals over a between-study standard deviation tau >= 0.

Gauss-Legendre panels in u with tau = scale sinh(u): even near zero, geometric far out, so that a posterior near
zero and one in the tail are both resolved.
"""

import math
from functools import cache

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# Panels of this width in u resolve a posterior of tau from a few dozen studies.
PANEL_WIDTH = 0.5
NODES_PER_PANEL = 16


@cache
def legendre(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of Gauss-Legendre on [-1, 1]; shared, so not writeable."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    points.setflags(write=False)
    weights.setflags(write=False)
    return points, weights


def panels(edges: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on each interval between ``edges``, flattened."""
    points, weights = legendre(nodes)
    middle, half = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges) / 2.0
    return (middle[:, None] + half[:, None] * points).ravel(), (half[:, None] * weights).ravel()


def graded_nodes(upper: float, scale: float, width: float = PANEL_WIDTH) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights for the integral of a smooth function over [0, ``upper``].

    Parameters
    ----------
    upper : end of the range; positive.
    scale : the finest width that matters near zero; positive.
    width : of a panel in u = arsinh(tau / scale); halve it for a sharper integrand.

    Examples
    --------
    >>> tau, weight = graded_nodes(10.0, 0.1)
    >>> bool(abs((weight * tau**2).sum() - 1000.0 / 3.0) < 1e-9)
    True
    """
    last = math.asinh(upper / scale)
    edges = np.linspace(0.0, last, max(2, math.ceil(last / width)) + 1)
    u, weights = panels(edges, NODES_PER_PANEL)
    return scale * np.sinh(u), weights * scale * np.cosh(u)
