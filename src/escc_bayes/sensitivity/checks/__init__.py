"""Whether a model gives back the data, and foretells patients it has not seen."""
