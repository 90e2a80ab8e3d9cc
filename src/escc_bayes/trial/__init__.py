"""The next trial: designs as data, closed forms, decision rules, exact posteriors, operating characteristics."""
