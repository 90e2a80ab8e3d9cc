"""Run the command line in this process."""

import pytest

from escc_bayes import cli


def run(monkeypatch, capsys, *words):
    """Run the command in this process; return exit code, stdout and stderr."""
    monkeypatch.setattr("sys.argv", ["escc-bayes", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr()
    return ended.value.code or 0, printed.out, printed.err
