"""One self-contained HTML page from fits and tables."""
