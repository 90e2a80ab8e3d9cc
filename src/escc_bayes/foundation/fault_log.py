"""A log of a fault of this program: what was asked, the versions, and the traceback; no data."""

import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path


def keep_log(error: BaseException) -> str:
    """Write a log of ``error`` and say where it is, in a sentence."""
    text = log_text(error)
    for folder in (log_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stamp = time.strftime("%Y%m%d-%H%M%S")
            path = folder / f"escc-bayes-{stamp}-{os.getpid()}.log"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f"Details for a report of it: {path}"
    return "No log of it could be written."


def log_folder() -> Path:
    """Return the folder of logs: ``$XDG_CACHE_HOME`` or ``~/.cache``, then ``escc_bayes/logs``."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(cache).expanduser() / "escc_bayes" / "logs"
    except RuntimeError:  # no home
        return Path(tempfile.gettempdir())


def log_text(error: BaseException) -> str:
    """Return command, versions and traceback; very deep ones are shortened."""
    lines = traceback.format_exception(error, limit=-60)
    return "\n".join((" ".join(sys.argv), f"Python {platform.python_version()}, {platform.platform()}", *lines))
