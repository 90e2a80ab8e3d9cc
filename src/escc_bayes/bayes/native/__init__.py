"""nutpie's sampler on a log density in numpy."""
