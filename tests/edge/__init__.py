"""Tables at the edge of what can be analysed."""
