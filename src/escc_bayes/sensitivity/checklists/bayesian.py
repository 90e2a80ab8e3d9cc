"""Checklists of Bayesian analyses: BARG and ROBUST."""

from escc_bayes.sensitivity.checklists.item import Checklist, Item

BARG = Checklist(
    "BARG",
    "Kruschke 2021, Nat Hum Behav 5:1282",
    (
        Item("0A", "why a Bayesian analysis", gap="say what it gains the readers"),
        Item("0B", "goals of the analysis", gap="state the questions"),
        Item("1A", "data: outcome and covariates", ("patients", "covariates")),
        Item("1B", "likelihood and parameters", ("model", "baseline")),
        Item("1C", "prior, and why this one", ("priors",), "justify each prior"),
        Item("1D", "formal specification", ("digest",), "archive the model file beside the paper"),
        Item("1E", "prior predictive check", ("prior_predictive",)),
        Item("2A", "software", ("software",)),
        Item("2B", "convergence", ("computed",)),
        Item("2C", "resolution of the draws", ("computed",)),
        Item("2D", "if not MCMC: what was done instead", ("engine",)),
        Item("3A", "posterior predictive check", ("replicated",)),
        Item("3B", "posterior of the parameters", ("ratios",)),
        Item("3C", "Bayes factors or model probabilities, if used", gap="not used here; say so"),
        Item("4A", "decisions, if any, and their criteria", gap="state the criterion before the result"),
        Item("4B", "losses, if decisions are made", gap="state them, or that no decision is made"),
        Item("4C", "range of practical equivalence, if used", gap="state its limits, or that none is used"),
        Item("5A", "sensitivity to vaguer priors", ("prior_ladder", "multiverse")),
        Item("5B", "sensitivity to informed priors", ("prior_ladder",)),
        Item("5C", "sensitivity of default priors", ("baseline_prior",)),
        Item("5D", "sensitivity of decisions", ("fragility",)),
        Item("6A", "software versions, to install it again", ("software",)),
        Item("6B", "script that runs", ("seed",), "archive the command that was run"),
        Item("6C", "data that can be read", ("data_digest",), "say where the data are, or why they cannot be shared"),
        Item("6D", "posterior archived", gap="escc-bayes fit writes the draws as netCDF; archive them"),
    ),
)

ROBUST = Checklist(
    "ROBUST",
    "Sung et al. 2005, J Clin Epidemiol 58:261",
    (
        Item("1", "prior specified", ("priors",)),
        Item("2", "prior justified", gap="say where each prior comes from"),
        Item("3", "sensitivity to the prior", ("prior_ladder", "multiverse")),
        Item("4", "statistical model", ("model", "baseline")),
        Item("5", "technique of computation", ("engine",)),
        Item("6", "central tendency", ("ratios",)),
        Item("7", "spread or credible interval", ("ratios",)),
    ),
)
