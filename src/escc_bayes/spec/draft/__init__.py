"""A first schema and model for a file of which nothing is known: guesses with reasons, and what a person decides."""
