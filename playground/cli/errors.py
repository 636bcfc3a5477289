"""What ends a command early, and the sentence for it."""

from pathlib import Path

from playground.fields import ExperimentError

FAILED = 1
WRONG_USAGE = 2
DIVERGED = 3


class CommandError(Exception):
    """The command cannot go on: a sentence for standard error, and the exit code."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def sentence_of(error: BaseException, about: str | Path = "") -> str:
    """An error in a user's words; `about` names the file that it is about."""
    match error:
        case ExperimentError():
            prefix = f"{about}: " if about else ""
            return "\n".join(f"{prefix}{problem}" for problem in error.problems)
        case OSError():
            reason = error.strerror or str(error)
            where = about or error.filename
            return f"{where}: {reason}" if where else reason
        case MemoryError():
            return "there is not enough memory for this; use fewer samples or units"
        case KeyboardInterrupt():
            return "interrupted"
        case CommandError():
            return str(error)
    shown = f"{type(error).__name__}: {error}".partition("\n")[0]
    return f"this should not have happened: {shown} (--debug shows where)"
