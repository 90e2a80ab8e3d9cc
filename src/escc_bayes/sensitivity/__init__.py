"""What an answer rests on, and what would overturn it."""
