"""From one paper to the next trial: every part of it, each with its files, on one page."""
