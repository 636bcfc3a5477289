"""Protocol Buffers' wire format, read no further than asked: a message is a run of numbered fields.

Google's own reader makes an object of every field before anything can be refused, so that 2 MB of
empty fields take hundreds. Here a field is a slice of the file until someone looks into it.
Source: protobuf.dev, "Encoding".
"""

import struct
from collections.abc import Iterator

import numpy as np

from playground.export.errors import ModelError

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
MOST_FIELDS = 20_000  # of one message
_LONGEST_VARINT = 10

Value = int | memoryview


def damaged() -> ModelError:
    """The error for what is no message."""
    return ModelError("it is damaged, or not an ONNX file")


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """The fields of a message, in order: number, and a whole number or the bytes.

    Raises `ModelError` for what is no message, or has too many fields.
    """
    place = count = 0
    while place < len(message):
        count += 1
        if count > MOST_FIELDS:
            raise ModelError("it has too many parts for a model")
        key, place = _varint(message, place)
        kind = key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield key >> 3, value
            continue
        if kind == LENGTH:
            length, place = _varint(message, place)
        elif kind in (FIXED64, FIXED32):
            length = 8 if kind == FIXED64 else 4
        else:
            raise damaged()
        if length > len(message) - place:
            raise damaged()
        yield key >> 3, message[place : place + length]
        place += length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[place : place + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & (2**64 - 1), place + index + 1
    raise damaged()


def signed(value: Value) -> int:
    """A field of type int64."""
    if not isinstance(value, int):
        raise damaged()
    return value - 2**64 if value >= 2**63 else value


def text(value: Value) -> str:
    """A field of type string; what is not UTF-8 in it is replaced."""
    return str(message(value), "utf-8", "replace")


def message(value: Value) -> memoryview:
    """A field that is a message, or bytes."""
    if isinstance(value, int):
        raise damaged()
    return value


def real(value: Value) -> float:
    """A field of type float."""
    given = message(value)
    if len(given) != 4:
        raise damaged()
    return struct.unpack("<f", given)[0]


def whole_numbers(value: Value) -> list[int]:
    """A repeated int64: one of its numbers, or a packed run of a few."""
    if isinstance(value, int):
        return [signed(value)]
    numbers, place = [], 0
    while place < len(value):
        if len(numbers) == 100:
            raise ModelError("it has too many parts for a model")
        number, place = _varint(value, place)
        numbers.append(signed(number))
    return numbers


def packed(values: list[Value], number: str) -> np.ndarray:
    """A repeated float or double: packed runs, or one number at a time."""
    content = b"".join(map(message, values))
    if len(content) % np.dtype(number).itemsize:
        raise damaged()
    return np.frombuffer(content, number)
