"""The tables of one paper on a cohort: as printed, as classical methods give them, and the posterior beside."""
