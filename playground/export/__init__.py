"""Trained networks out of the program and in again, one module per format.

Whatever is saved is written beside the old file, read back, and held against the network's own
predictions before it takes the old file's place.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.experiment import SUFFIX, Experiment
from playground.export import (
    atomic,
    c,
    json,
    keras_script,
    npz,
    numpy_script,
    onnx,
    safetensors,
    torch_script,
)
from playground.export.errors import ExportError, ModelError
from playground.export.format import Format, UncheckedError
from playground.export.model import Model
from playground.export.stack import DEFAULT_ACTIVATION, Stack, adopt
from playground.export.verify import Saved, compare, random_inputs
from playground.sentence import Sentence, reason_of

__all__ = [
    "FORMATS",
    "ExportError",
    "Format",
    "Model",
    "ModelError",
    "Saved",
    "format_of",
    "holds_model",
    "load_model",
    "save_model",
]

Predict = Callable[[np.ndarray], np.ndarray]
FORMATS: dict[str, Format] = {
    module.FORMAT.ending: module.FORMAT
    for module in (safetensors, npz, json, onnx, numpy_script, torch_script, keras_script, c)
}
MOST_BYTES = 96 * 2**20
_NOT_OPENED = '"{name}" cannot be opened: {why}'


def format_of(path: str | Path) -> Format | None:
    """The format that a file's name asks for by its ending; None for an experiment's."""
    name = Path(path).name.lower()
    if name.endswith(SUFFIX):
        return None
    endings = [ending for ending in FORMATS if name.endswith(ending)]
    return FORMATS[max(endings, key=len)] if endings else None


def save_model(model: Model, path: str | Path, predict: Predict | None = None) -> Saved:
    """Write a model in the format that the path's ending names, and read it back.

    The file must predict what `predict` does for raw inputs: the trainer's own, where there is one,
    else the model's.
    Raises `ExportError`, in one sentence, when it cannot be written or does not predict the same; a
    file that was there before is then still the same.
    """
    path = Path(path)
    chosen = format_of(path)
    if chosen is None:
        raise ExportError(
            '"{name}" has no ending that says the format; use {formats}',
            name=path.name,
            formats=_listed(list(FORMATS)),
        )
    x = random_inputs(model)
    content = chosen.encode(model)
    expected = (predict or model.predict)(x)

    def check(fresh: Path) -> Saved:
        if chosen.predict is None:
            back = chosen.read(fresh) if chosen.read else None
            if not isinstance(back, Model):
                raise ModelError("it has lost its experiment")
            return compare(path, model, x, expected, back.predict(x), back.same_as(model))
        try:
            return compare(path, model, x, expected, chosen.predict(fresh, x))
        except UncheckedError as reason:
            if fresh.read_bytes() != content:
                raise ModelError("it is not what was written") from None
            return Saved(path, 0, 0.0, reason.sentence)

    try:
        return atomic.write(path, content, check)
    except ModelError as error:
        message = "{name} was not saved: read back, {why}"
        raise ExportError(message, name=path.name, why=error.sentence) from error


def holds_model(path: str | Path) -> bool:
    """Whether a file is to be opened as a model, not as an experiment: by its ending, and where
    that is .json by its content. Raises `OSError`.
    """
    chosen = format_of(path)
    if chosen is json.FORMAT:
        return json.is_model(Path(path))
    return chosen is not None and chosen.read is not None


def load_model(
    path: str | Path, like: Experiment | None = None, activation: str = DEFAULT_ACTIVATION
) -> Model:
    """Open a saved model, or a network that another program saved.

    The latter is given the data of `like` where they fit it, else some that do, and the activation
    where its file does not say one; `Model.notices` say what was assumed.
    Raises `ModelError`, in one sentence.
    """
    path = Path(path)
    chosen = format_of(path)
    if chosen is None or chosen.read is None:
        endings = [ending for ending, each in FORMATS.items() if each.read]
        raise ModelError(
            '"{name}" cannot be opened; models open from {endings} files',
            name=path.name,
            endings=_listed(endings),
        )
    try:
        if not path.is_file():
            raise ModelError("it is a folder" if path.is_dir() else "there is no such file")
        if path.stat().st_size > MOST_BYTES:
            raise ModelError("it is too large for a model")
        model = chosen.read(path)
        if isinstance(model, Stack):
            return adopt(model, like, activation)
        return replace(model, description=model.description.located(path.parent))
    except ModelError as error:
        raise ModelError(_NOT_OPENED, name=path.name, why=error.sentence) from error
    except OSError as error:
        raise ModelError(_NOT_OPENED, name=path.name, why=reason_of(error)) from error


def _listed(endings: list[str]) -> Sentence:
    *others, last = endings
    return Sentence("{others} or {last}", others=", ".join(others), last=last)
