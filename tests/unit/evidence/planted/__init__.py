"""Invented papers in many styles and fields, by kind of fault."""

from tests.unit.evidence.planted import (
    claims,
    counts,
    curves,
    direction,
    figures,
    levels,
    prints,
    sizes,
    survival,
    tables,
)

KINDS = (prints, counts, curves, direction, sizes, survival, tables, levels, claims, figures)
PLANTED = {what: paper for kind in KINDS for what, paper in kind.PLANTED.items()}
CORRECT = {what: paper for kind in KINDS for what, paper in kind.CORRECT.items()}
