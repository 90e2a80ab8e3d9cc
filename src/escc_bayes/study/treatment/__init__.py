"""One treatment, of a paper or any cohort: designs, effect, start, location, grades of harm, what is printed."""
