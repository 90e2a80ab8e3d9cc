"""The door of the command line: whatever happens behind it ends as an exit code, and one paragraph where it is bad.

0 done; 1 a check asked for with ``--strict`` failed; 2 bad input; 3 a fault of ours, with a log file; 128 and the
number of the signal for a run that was told to end. Only the standard library is imported before signals are heard.
"""

import errno
import os
import sys
import threading
from typing import NoReturn

from escc_bayes.foundation.ending import Ended, ended_by_signals
from escc_bayes.foundation.errors import InputError, one_paragraph
from escc_bayes.foundation.fault_log import keep_log
from escc_bayes.foundation.memory import search_seldom
from escc_bayes.foundation.streams import forgive

# What the system says of a path that somebody gave: nothing of ours is wrong.
OF_A_PATH = frozenset(
    {errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.ELOOP, errno.EROFS}
)

# Exit codes of runs that a signal ended are above this.
SIGNALLED = 128


def main() -> NoReturn:
    """Run the command line, and exit."""
    search_seldom()
    before, streams = (sys.stdout, sys.stderr), forgive()
    unraised, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        code = outcome()
        code = printed(code, streams[0].unprinted) if flushed() else code
        if code > SIGNALLED and another_thread_works():
            # It computes what nobody wants any more, and Python would wait for it.
            os._exit(code)
    finally:
        sys.stdout, sys.stderr = before
        sys.unraisablehook = unraised
    raise SystemExit(code)


def outcome() -> int:
    """Run the verb; return the exit code after saying what went wrong."""
    signals: list[int] = []
    try:
        with ended_by_signals() as signals:
            return run()
    except BaseException as error:  # noqa: BLE001 - the one guard at the door
        if not signals:
            return told(error)
    say("Stopped before the end.")
    return Ended(signals[0]).exit_code


def run() -> int:
    """Run the verb named on the command line."""
    from escc_bayes.cli.command_line import run_verb

    return run_verb()


def told(error: BaseException) -> int:
    """Say on stderr what went wrong, and return the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    if isinstance(error, InputError):
        say(f"Error: {one_paragraph(str(error))}")
        return 2
    if hasattr(error, "format_message"):  # an option that Typer refuses
        refused = one_paragraph(error.format_message())
        if refused:  # empty where the help was printed instead
            say(f"Error: {refused}{remedy(error)} (--help shows every option)")
        return 2
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, OSError) and error.errno in OF_A_PATH and error.filename:
        say(f"Error: {shortened(error.filename)}: cannot be opened ({error.strerror}); name another file or folder")
        return 2
    say(f"Error: {fault_words(error)} {keep_log(error)}")
    return 3


def remedy(error: BaseException) -> str:
    """Return what to write instead, for options that are mistaken for others."""
    option = getattr(getattr(error, "param", None), "name", "")
    return {"level": "; write 0.95 for 95 %"}.get(str(option), "")


def fault_words(error: BaseException) -> str:
    """Say what kind of fault ended a run, in one sentence or two."""
    from escc_bayes.foundation.errors import EsccBayesError

    if isinstance(error, EsccBayesError):
        return f"{one_paragraph(str(error)).rstrip('.')}."
    if isinstance(error, MemoryError):
        return (
            "the memory of this machine is not enough for what was asked; nothing was written. Ask for fewer draws, "
            "trials or pieces, or for fewer workers."
        )
    what = " ".join(shortened(word) for word in one_paragraph(str(error)).split()[:60])
    return f"a fault of this program ended the run ({type(error).__name__}: {what}); nothing was written."


def shortened(text: object) -> str:
    """Return a path or a long word, with dots in its middle."""
    written = one_paragraph(str(text))
    return written if len(written) <= 160 else f"{written[:70]}...{written[-70:]}"


def say(text: str) -> None:
    """Print a paragraph on stderr."""
    print(text, file=sys.stderr)  # noqa: T201 - stderr is where errors go


def flushed() -> bool:
    """Flush both streams; True, for a condition."""
    sys.stdout.flush()
    sys.stderr.flush()
    return True


def printed(code: int, unprinted: str) -> int:
    """Return the exit code, and say so, where what a run had to say could not be printed."""
    if not unprinted:
        return code
    say(f"Error: stdout cannot be written ({unprinted}); the files of the run are complete, what it printed is not.")
    sys.stderr.flush()
    return code or 2


def another_thread_works() -> bool:
    """Whether a thread other than this one would keep Python from ending."""
    return any(not t.daemon and t is not threading.main_thread() for t in threading.enumerate())
