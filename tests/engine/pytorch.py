"""The network of a trainer in PyTorch, and steps of training as PyTorch makes them."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground import Trainer
from playground.engine import optimizers
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm
from playground.engine.optimizers import Optimizer
from playground.experiment import Experiment
from playground.fields import to_dict, type_name
from tests.engine.oracle import dropout_mask

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda z: z,
    "threshold": lambda z: (z > 0).to(z.dtype) + 0 * z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "softplus": lambda z: functional.softplus(z, threshold=700.0),
    "softsign": functional.softsign,
    "sine": torch.sin,
}
ELEMENTWISE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": lambda a, y: (a - y) ** 2,
    "mae": lambda a, y: torch.abs(a - y),
    "huber": lambda a, y: functional.huber_loss(a, y, reduction="none"),
}
FROM_SCORES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "binary_cross_entropy": lambda z, y: functional.binary_cross_entropy_with_logits(
        z, y, reduction="none"
    ),
    "cross_entropy": lambda z, y: functional.binary_cross_entropy_with_logits(
        z, y, reduction="none"
    ),
    "hinge": lambda z, y: torch.relu(1 - (2 * y - 1) * z),
    "perceptron": lambda z, y: torch.relu(-(2 * y - 1) * z),
}
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": lambda parameters, **own: torch.optim.SGD(parameters, nesterov=True, **own),
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class Activation(nn.Module):
    """One of the above as a module."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.function = ACTIVATIONS[name]

    def forward(self, z: Tensor) -> Tensor:
        return self.function(z)


class Masked(nn.Module):
    """A dropout with the mask that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.mask = torch.ones(())

    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask if self.training else x


def optimizer_of(settings: Optimizer, parameters: list[Tensor]) -> torch.optim.Optimizer:
    """PyTorch's optimizer of the same settings."""
    own = to_dict(settings)
    name = type_name(settings, optimizers.OPTIMIZERS)
    return OPTIMIZERS[name](parameters, lr=own.pop("learning_rate"), **own)


def modules_of(layer: Layer, inputs: int) -> list[nn.Module]:
    match layer:
        case Dense():
            return [nn.Linear(inputs, layer.units), Activation(layer.activation)]
        case Dropout():
            return [Masked()]
        case BatchNorm():
            return [nn.BatchNorm1d(inputs, layer.eps, layer.momentum)]
        case LayerNorm():
            return [nn.LayerNorm(inputs, layer.eps)]


class Twin:
    """PyTorch's network with a trainer's first weights, trained on the batches it is told."""

    def __init__(self, trainer: Trainer) -> None:
        self.experiment = trainer.experiment
        self.x, self.y = (torch.from_numpy(each) for each in trainer.data("train"))
        inputs, modules = self.x.shape[1], []
        frozen: list[nn.Module] = []
        self.dropouts: list[tuple[int, Dropout, int, Masked]] = []
        for place, layer in enumerate(self.experiment.layers):
            new = modules_of(layer, inputs)
            inputs = layer.units if isinstance(layer, Dense) else inputs
            if isinstance(layer, Dropout):
                self.dropouts.append((place, layer, inputs, new[0]))
            elif layer.frozen:
                frozen += new
            modules += new
        outputs = len(trainer.outputs(self.x[:1].numpy()))
        self.model = nn.Sequential(*modules, nn.Linear(inputs, outputs)).double()
        tensors = {name: torch.from_numpy(each) for name, each in trainer.parameters.items()}
        missing = self.model.load_state_dict(tensors, strict=False)
        assert not missing.unexpected_keys
        self.model.train()
        for module in frozen:
            module.requires_grad_(False).eval()
        self.weights = [
            module.weight
            for module in self.model
            if isinstance(module, nn.Linear) and module.weight.requires_grad
        ]
        self.trained = [each for each in self.model.parameters() if each.requires_grad]
        self.optimizer = optimizer_of(self.experiment.optimizer, self.trained)

    def step(self, step: int, batch: np.ndarray) -> None:
        """One update from the samples of a batch; `step` counts from 0."""
        regularization = self.experiment.regularization
        for place, layer, units, module in self.dropouts:
            mask = dropout_mask(self.experiment.seed, step, place, units, len(batch), layer.rate)
            module.mask = torch.from_numpy(mask)
        self.optimizer.zero_grad()
        loss = mean_loss(self.experiment, self.model(self.x[batch]), self.y[batch])
        for weight in self.weights:
            loss = loss + regularization.l1 * weight.abs().sum()
            loss = loss + regularization.l2 / 2 * (weight**2).sum()
        loss.backward()
        if regularization.clip_value:
            nn.utils.clip_grad_value_(self.trained, regularization.clip_value)
        if regularization.clip_norm:
            nn.utils.clip_grad_norm_(self.trained, regularization.clip_norm)
        with torch.no_grad():
            for weight in self.weights:
                rate = self.optimizer.param_groups[0]["lr"]
                weight *= 1 - rate * regularization.weight_decay
            self.optimizer.step()
            for weight in self.weights if regularization.max_norm else ():
                lengths = weight.norm(dim=1, keepdim=True)
                weight *= torch.clamp(regularization.max_norm / lengths, max=1.0)

    def tensors(self) -> dict[str, np.ndarray]:
        """Every parameter and running statistic by name."""
        return {
            name: each.detach().numpy().copy()
            for name, each in self.model.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }


def mean_loss(experiment: Experiment, z: Tensor, y: Tensor) -> Tensor:
    """The loss over a batch: z (n, outputs) of the output layer, y as a trainer's `data` has it."""
    loss, task, smoothing = experiment.loss, experiment.task, experiment.label_smoothing
    if task == "regression":
        return ELEMENTWISE[loss](z, y).mean()
    classes = 2 if task == "binary" else z.shape[1]
    weights = torch.tensor(experiment.class_weights or (1.0,) * classes, dtype=z.dtype)
    if task == "classes" and loss == "cross_entropy":
        return functional.cross_entropy(z, y, weights, label_smoothing=smoothing)
    if task == "classes":
        shares, a = functional.one_hot(y, classes).to(z.dtype), torch.softmax(z, 1)
    else:
        shares = (y.to(z.dtype) * (1 - smoothing) + smoothing / 2)[:, None]
        a = torch.sigmoid(z)
    errors = ELEMENTWISE[loss](a, shares) if loss in ELEMENTWISE else FROM_SCORES[loss](z, shares)
    each = weights[y][:, None]
    return (errors * each).sum() / (each.sum() * z.shape[1])


def trained_together(trainer: Trainer, steps: int) -> Twin:
    """Train a trainer, step by step, and its twin on the same batches."""
    twin = Twin(trainer)
    for _ in range(steps):
        first, step = trainer.network.position, trainer.step
        assert trainer.advance(steps=1) == 1
        batch = trainer.network._order[first : first + trainer.experiment.batch_size]
        twin.step(step, batch)
    return twin


def difference(trainer: Trainer, expected: dict[str, np.ndarray]) -> float:
    """The largest difference of a tensor from what is expected, of the largest number in it.

    Biases of less than a thousandth are on their way through 0, and measured by a thousandth.
    """
    found = trainer.parameters
    assert list(found) == list(expected)
    return max(
        float(np.abs(found[name] - each).max() / max(np.abs(each).max(), 1e-3))
        for name, each in expected.items()
    )
