"""The command line: verbs that read files, say what they do on stderr and write complete folders. One file a verb."""

from escc_bayes.cli.command_line import app, main

__all__ = ["app", "main"]
