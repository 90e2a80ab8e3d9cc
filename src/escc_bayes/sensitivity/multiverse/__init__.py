"""Other defensible analyses of the same question, and what they say together."""
