"""Writing a file whole or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from playground.export.errors import ExportError
from playground.sentence import Sentence, reason_of

Checked = TypeVar("Checked")

_REASONS = {
    errno.ENOSPC: Sentence("the disk is full; make room, or choose another folder"),
    errno.EDQUOT: Sentence("your share of the disk is full; make room, or choose another folder"),
    errno.EFBIG: Sentence("the file would be larger than is allowed here; choose another folder"),
    errno.EACCES: Sentence("you may not write here; choose another folder"),
    errno.EPERM: Sentence("you may not write here; choose another folder"),
    errno.EROFS: Sentence("this folder is read-only; choose another one"),
    errno.ENOENT: Sentence("the folder does not exist; choose another one"),
    errno.ENOTDIR: Sentence("the folder does not exist; choose another one"),
    errno.EISDIR: Sentence("there is a folder of that name; choose another name"),
    errno.ENAMETOOLONG: Sentence("the name is too long; choose a shorter one"),
}


def write(path: str | Path, content: bytes, check: Callable[[Path], Checked]) -> Checked:
    """Write `content` to a new file, `check` it, and only then let it take the place of `path`.

    At every moment `path` is the old file or the new one, whole. Returns what `check`, which is
    given the new file's path, returns; what it raises goes through. Raises `ExportError` when
    writing fails. In both cases the old file stays, and nothing else is left behind.
    """
    path = Path(path)
    target = path.resolve()  # a link goes on pointing where it did
    fresh = target.parent / f".playground-{secrets.token_hex(8)}"
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        result = check(fresh)
        if target.exists():
            shutil.copymode(target, fresh)
        fresh.replace(target)
        return result
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or reason_of(error)
        raise ExportError("{name} was not saved: {reason}", name=path.name, reason=reason) from None
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()
