"""A running trial: where it stands at a look, and how it goes on."""
