"""From printed numbers to findings, cohorts and priors."""
