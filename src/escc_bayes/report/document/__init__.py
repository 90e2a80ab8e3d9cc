"""Documents of blocks, figures and tables as files: what pages, protocols and verbs are written with."""
