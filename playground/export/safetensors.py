"""The playground's own model file: named tensors and a description, nothing that runs.

`load_state_dict` of a `torch.nn.Sequential` takes the tensors, `strict` as it is by default. What
PyTorch has beside them is the count `num_batches_tracked` of a BatchNorm1d. It is not in the file:
PyTorch takes a state without it, from before there was one, and only reads it to average all
batches alike (`momentum=None`), which no batch norm here does.
"""

import struct
from pathlib import Path

import numpy as np

from playground.export import state_dict
from playground.export.description import MOST_CHARACTERS, Description
from playground.export.errors import ModelError
from playground.export.format import Format
from playground.export.model import Model, check_tensors
from playground.export.stack import Stack

# The description stands in the header as a JSON text inside JSON, where every quote takes two
# characters.
MOST_HEADER_BYTES = 2 * MOST_CHARACTERS
NUMBER_FORMATS = {"F32": "float32", "F64": "float64"}


def encode(model: Model) -> bytes:
    """The file's content, the same for the same model.

    The arrays are contiguous, as safetensors needs and does not check; a second text beside the
    description would stand before it or after it, as chance has it.
    """
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(array) for name, array in model.parameters.items()}
    return save(tensors, {"playground": model.description.to_json()})


def read(path: Path) -> Model | Stack:
    """Open a file that `encode` made, or the state of a `torch.nn.Sequential`.

    Raises `ModelError`.
    The sizes that the file declares are held against its own size by safetensors, and against the
    network it describes here, before a tensor is read.
    """
    from safetensors import SafetensorError, safe_open

    _check_header_length(path)
    try:
        with safe_open(path, framework="numpy") as file:
            described = (file.metadata() or {}).get("playground")
            names = list(file.keys())
            slices = {name: file.get_slice(name) for name in names}
            declared = {
                name: (tuple(each.get_shape()), _number_format(each.get_dtype()))
                for name, each in slices.items()
            }
            if described is None:
                state_dict.check_state_dict(declared)
                return state_dict.stack_of({name: file.get_tensor(name) for name in names})
            description = Description.from_json(described)
            check_tensors(description.shapes(), declared)
            return Model(description, {name: file.get_tensor(name) for name in names})
    except SafetensorError as error:
        raise ModelError("it is damaged, or not a safetensors file") from error


def _number_format(code: str) -> str:
    return NUMBER_FORMATS.get(code, code)


def _check_header_length(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if len(start) < 8:
        raise ModelError("it is too short for a safetensors file")
    (length,) = struct.unpack("<Q", start)
    if length > min(MOST_HEADER_BYTES, path.stat().st_size - 8):
        raise ModelError("it is damaged, or not a safetensors file (its header is too long)")


FORMAT = Format(
    ending=".safetensors",
    label="Playground model",
    about="Weights under PyTorch's names, and the experiment; opens again, and loads in PyTorch",
    encode=encode,
    read=read,
)
