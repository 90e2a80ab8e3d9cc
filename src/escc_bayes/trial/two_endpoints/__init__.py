"""A trial judged by progression-free and overall survival: an illness-death truth, alpha passed on by a graph."""
