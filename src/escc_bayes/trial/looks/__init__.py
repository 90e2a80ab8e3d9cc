"""What is seen of patients at a look, and what an analysis needs of it."""
