"""A paper's own sentences and tables as the entries of a study file."""
