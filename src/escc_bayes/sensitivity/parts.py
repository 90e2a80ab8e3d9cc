"""Which parts a sensitivity analysis has, in the order in which they are asked and shown."""

from escc_bayes.sensitivity import attribution, cross_table, information
from escc_bayes.sensitivity.part import Part, Summary

PARTS: tuple[Part, ...] = (information.PART, cross_table.PART, attribution.PART)
# Made of the tables of all parts, after them.
SUMMARIES: tuple[Summary, ...] = ()
# In the order in which a reader asks.
SHOWN: tuple[Part | Summary, ...] = (*SUMMARIES, *PARTS)
