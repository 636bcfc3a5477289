"""NumPy's archive: one array per tensor, and the description as a text. No pickle."""

import io
import math
import os
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from playground.export.description import MOST_CHARACTERS, Description
from playground.export.errors import ModelError
from playground.export.format import Format
from playground.export.model import Model, check_tensors

DESCRIPTION = "playground"
MOST_DIRECTORY_BYTES = 64 * 1024
MOST_NPY_HEADER = 1024
# zipfile's ways to say so; a wrong place in the file is an OSError.
_DAMAGES = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError, OSError)
NUMBER_FORMATS = {"<f4": "float32", "<f8": "float64"}

# The header of an array as NumPy writes it. Read by this instead of NumPy's own parser, which hands
# whatever stands there to Python's.
_HEADER = re.compile(
    rb"\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([\d, ]{0,99})\), \} *\n"
)


def encode(model: Model) -> bytes:
    """The file's content, uncompressed."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {**model.parameters, DESCRIPTION: model.description.to_json()}
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def read(path: Path) -> Model:
    """Open a file that `encode` made. Raises `ModelError`.

    The description is read first; what the file declares is then held against the network it
    describes before memory is taken for an array.
    """
    with path.open("rb") as file:
        try:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                return _read(archive)
        except ModelError:
            raise
        except _DAMAGES as error:
            raise ModelError("it is damaged, or not a NumPy archive") from error


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a long table of contents before zipfile makes an object of each entry."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 42))
    tail = file.read()
    locator, record = tail[:-22], tail[-22:]
    if len(record) < 22 or record[:4] != b"PK\5\6":
        raise ModelError("it is damaged, or not a NumPy archive (its end is missing)")
    (length,) = struct.unpack("<L", record[12:16])
    if length > MOST_DIRECTORY_BYTES or locator[:4] == b"PK\6\7":
        raise ModelError("its table of contents is too long for a model")


def _read(archive: zipfile.ZipFile) -> Model:
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    description = Description.from_json(_text(archive, members.pop(DESCRIPTION, None)))
    shapes = description.shapes()
    declared = {}
    for name, info in members.items():
        with _open(archive, info) as file:
            number, _, shape, _ = _header(file.read(MOST_NPY_HEADER))
        declared[name] = (shape, NUMBER_FORMATS.get(number, number))
    check_tensors(shapes, declared)
    return Model(description, {name: _array(archive, members[name]) for name in shapes})


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> str | None:
    if info is None:
        return None
    if info.file_size > MOST_NPY_HEADER + 4 * MOST_CHARACTERS:
        raise ModelError("its description is too long")
    with _open(archive, info) as file:
        content = file.read()
    number, _, shape, start = _header(content)
    if not re.fullmatch(r"<U\d{1,9}", number) or shape:
        raise ModelError("its description is not a text")
    return content[start:].decode("utf-32-le")


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """The array in a member whose declared shape was found right."""
    with _open(archive, info) as file:
        number, fortran, shape, start = _header(file.read(MOST_NPY_HEADER))
    dtype = np.dtype(number)
    size = math.prod(shape) * dtype.itemsize
    if info.file_size != start + size:
        raise ModelError('"{name}" is not as long as it says', name=info.filename)
    with _open(archive, info) as file:
        content = file.read()  # to the end, where the checksum is compared
    return np.frombuffer(content[start:], dtype).reshape(shape, order="F" if fortran else "C")


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    # zipfile takes memory for what the other methods unpack to before it looks at the declared
    # size.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModelError("it is packed by a method that NumPy does not use")
    return archive.open(info)


def _header(content: bytes) -> tuple[str, bool, tuple[int, ...], int]:
    """Number format, whether columns come first, shape, and where the data begin."""
    lengths = {b"\1\0": ("<H", 10), b"\2\0": ("<L", 12), b"\3\0": ("<L", 12)}
    code, first = lengths.get(content[6:8], ("", 0))
    if content[:6] == b"\x93NUMPY" and first and len(content) >= first:
        start = first + struct.unpack(code, content[8:first])[0]
        if found := _HEADER.fullmatch(content[first:start]):
            number, fortran, shape = (group.decode("latin-1") for group in found.groups())
            lengths = tuple(int(each) for each in shape.split(",") if each.strip())
            return number, fortran == "True", lengths, start
    raise ModelError("it holds something that is not a NumPy array")


FORMAT = Format(
    ending=".npz",
    label="NumPy archive",
    about="One array per tensor, weights and statistics, for np.load; opens here again",
    encode=encode,
    read=read,
)
