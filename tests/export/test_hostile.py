"""Files that were made to do harm, and damaged ones: refused at once, for next to no memory."""

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.export import FORMATS, Model

MakeModel = Callable[..., Model]

ROOT = Path(__file__).parents[2]
READABLE = tuple(ending for ending, row in FORMATS.items() if row.read)
TWO_MB = 2_000_000
TERA = 2**40  # numbers of 4 bytes: 4 TiB

linux = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")


def run(module: str, *words: str | Path) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.export.{module}", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@linux
@pytest.mark.parametrize("ending", READABLE)
@pytest.mark.parametrize("count", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_damaged_files_open_or_are_refused(ending: str, count: int) -> None:
    found = run("fuzzing", ending, str(count))
    print(f"{count:,} damaged {ending} files: {found}")
    assert found["opened"] + found["refused"] >= count
    assert found["opened"] > 0
    assert found["refused"] > count / 2
    assert found["slowest_seconds"] < 2
    assert found["growth_mib"] < 200


# Files of 2 MB that claim 4 TiB


def safetensors(header: dict[str, object], data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def described(model: Model, shape: list[int], end: int) -> dict[str, object]:
    return {
        "__metadata__": {"playground": model.description.to_json()},
        "0.weight": {"dtype": "F32", "shape": shape, "data_offsets": [0, end]},
    }


def npz(model: Model, header: bytes, size: int | None = None) -> bytes:
    """Our archive with another array for "0.weight", in 2 MB; `size` is what the archive claims."""
    length = struct.pack("<H", len(header))
    array = b"\x93NUMPY\1\0" + length + header + b"\0" * TWO_MB
    packed = io.BytesIO()
    ours = zipfile.ZipFile(io.BytesIO(FORMATS[".npz"].encode(model)))
    with ours, zipfile.ZipFile(packed, "w") as archive:
        for name in ours.namelist():
            archive.writestr(name, array if name == "0.weight.npy" else ours.read(name))
    content = packed.getvalue()
    if size is not None:
        content = content.replace(struct.pack("<L", len(array)), struct.pack("<L", size))
    return content


def varint(number: int) -> bytes:
    digits = []
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def protobuf(number: int, content: bytes, claimed: int | None = None) -> bytes:
    return varint(number << 3 | 2) + varint(len(content) if claimed is None else claimed) + content


def onnx(tensor: bytes, description: str | None = None) -> bytes:
    """A file of one MatMul and a constant given as its message."""
    node = protobuf(1, b"x") + protobuf(1, b"w") + protobuf(2, b"y") + protobuf(4, b"MatMul")
    ends = protobuf(11, protobuf(1, b"x")) + protobuf(12, protobuf(1, b"y"))
    content = protobuf(7, protobuf(1, node) + tensor + ends)
    if description is not None:
        entry = protobuf(1, b"playground") + protobuf(2, description.encode())
        content += protobuf(14, entry)
    return content


def dims(*shape: int) -> bytes:
    return b"".join(b"\x08" + varint(length) for length in shape) + b"\x10\x01" + protobuf(8, b"w")


HEADER = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }       \n"
FILES: dict[str, Callable[[Model], bytes]] = {
    "offsets.safetensors": lambda model: safetensors(
        described(model, [TERA], 4 * TERA), b"\0" * TWO_MB
    ),
    "shape.safetensors": lambda model: safetensors(
        described(model, [TERA], TWO_MB), b"\0" * TWO_MB
    ),
    "stranger.safetensors": lambda model: safetensors(
        {"0.weight": {"dtype": "F32", "shape": [TERA, 0], "data_offsets": [0, 0]}}
    ),
    "lists.safetensors": lambda model: safetensors(
        {"__metadata__": {"playground": "[" + "[]," * (TWO_MB // 3)}}
    ),
    "header.safetensors": lambda model: struct.pack("<Q", 4 * TERA) + b" " * TWO_MB,
    "shape.npz": lambda model: npz(model, HEADER),
    "member.npz": lambda model: npz(model, HEADER, 2**32 - 2),
    "packed.npz": lambda model: npz(model, b"\xff" * 5000),
    "dimension.onnx": lambda model: onnx(protobuf(5, dims(TERA) + protobuf(9, b"\0" * TWO_MB))),
    "dimensions.onnx": lambda model: onnx(
        protobuf(5, dims(2**20, 2**20) + protobuf(9, b"\0" * TWO_MB)), model.description.to_json()
    ),
    "length.onnx": lambda model: onnx(protobuf(5, b"\0" * TWO_MB, 4 * TERA)),
    "packed.onnx": lambda model: onnx(protobuf(5, dims(TERA) + protobuf(4, b"\0" * TWO_MB))),
    "parts.onnx": lambda model: onnx(protobuf(1, b"") * (TWO_MB // 2)),
    "fields.onnx": lambda model: b"\x08\0" * (TWO_MB // 2),
    "whole.onnx": lambda model: onnx(protobuf(5, dims(1, 1) + protobuf(7, b"\0" * TWO_MB))),
    "brackets.json": lambda model: b"[" * TWO_MB,
    "lists.json": lambda model: b'{"tensors": [' + b"[]," * (TWO_MB // 3),
    "objects.json": lambda model: b'{"tensors": {' + b'"a":{},' * (TWO_MB // 7),
    "digits.json": lambda model: b'{"tensors": ' + b"9" * TWO_MB + b"}",
    "fraction.json": lambda model: b'{"tensors": {"a": 0.' + b"9" * TWO_MB + b"}}",
    "text.json": lambda model: b'{"playground": 1, "tensors": {"' + b"a" * TWO_MB + b'": 1}}',
}


@linux
@pytest.mark.parametrize("name", FILES)
def test_two_megabytes_that_claim_four_tebibytes(
    name: str, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model()
    hostile = tmp_path / name
    hostile.write_bytes(FILES[name](model))
    whole = tmp_path / f"good{hostile.suffix}"
    whole.write_bytes(FORMATS[hostile.suffix].encode(model))
    found = run("hostile", whole, hostile)
    print(name, found)
    assert found["sentence"].startswith(f'"{name}" cannot be opened: ')
    assert len(found["sentence"]) < 300
    assert found["growth_mib"] < 50
    assert found["seconds"] < 0.1
