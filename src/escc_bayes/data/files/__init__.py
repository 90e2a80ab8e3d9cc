"""Files as hospitals keep them: which format one has, its text, and where in it the table stands."""
