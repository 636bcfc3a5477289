"""JSON: the experiment and every number of the network as text, for people and for any language.

The description's fields stand beside "tensors": {"0.weight": {"dtype": "float32", "values":
[[…], …]}, …}. Each number is the shortest text that gives it back bit for bit.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from playground.export.description import Description, plain_values
from playground.export.digits import rows
from playground.export.errors import ModelError
from playground.export.format import Format
from playground.export.model import NUMBER_FORMATS, Model, check_tensors

MOST_BYTES = 96 * 2**20
_TENSORS = re.compile(rb'"tensors"\s*:')


def encode(model: Model) -> bytes:
    """The file's content, a line for each row of weights."""
    described = json.dumps(json.loads(model.description.to_json()), indent=2)
    tensors = ",\n".join(
        f'    {json.dumps(name)}: {{"dtype": "{array.dtype.name}", "values": {_values(array)}}}'
        for name, array in model.parameters.items()
    )
    return f'{described[:-2]},\n  "tensors": {{\n{tensors}\n  }}\n}}\n'.encode()


def _values(array: np.ndarray) -> str:
    lines = [f"[{', '.join(row)}]" for row in rows(array)]
    return lines[0] if array.ndim == 1 else "[\n      " + ",\n      ".join(lines) + "\n    ]"


def is_model(path: Path) -> bool:
    """Whether a JSON file holds a model rather than an experiment."""
    with path.open("rb") as file:
        return _TENSORS.search(file.read(MOST_BYTES)) is not None


def read(path: Path) -> Model:
    """Open a file that `encode` made, or one laid out alike. Raises `ModelError`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError("it is damaged, or not JSON") from None
    plain = plain_values(text, "it is damaged, or not JSON")
    if not isinstance(plain, dict) or not isinstance(plain.get("tensors"), dict):
        raise ModelError('it has no "tensors", so it is not a model')
    tensors: dict[str, Any] = plain.pop("tensors")
    description = Description.from_plain(plain)
    arrays = {name: _array(name, tensor) for name, tensor in tensors.items()}
    declared = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
    check_tensors(description.shapes(), declared)
    return Model(description, arrays)


def _array(name: str, tensor: object) -> np.ndarray:
    if not isinstance(tensor, dict) or tensor.keys() != {"dtype", "values"}:
        raise ModelError('"{name}" is not an object with "dtype" and "values"', name=name[:40])
    if tensor["dtype"] not in NUMBER_FORMATS:
        one, other = NUMBER_FORMATS
        raise ModelError(
            'the "dtype" of "{name}" is neither {one} nor {other}',
            name=name[:40],
            one=one,
            other=other,
        )
    try:
        with np.errstate(over="ignore"):  # an infinity is refused by the model
            return np.array(tensor["values"], np.float64).astype(tensor["dtype"])
    except (ValueError, TypeError, OverflowError):
        raise ModelError('"{name}" is not a table of numbers', name=name[:40]) from None


FORMAT = Format(
    ending=".json",
    label="JSON",
    about="Experiment and weights as text, for people and any language; opens here again",
    encode=encode,
    read=read,
    text=True,
)
