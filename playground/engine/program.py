"""From a stack of layers to flat tables: what the kernels run.

All parameters lie in one flat array, tensor after tensor; one row of an integer table says, per
layer, where its tensors and its activations are. Nothing is compiled for a network, so changing it
costs microseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import Xavier
from playground.engine.layers import Dense
from playground.engine.losses import LOSSES, output_activation

# Columns of the table
INPUTS, UNITS, ACTIVATION, WEIGHT, BIAS, INPUT_ROW, ROW = range(7)
SOFTMAX = -1  # as ACTIVATION of an output layer

# How the output layer and the loss meet
PLAIN, FUSED, SOFTMAX_PLAIN, SOFTMAX_CROSS_ENTROPY = range(4)

_ACTIVATION_PLACES = {name: place for place, name in enumerate(ACTIVATIONS)}
LOSS_PLACES = {name: place for place, name in enumerate(LOSSES)}


def parameter_names(layers: int) -> list[tuple[str, str]]:
    """The names of each dense layer's weight and bias, the output layer's last.

    As `torch.nn.Sequential` counts when each Linear is followed by its activation: "0.weight",
    "0.bias", "2.weight", ….
    """
    return [(f"{2 * layer}.weight", f"{2 * layer}.bias") for layer in range(layers)]


@dataclass(frozen=True)
class Tensor:
    """A named slice of the flat parameter array."""

    name: str
    start: int
    shape: tuple[int, ...]

    def of(self, flat: np.ndarray) -> np.ndarray:
        """The tensor as a view into a flat array laid out like the parameters."""
        return flat[self.start : self.start + int(np.prod(self.shape))].reshape(self.shape)


@dataclass(frozen=True)
class Program:
    """A network as the kernels see it.

    table: (layers, 7) int64, a row per dense layer with the columns above. `rows` counts the rows
    of activations: the features, then each layer's units, one row each. `head` is how output and
    loss meet.
    """

    layers: tuple[Dense, ...]  # the output layer included
    table: np.ndarray
    tensors: tuple[Tensor, ...]
    size: int
    rows: int
    head: int
    loss: int

    @property
    def features(self) -> int:
        return int(self.table[0, INPUTS])

    @property
    def outputs(self) -> int:
        return int(self.table[-1, UNITS])

    def first_parameters(self, seed: int) -> np.ndarray:
        """New parameters, drawn by each layer's initializer: (size,) float64.

        Each layer draws from a generator of its own, so that a layer's first weights do not depend
        on the layers before it.
        """
        flat = np.zeros(self.size)
        for index, layer in enumerate(self.layers):
            weight = self.tensors[2 * index]
            rng = np.random.default_rng([seed, INITIAL_WEIGHTS, index])
            weight.of(flat)[:] = layer.initializer.weights(rng, *weight.shape)
        return flat


INITIAL_WEIGHTS = 0x1417  # names the purpose of a random generator made from the seed


def compile_program(
    features: int, hidden: Sequence[Dense], outputs: int, loss: str, task: str
) -> Program:
    """Lay out a network of `hidden` layers and the output layer that the task and loss ask for."""
    activation = output_activation(loss, task)
    initializer = hidden[-1].initializer if hidden else Xavier()
    layers = (*hidden, Dense(outputs, activation, initializer))
    table = np.zeros((len(layers), 7), np.int64)
    tensors = []
    start, inputs, row = 0, features, features
    for index, (layer, names) in enumerate(zip(layers, parameter_names(len(layers)), strict=True)):
        weight = Tensor(names[0], start, (layer.units, inputs))
        bias = Tensor(names[1], start + layer.units * inputs, (layer.units,))
        place = SOFTMAX if layer.activation == "softmax" else _ACTIVATION_PLACES[layer.activation]
        table[index] = inputs, layer.units, place, weight.start, bias.start, row - inputs, row
        tensors += [weight, bias]
        start = bias.start + layer.units
        inputs = layer.units
        row += layer.units
    if activation == "softmax":
        head = SOFTMAX_CROSS_ENTROPY if loss == "cross_entropy" else SOFTMAX_PLAIN
    else:
        head = FUSED if LOSSES[loss].fused else PLAIN
    return Program(layers, table, tuple(tensors), start, row, head, LOSS_PLACES[loss])


def carry_over(
    old: Program, old_flat: np.ndarray, new: Program, new_flat: np.ndarray, kept: list[int]
) -> None:
    """Copy into `new_flat` what of `old_flat` still fits.

    Layers that both stacks begin or end with are matched; between them, in order. A matched layer
    keeps the units and inputs that both have. kept[f] is the old place of the first layer's input
    f, or -1.
    """
    last_old, last_new = len(old.layers) - 1, len(new.layers) - 1
    ahead = 0
    while ahead < min(last_old, last_new) and old.layers[ahead] == new.layers[ahead]:
        ahead += 1
    behind = 1  # the output layers are each other's counterparts
    while (
        behind <= min(last_old, last_new) - ahead
        and old.layers[last_old - behind] == new.layers[last_new - behind]
    ):
        behind += 1
    middle = min(last_old, last_new) - ahead - behind + 1
    pairs = [(k, k) for k in range(ahead + middle)]
    pairs += [(last_old - k, last_new - k) for k in range(behind)]
    for a, b in pairs:
        _carry_layer(old, old_flat, new, new_flat, a, b, kept)


def _carry_layer(
    old: Program,
    old_flat: np.ndarray,
    new: Program,
    new_flat: np.ndarray,
    a: int,
    b: int,
    kept: list[int],
) -> None:
    source, target = (
        program.tensors[2 * layer].of(flat)
        for program, layer, flat in ((old, a, old_flat), (new, b, new_flat))
    )
    units = min(source.shape[0], target.shape[0])
    if a == 0 and b == 0:
        here = [f for f, place in enumerate(kept) if place >= 0]
        target[:units, here] = source[:units, [kept[f] for f in here]]
    else:
        inputs = min(source.shape[1], target.shape[1])
        target[:units, :inputs] = source[:units, :inputs]
    new.tensors[2 * b + 1].of(new_flat)[:units] = old.tensors[2 * a + 1].of(old_flat)[:units]
