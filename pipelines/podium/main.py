"""The ``podium`` command.

Exit codes: 0 success; 1 the run failed, or Podium has a bug; 2 the input or a setting is wrong; 130 interrupted by
the user.
"""

import sys
import warnings
from typing import Any

from podium_ml.errors import PodiumError, RunFailedError
from podium_ml.files import full_disk
from podium_ml.values.masking import masked
from podium_ml.values.printable import printable

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Args:
        arguments: Words after ``podium``; by default the arguments of the process.
    """
    words = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    from podium.commands import app_for

    try:
        with warnings.catch_warnings():
            warnings.showwarning = _print_warning
            app_for(words)(args=words, prog_name="podium")
    except PodiumError as error:
        if debug:
            raise
        _print_error(str(error))
        sys.exit(1 if isinstance(error, RunFailedError) else 2)
    except KeyboardInterrupt:
        _print_error("Interrupted.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        if full_disk.is_full(error):
            _print_error(f"{full_disk.MESSAGE} {full_disk.HINT}")
            sys.exit(2)
        _print_error(
            f"Podium has a bug ({type(error).__name__}: {error}). Run again with --debug for the traceback."
        )
        sys.exit(1)


def _print_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning as a line of the program, in place of Python's, which shows a line of code."""
    sys.stderr.write(_safe(f"Warning: {' '.join(str(message).split())}\n"))


def _print_error(text: str) -> None:
    lead, *rest = _safe(text).splitlines() or [""]
    lines = [f"Error: {lead}"] if not rest else ["Error:", *(f"  {line}" for line in (lead, *rest))]
    sys.stderr.write("\n".join(lines) + "\n")


def _safe(text: str) -> str:
    """Return a text without secrets and without control characters of a terminal."""
    return printable(masked(text))


if __name__ == "__main__":
    main()
