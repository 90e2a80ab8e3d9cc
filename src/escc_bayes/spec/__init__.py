"""Model specifications: what is asked, its priors, its columns, in TOML and in sentences."""
