"""The tensors of a `torch.nn.Sequential` that was saved without anything beside them.

Names say the places of modules: "0.weight", "0.bias", "2.weight", …. What has no tensors, as an
activation or a dropout, has left a gap there.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from playground.engine.layers import BatchNorm, Dense, Layer, LayerNorm
from playground.export.errors import ModelError
from playground.export.model import NUMBER_FORMATS
from playground.export.stack import UNKNOWN, Stack
from playground.sentence import Sentence

Declared = Mapping[str, tuple[tuple[int, ...], str]]

_NAME = re.compile(r"(.*\.)?(\d{1,6})\.(weight|bias|running_mean|running_var)")
_COUNT = "num_batches_tracked"
_NORM = {"weight", "bias"}
_BATCH_NORM = _NORM | {"running_mean", "running_var"}


def check_state_dict(declared: Declared) -> None:
    """Raise `ModelError` unless these are tensors of a Sequential, by their names and formats."""
    prefixes = set()
    for name, (shape, number) in declared.items():
        if name.rpartition(".")[2] == _COUNT:
            continue
        found = _NAME.fullmatch(name)
        if not found or not 1 <= len(shape) <= 2 or 0 in shape:
            raise _misfit(name, shape)
        if number not in NUMBER_FORMATS:
            raise ModelError(
                '"{name}" holds {number} numbers; only float32 and float64 can be used',
                name=name[:60],
                number=number,
            )
        prefixes.add(found[1])
    if len(prefixes) != 1:
        raise ModelError("it holds no playground experiment, and no torch.nn.Sequential")


def stack_of(tensors: Mapping[str, np.ndarray]) -> Stack:
    """The layers of a Sequential, in the order of their places.

    Raises `ModelError` naming the tensor that does not fit.
    """
    modules: dict[int, dict[str, np.ndarray]] = {}
    names: dict[int, str] = {}
    for name, array in tensors.items():
        if found := _NAME.fullmatch(name):
            modules.setdefault(int(found[2]), {})[found[3]] = array
            names[int(found[2])] = name.rpartition(".")[0]
    places = sorted(modules)
    notices: dict[Sentence, None] = {}
    layers = []
    units = 0
    for place, after in pairwise([*places, places[-1] + 1]):
        parts, name = modules[place], names[place]
        layer = _layer(name, parts, after - place > 1, place == places[-1])
        if units not in (0, parts["weight"].shape[-1]):
            raise _misfit(f"{name}.weight", parts["weight"].shape)
        units = parts["weight"].shape[0]
        if "bias" not in parts:
            parts["bias"] = np.zeros(units, parts["weight"].dtype)
            notices[Sentence("A layer without a bias got one of 0.")] = None
        if isinstance(layer, BatchNorm | LayerNorm):
            notice = "ε and momentum of norms are not in the file: PyTorch's own are taken."
            notices[Sentence(notice)] = None
            _check_gap(name, after - place > 1, layers)
        layers.append((layer, parts))
    if not isinstance(layers[-1][0], Dense):
        raise ModelError("its last layer is a norm; here it is a dense one")
    return Stack(tuple(layers), notices=tuple(notices))


def _layer(name: str, parts: Mapping[str, np.ndarray], gap: bool, last: bool) -> Layer:
    weight = parts.get("weight")
    if weight is not None and weight.ndim == 2 and parts.keys() <= _NORM:
        if "bias" in parts and parts["bias"].shape != weight.shape[:1]:
            raise _misfit(f"{name}.bias", parts["bias"].shape)
        return Dense(len(weight), UNKNOWN if gap or last else "linear")
    for part, array in parts.items():
        if weight is None or array.shape != weight.shape:
            raise _misfit(f"{name}.{part}", array.shape)
    for layer, needed in ((BatchNorm(), _BATCH_NORM), (LayerNorm(), _NORM)):
        if parts.keys() == needed:
            return layer
    part = next(iter(parts))
    raise _misfit(f"{name}.{part}", parts[part].shape)


def _check_gap(name: str, gap: bool, layers: list[tuple[Layer, dict[str, np.ndarray]]]) -> None:
    """After a norm a gap is a dropout only if the dense layer before has had its activation."""
    before = layers[-1][0] if layers else None
    if gap and isinstance(before, Dense) and before.activation != UNKNOWN:
        raise ModelError(
            'what follows "{name}" is not in the file, and an activation after a norm is '
            "no layer that is known here; activations belong to dense layers",
            name=name,
        )


def _misfit(name: str, shape: tuple[int, ...]) -> ModelError:
    message = '"{name}" of shape {shape} is no part of a layer that fits here'
    return ModelError(message, name=name[:60], shape=tuple(shape))
