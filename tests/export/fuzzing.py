"""Opens many damaged model files in a process of its own, and says what became of them.

    python -m tests.export.fuzzing .npz 20000

Bytes are changed, put in, taken out, doubled and cut; and what would hide behind a checksum or a
length (members of archives, headers, descriptions) is changed before it is packed.
"""

import io
import json
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors.numpy

from playground.data.prepare import prepare
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.experiment import Data, Experiment
from playground.export import FORMATS, Model, ModelError, load_model
from playground.export.description import Description
from tests.export import memory

OTHERS = Path(__file__).parent / "others"
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF)
# What has a meaning somewhere in one of the formats
WORDS = (b"\xff\xff\xff\xff", b"\xff" * 9 + b"\x01", b"\0" * 8, b"1e999", b"-1", b"99999999999")
WORDS += (b"NaN", b'"', b"[[[[[[[[", b"{", b"]", b",", b"null", b"\\u0000", b"PK\3\4", b"(", b"<f8")

Rng = np.random.Generator


def seeds(ending: str) -> list[bytes]:
    """Whole files to begin with: our own, and of other programs."""
    stacks = (
        Experiment(layers=(Dense(4), Dropout(), BatchNorm(), LayerNorm())),
        Experiment.example("iris"),
        Experiment(data=Data(source="plane", normalize="standard"), loss="mse", layers=()),
    )
    files = [FORMATS[ending].encode(model_of(experiment)) for experiment in stacks]
    if ending == ".onnx":
        files += [path.read_bytes() for path in sorted(OTHERS.glob("*.onnx"))]
    if ending == ".safetensors":
        tensors = {"0.weight": np.ones((4, 2), "f4"), "2.weight": np.ones((1, 4), "f4")}
        files.append(safetensors.numpy.save(tensors))
    return files


def model_of(experiment: Experiment) -> Model:
    data = prepare(experiment.data, experiment.seed)
    shapes = Description.of(experiment, data, "1").shapes()
    return Model.of(
        experiment, data, {name: np.ones(shape, "f4") for name, shape in shapes.items()}
    )


def mutated(content: bytes, rng: Rng) -> bytes:
    """One to four changes anywhere."""
    for _ in range(rng.integers(1, 5)):
        place = int(rng.integers(len(content) + 1))
        length = int(rng.integers(1, 9))
        match rng.integers(6):
            case 0:
                content = content[:place] + bytes([rng.integers(256)]) + content[place + 1 :]
            case 1:
                content = content[:place] + bytes([rng.choice(NUMBERS)]) + content[place + 1 :]
            case 2:
                content = content[:place] + WORDS[rng.integers(len(WORDS))] + content[place:]
            case 3:
                content = content[:place] + content[place + length :]
            case 4:
                start = int(rng.integers(len(content) + 1))
                content = content[:place] + content[start : start + 50 * length] + content[place:]
            case 5 if rng.random() < 0.2:
                content = content[:place]
    return content


def in_archive(content: bytes, rng: Rng) -> bytes:
    """One member of an .npz mutated, under a right checksum."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            member = old.read(name)
            new.writestr(name, mutated(member, rng) if name == chosen else member)
    return packed.getvalue()


def in_header(content: bytes, rng: Rng) -> bytes:
    """The header of a .safetensors mutated, under a right length."""
    (length,) = struct.unpack("<Q", content[:8])
    header = mutated(content[8 : 8 + length], rng)
    return struct.pack("<Q", len(header)) + header + content[8 + length :]


def in_values(content: bytes, rng: Rng) -> bytes:
    """One value somewhere in a JSON text replaced by another kind of value."""
    plain = place = json.loads(content)
    values = (None, True, -1, 1e308, 10**30, "", "x" * 300, [], {}, [[[]]] * 9, {"type": "dense"})
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[rng.integers(len(keys))]
        if not isinstance(place[key], dict | list) or not place[key] or rng.random() < 0.2:
            place[key] = values[rng.integers(len(values))]
            return json.dumps(plain).encode()
        place = place[key]


INSIDE: dict[str, Callable[[bytes, Rng], bytes]] = {
    ".npz": in_archive,
    ".safetensors": in_header,
    ".json": in_values,
    ".onnx": mutated,
}


def main(ending: str, count: int) -> None:
    """Print how many opened and how many were refused, the slowest, and the growth of memory."""
    rng = np.random.default_rng(0)
    files = seeds(ending)
    found = {"opened": 0, "refused": 0}
    slowest = before = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"model{ending}")
        for number in range(count + len(files)):
            content = files[number % len(files)]
            if number >= len(files):  # the first ones are whole
                content = (mutated if rng.random() < 0.5 else INSIDE[ending])(content, rng)
            elif number == len(files) - 1:
                before = memory.begin()
            path.write_bytes(content)
            begun = time.perf_counter()
            found[opened_or_refused(path)] += 1
            slowest = max(slowest, time.perf_counter() - begun)
    growth = memory.peak() - before
    measured = {"slowest_seconds": round(slowest, 3), "growth_mib": round(growth, 1)}
    print(json.dumps(found | measured))


def opened_or_refused(path: Path) -> str:
    """ "opened" or "refused"; anything else is shown with the file that it was done to."""
    try:
        load_model(path)
        return "opened"
    except ModelError as error:
        if "\n" in str(error):
            raise AssertionError(f"{error!r} is more than a sentence") from error
        return "refused"
    except BaseException:
        print(path.read_bytes()[:10_000], file=sys.stderr)
        raise


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
