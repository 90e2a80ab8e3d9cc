"""Designs from TOML: a closed vocabulary, every refusal with its place and its remedy."""
