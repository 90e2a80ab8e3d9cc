"""What is estimated, and the functions that turn draws or parameters into it."""
