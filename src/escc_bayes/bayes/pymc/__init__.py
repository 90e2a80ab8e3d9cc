"""The PyMC model and its sampler. PyMC is imported here alone."""
