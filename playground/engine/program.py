"""From a stack of layers to flat tables: what the kernels run.

All parameters lie in one flat array, tensor after tensor; one row of an integer table says, per
layer, what it does and where its tensors and its activations are. Nothing is compiled for a
network, so changing it costs microseconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import Xavier
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.losses import LOSSES, output_activation

# Columns of the table. WEIGHT and BIAS of a norm are its γ and β; STATS is where its running means
# and then variances are among the buffers. TRAINED: whether its parameters change.
KIND, INPUTS, UNITS, ACTIVATION, WEIGHT, BIAS, INPUT_ROW, ROW, STATS, TRAINED = range(10)
COLUMNS = 10
# Kinds
DENSE, DROPOUT, BATCH_NORM, LAYER_NORM = range(4)
SOFTMAX = -1  # as ACTIVATION of an output layer

# How the output layer and the loss meet
PLAIN, FUSED, SOFTMAX_PLAIN, SOFTMAX_CROSS_ENTROPY = range(4)

_KINDS = {Dense: DENSE, Dropout: DROPOUT, BatchNorm: BATCH_NORM, LayerNorm: LAYER_NORM}
_ACTIVATION_PLACES = {name: place for place, name in enumerate(ACTIVATIONS)} | {"softmax": SOFTMAX}
LOSS_PLACES = {name: place for place, name in enumerate(LOSSES)}

INITIAL_WEIGHTS = 0x1417  # names the purpose of a random generator made from the seed
# A tile's activations should stay near the processor: at most so many numbers of each kind.
TILE_NUMBERS = 2**14
TILES = (512, 256, 128, 64)
# So many parameters leave the caches, and are fetched again for every tile: tiles are longer then.
MANY_PARAMETERS = 2**20
LONG_TILE = 128


def module_names(layers: Sequence[Layer]) -> list[str]:
    """The place of each layer in a `torch.nn.Sequential`, as its tensors' names begin.

    A dense layer is two modules there, a Linear and its activation: "0", "2", "4", ….
    """
    names, place = [], 0
    for layer in layers:
        names.append(str(place))
        place += 2 if isinstance(layer, Dense) else 1
    return names


@dataclass(frozen=True)
class Tensor:
    """A named slice of a flat array."""

    name: str
    start: int
    shape: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.start + math.prod(self.shape)

    def of(self, flat: np.ndarray) -> np.ndarray:
        """The tensor as a view into a flat array laid out like the parameters."""
        return flat[self.start : self.end].reshape(self.shape)


@dataclass(frozen=True)
class Program:
    """A network as the kernels see it.

    table: (layers, 10) int64, a row per layer with the columns above. numbers: (layers, 2) float64,
    the rate of a dropout; ε and momentum of a norm. spans: (n, 2) int64, the ranges of parameters
    that training changes. `rows` counts the rows of activations: the features, then each layer's
    units, one row each (a layer norm has one more). `head` is how output and loss meet. `buffers`
    are the running means and variances of batch norms.
    """

    layers: tuple[Layer, ...]  # the output layer included
    table: np.ndarray
    numbers: np.ndarray
    spans: np.ndarray
    tensors: tuple[Tensor, ...]
    buffers: tuple[Tensor, ...]
    size: int
    buffer_size: int
    rows: int
    head: int
    loss: int

    @property
    def features(self) -> int:
        return int(self.table[0, INPUTS])

    @property
    def outputs(self) -> int:
        return int(self.table[-1, UNITS])

    @property
    def names(self) -> list[str]:
        """How the names of each layer's tensors begin."""
        return module_names(self.layers)

    @property
    def tensor_names(self) -> list[str]:
        """Every tensor's name, layer by layer, as a state dict of PyTorch lists them."""
        tensors = (*self.tensors, *self.buffers)
        return [
            tensor.name
            for name in self.names
            for tensor in tensors
            if tensor.name.partition(".")[0] == name
        ]

    @property
    def units(self) -> tuple[int, ...]:
        """How many numbers each layer gives for a sample."""
        return tuple(int(units) for units in self.table[:, UNITS])

    @property
    def couples_samples(self) -> bool:
        """Whether a sample's output in training depends on the others of its batch."""
        return bool(np.any((self.table[:, KIND] == BATCH_NORM) & (self.table[:, TRAINED] == 1)))

    @property
    def one_loss_per_sample(self) -> bool:
        """Whether a loss is that of a sample, rather than of each of its outputs."""
        return self.head == SOFTMAX_CROSS_ENTROPY

    @property
    def tile(self) -> int:
        """How many samples go through the layers together."""
        fitting = (tile for tile in TILES if tile * self.rows <= TILE_NUMBERS)
        return next(fitting, LONG_TILE if self.size > MANY_PARAMETERS else TILES[-1])

    def first_parameters(self, seed: int) -> np.ndarray:
        """New parameters, drawn by each layer's initializer: (size,) float64.

        Each dense layer draws from a generator of its own, so that a layer's first weights do not
        depend on the layers before it.
        """
        flat = np.zeros(self.size)
        dense = 0
        for layer, row in zip(self.layers, self.table, strict=True):
            weight = slice(row[WEIGHT], row[BIAS])
            if isinstance(layer, Dense):
                rng = np.random.default_rng([seed, INITIAL_WEIGHTS, dense])
                flat[weight] = layer.initializer.weights(rng, row[UNITS], row[INPUTS]).ravel()
                dense += 1
            else:
                flat[weight] = 1.0
        return flat

    def first_buffers(self) -> np.ndarray:
        """Running means of 0 and variances of 1: (buffer_size,) float64."""
        flat = np.zeros(self.buffer_size)
        for tensor in self.buffers[1::2]:
            tensor.of(flat)[:] = 1.0
        return flat


def compile_program(
    features: int, hidden: Sequence[Layer], outputs: int, loss: str, task: str
) -> Program:
    """Lay out a network of `hidden` layers and the output layer that the task and loss ask for."""
    activation = output_activation(loss, task)
    dense = [layer for layer in hidden if isinstance(layer, Dense)]
    layers = (*hidden, Dense(outputs, activation, dense[-1].initializer if dense else Xavier()))
    table = np.zeros((len(layers), COLUMNS), np.int64)
    numbers = np.zeros((len(layers), 2))
    tensors, buffers = [], []
    start, stats, inputs, input_row, row = 0, 0, features, 0, features
    for index, (layer, name) in enumerate(zip(layers, module_names(layers), strict=True)):
        units = layer.units if isinstance(layer, Dense) else inputs
        own = _tensors(layer, name, start, units, inputs)
        place = _ACTIVATION_PLACES[layer.activation] if isinstance(layer, Dense) else 0
        weight, bias = (each.start for each in own) if own else (start, start)
        trained = bool(own) and not getattr(layer, "frozen", False)
        table[index] = (
            _KINDS[type(layer)], inputs, units, place, weight, bias, input_row, row, stats, trained
        )  # fmt: skip
        numbers[index] = _numbers(layer)
        if isinstance(layer, BatchNorm):
            buffers += [
                Tensor(f"{name}.running_{what}", stats + k * units, (units,))
                for k, what in enumerate(("mean", "var"))
            ]
            stats = buffers[-1].end
        tensors += own
        start = own[-1].end if own else start
        inputs, input_row = units, row
        row += units + isinstance(layer, LayerNorm)
    if activation == "softmax":
        head = SOFTMAX_CROSS_ENTROPY if loss == "cross_entropy" else SOFTMAX_PLAIN
    else:
        head = FUSED if LOSSES[loss].fused else PLAIN
    return Program(
        layers, table, numbers, _trained_spans(table), tuple(tensors), tuple(buffers), start, stats,
        row, head, LOSS_PLACES[loss],
    )  # fmt: skip


def _tensors(layer: Layer, name: str, start: int, units: int, inputs: int) -> list[Tensor]:
    if isinstance(layer, Dropout):
        return []
    shape = (units, inputs) if isinstance(layer, Dense) else (units,)
    weight = Tensor(f"{name}.weight", start, shape)
    return [weight, Tensor(f"{name}.bias", weight.end, (units,))]


def _numbers(layer: Layer) -> tuple[float, float]:
    match layer:
        case Dropout(rate):
            return rate, 0.0
        case BatchNorm(momentum, eps):
            return eps, momentum
        case LayerNorm(eps):
            return eps, 0.0
    return 0.0, 0.0


def _trained_spans(table: np.ndarray) -> np.ndarray:
    """The ranges of trained parameters, neighbours in one: (n, 2)."""
    spans: list[list[int]] = []
    for row in table[table[:, TRAINED] == 1]:
        start, end = int(row[WEIGHT]), int(row[BIAS] + row[UNITS])
        if spans and spans[-1][1] == start:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    return np.array(spans, np.int64).reshape(-1, 2)


def matches(old: Program, new: Program) -> list[tuple[int, int]]:
    """Pairs of places of layers that are each other's counterparts, the output layers among them.

    Layers that both stacks begin or end with are matched; where the layers between them are only in
    another order, each with itself; else in order and of one type.
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
    pairs = [(k, k) for k in range(ahead)]
    pairs += _moved(old, new, ahead, middle) or [(k, k) for k in range(ahead, ahead + middle)]
    pairs += [(last_old - k, last_new - k) for k in range(behind)]
    return [(a, b) for a, b in pairs if type(old.layers[a]) is type(new.layers[b])]


def _moved(old: Program, new: Program, first: int, count: int) -> list[tuple[int, int]]:
    """Pairs of the same layer in two orders of `count` layers; none where they are not the same."""
    left = list(range(first, first + count))
    pairs: list[tuple[int, int]] = []
    for b in range(first, first + count):
        a = next((a for a in left if old.layers[a] == new.layers[b]), None)
        if a is None or len(old.layers) != len(new.layers):
            return []
        left.remove(a)
        pairs.append((a, b))
    return pairs


def carry_over(
    old: Program, old_flat: np.ndarray, new: Program, new_flat: np.ndarray, kept: list[int]
) -> None:
    """Copy into `new_flat` the parameters of `old_flat` that still fit.

    A matched layer keeps the units and inputs that both have. kept[f] is the old place of the first
    layer's input f, or -1.
    """
    here = [f for f, place in enumerate(kept) if place >= 0]
    for a, b in matches(old, new):
        for source, target in zip(
            _of_layer(old.tensors, old, a), _of_layer(new.tensors, new, b), strict=True
        ):
            was, now = source.of(old_flat), target.of(new_flat)
            units = min(len(was), len(now))
            if was.ndim == 1:
                now[:units] = was[:units]
            elif a == 0 and b == 0:
                now[:units, here] = was[:units, [kept[f] for f in here]]
            else:
                inputs = min(was.shape[1], now.shape[1])
                now[:units, :inputs] = was[:units, :inputs]


def carry_buffers(old: Program, old_flat: np.ndarray, new: Program, new_flat: np.ndarray) -> None:
    """Copy into `new_flat` the running means and variances of `old_flat` that still fit."""
    for a, b in matches(old, new):
        for source, target in zip(
            _of_layer(old.buffers, old, a), _of_layer(new.buffers, new, b), strict=True
        ):
            units = min(source.shape[0], target.shape[0])
            target.of(new_flat)[:units] = source.of(old_flat)[:units]


def _of_layer(tensors: tuple[Tensor, ...], program: Program, layer: int) -> list[Tensor]:
    name = program.names[layer]
    return [tensor for tensor in tensors if tensor.name.partition(".")[0] == name]
