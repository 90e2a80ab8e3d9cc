"""Which parts a sensitivity analysis has, in the order in which they are asked and shown."""

from escc_bayes.sensitivity import attribution, confounding, cross_table, information, one_page, priors, reverse_fitted
from escc_bayes.sensitivity.checklists import summary as checklists
from escc_bayes.sensitivity.checks import part as checks
from escc_bayes.sensitivity.influence import part as influence
from escc_bayes.sensitivity.multiverse import part as multiverse
from escc_bayes.sensitivity.operating import part as operating
from escc_bayes.sensitivity.part import Part, Summary

PARTS: tuple[Part, ...] = (
    information.PART,
    cross_table.PART,
    attribution.PART,
    priors.PART,
    reverse_fitted.PART,
    confounding.PART,
    multiverse.PART,
    influence.PART,
    checks.PART,
    operating.PART,
)
# Made of the tables of all parts, after them.
SUMMARIES: tuple[Summary, ...] = (one_page.SUMMARY, checklists.SUMMARY)
# In the order in which a reader asks.
SHOWN: tuple[Part | Summary, ...] = (*SUMMARIES, *PARTS)
