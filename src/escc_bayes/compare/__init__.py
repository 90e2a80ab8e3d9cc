"""One table, many methods."""
