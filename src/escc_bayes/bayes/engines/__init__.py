"""Which engines there are, when a run is repeated, and why one failed."""
