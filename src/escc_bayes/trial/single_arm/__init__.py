"""A trial of one arm against what is known of others: its design, power in closed form, and simulation."""
