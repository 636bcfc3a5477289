"""Optimizers, in order of increasing complexity: what each update does to one weight.

An optimizer is three things: a frozen dataclass with PyTorch's parameter names and defaults; a
function `…_constants(step, …)` of its parameters, evaluated once per step in float64; and a
function `…_update(w, g, m, v, …constants)` of one weight `w`, its gradient `g` and its two numbers
of state `m` and `v` (0 before the first step), which gives the new (w, m, v). Both are plain Python
on floats, compiled by `kernels.scalar`; both take and give as many numbers as every other, used or
not.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar

from playground.fields import setting

Numbers = tuple[float, float, float, float, float]
Updated = tuple[float, float, float]


def _learning_rate(default: float) -> Any:
    return setting(
        default,
        "Learning rate",
        minimum=0,
        maximum=100,
        log=True,
        help="How far a step goes along the negative gradient; may change while training",
    )


def _fraction(default: float, label: str, help: str) -> Any:
    return setting(default, label, minimum=0, maximum=1, step=0.01, help=help)


def _eps(default: float) -> Any:
    return setting(default, "ε", minimum=0, maximum=1, log=True, help="Keeps divisions finite")


def sgd_constants(step: float, rate: float, b: float, c: float, d: float, e: float) -> Numbers:
    return rate, 0.0, 0.0, 0.0, 0.0


def sgd_update(
    w: float, g: float, m: float, v: float, rate: float, b: float, c: float, d: float, e: float
) -> Updated:
    return w - rate * g, m, v


@dataclass(frozen=True)
class SGD:
    """Gradient descent: w ← w − η g (Robbins and Monro 1951)."""

    label: ClassVar = "SGD"
    learning_rate: float = _learning_rate(0.001)

    constants: ClassVar = staticmethod(sgd_constants)
    update: ClassVar = staticmethod(sgd_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, 0.0, 0.0, 0.0, 0.0


def momentum_constants(
    step: float, rate: float, momentum: float, c: float, d: float, e: float
) -> Numbers:
    return rate, momentum, 0.0, 0.0, 0.0


def momentum_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    momentum: float,
    c: float,
    d: float,
    e: float,
) -> Updated:
    m = momentum * m + g
    return w - rate * m, m, v


@dataclass(frozen=True)
class Perceptron:
    """w ← w + η y x for the next sample that is put into the wrong class, y = ±1 (Rosenblatt 1958).

    One step is one mistake; the samples that are right are passed over. It is for a single
    threshold unit and the perceptron's loss, whose gradient is −y x on mistakes and 0 elsewhere.
    """

    label: ClassVar = "Perceptron rule"
    learning_rate: float = _learning_rate(1.0)

    constants: ClassVar = staticmethod(sgd_constants)
    update: ClassVar = staticmethod(sgd_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, 0.0, 0.0, 0.0, 0.0


@dataclass(frozen=True)
class Momentum:
    """m ← μ m + g, w ← w − η m (Polyak 1964)."""

    label: ClassVar = "Momentum"
    learning_rate: float = _learning_rate(0.001)
    momentum: float = _fraction(0.9, "μ", "Share of the last update that is kept")

    constants: ClassVar = staticmethod(momentum_constants)
    update: ClassVar = staticmethod(momentum_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.momentum, 0.0, 0.0, 0.0


def nesterov_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    momentum: float,
    c: float,
    d: float,
    e: float,
) -> Updated:
    m = momentum * m + g
    return w - rate * (g + momentum * m), m, v


@dataclass(frozen=True)
class Nesterov:
    """m ← μ m + g, w ← w − η (g + μ m): momentum that looks ahead (Nesterov 1983)."""

    label: ClassVar = "Nesterov"
    learning_rate: float = _learning_rate(0.001)
    momentum: float = _fraction(0.9, "μ", "Share of the last update that is kept")

    constants: ClassVar = staticmethod(momentum_constants)
    update: ClassVar = staticmethod(nesterov_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.momentum, 0.0, 0.0, 0.0


def adagrad_constants(
    step: float, rate: float, rate_decay: float, eps: float, d: float, e: float
) -> Numbers:
    return rate / (1.0 + (step - 1.0) * rate_decay), eps, 0.0, 0.0, 0.0


def adagrad_update(
    w: float, g: float, m: float, v: float, rate: float, eps: float, c: float, d: float, e: float
) -> Updated:
    v = v + g * g
    return w - rate * g / (sqrt(v) + eps), m, v


@dataclass(frozen=True)
class Adagrad:
    """v ← v + g², w ← w − η g / (√v + ε) (Duchi, Hazan and Singer 2011)."""

    label: ClassVar = "Adagrad"
    learning_rate: float = _learning_rate(0.01)
    lr_decay: float = _fraction(0.0, "Decay", "The rate falls as 1 / (1 + decay · step)")
    eps: float = _eps(1e-10)

    constants: ClassVar = staticmethod(adagrad_constants)
    update: ClassVar = staticmethod(adagrad_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.lr_decay, self.eps, 0.0, 0.0


def adadelta_constants(
    step: float, rate: float, rho: float, eps: float, d: float, e: float
) -> Numbers:
    return rate, rho, 1.0 - rho, eps, 0.0


def adadelta_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    rho: float,
    rest: float,
    eps: float,
    e: float,
) -> Updated:
    v = rho * v + rest * g * g
    delta = sqrt(m + eps) / sqrt(v + eps) * g
    m = rho * m + rest * delta * delta
    return w - rate * delta, m, v


@dataclass(frozen=True)
class Adadelta:
    """Δ = √(m + ε) / √(v + ε) g, w ← w − η Δ; v, m: running means of g², Δ² (Zeiler 2012)."""

    label: ClassVar = "Adadelta"
    learning_rate: float = _learning_rate(1.0)
    rho: float = _fraction(0.9, "ρ", "Memory of the running means")
    eps: float = _eps(1e-6)

    constants: ClassVar = staticmethod(adadelta_constants)
    update: ClassVar = staticmethod(adadelta_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.rho, self.eps, 0.0, 0.0


def rmsprop_constants(
    step: float, rate: float, alpha: float, eps: float, momentum: float, e: float
) -> Numbers:
    return rate, alpha, 1.0 - alpha, eps, momentum


def rmsprop_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    alpha: float,
    rest: float,
    eps: float,
    momentum: float,
) -> Updated:
    v = alpha * v + rest * g * g
    m = momentum * m + g / (sqrt(v) + eps)
    return w - rate * m, m, v


@dataclass(frozen=True)
class RMSProp:
    """v ← α v + (1 − α) g², w ← w − η g / (√v + ε) (Hinton 2012, lecture 6e)."""

    label: ClassVar = "RMSProp"
    learning_rate: float = _learning_rate(0.01)
    alpha: float = _fraction(0.99, "α", "Memory of the running mean of g²")
    eps: float = _eps(1e-8)
    momentum: float = _fraction(0.0, "μ", "Share of the last update that is kept")

    constants: ClassVar = staticmethod(rmsprop_constants)
    update: ClassVar = staticmethod(rmsprop_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.alpha, self.eps, self.momentum, 0.0


def adam_constants(
    step: float, rate: float, beta1: float, beta2: float, eps: float, decay: float
) -> Numbers:
    # The bias corrections are folded into the rate and ε, so that the update divides once.
    root = sqrt(1.0 - beta2**step)
    return rate * root / (1.0 - beta1**step), 1.0 - beta1, 1.0 - beta2, eps * root, 0.0


def adam_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    new1: float,
    new2: float,
    eps: float,
    e: float,
) -> Updated:
    m = m + new1 * (g - m)
    v = v + new2 * (g * g - v)
    return w - rate * m / (sqrt(v) + eps), m, v


@dataclass(frozen=True)
class Adam:
    """m, v: running means of g, g², corrected for their start at 0; w ← w − η m̂ / (√v̂ + ε)
    (Kingma and Ba 2015).
    """

    label: ClassVar = "Adam"
    learning_rate: float = _learning_rate(0.001)
    betas: tuple[float, ...] = setting(
        (0.9, 0.999),
        "β₁, β₂",
        minimum=0,
        maximum=0.999999,
        step=0.001,
        many=(2, 2),
        help="Memory of the running means of g and of g²",
    )
    eps: float = _eps(1e-8)

    constants: ClassVar = staticmethod(adam_constants)
    update: ClassVar = staticmethod(adam_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.betas[0], self.betas[1], self.eps, 0.0


def adamw_constants(
    step: float, rate: float, beta1: float, beta2: float, eps: float, decay: float
) -> Numbers:
    root = sqrt(1.0 - beta2**step)
    kept = 1.0 - rate * decay
    return rate * root / (1.0 - beta1**step), 1.0 - beta1, 1.0 - beta2, eps * root, kept


def adamw_update(
    w: float,
    g: float,
    m: float,
    v: float,
    rate: float,
    new1: float,
    new2: float,
    eps: float,
    kept: float,
) -> Updated:
    m = m + new1 * (g - m)
    v = v + new2 * (g * g - v)
    return kept * w - rate * m / (sqrt(v) + eps), m, v


@dataclass(frozen=True)
class AdamW:
    """Adam with w ← (1 − η λ) w beside the update (Loshchilov and Hutter 2019)."""

    label: ClassVar = "AdamW"
    learning_rate: float = _learning_rate(0.001)
    betas: tuple[float, ...] = setting(
        (0.9, 0.999),
        "β₁, β₂",
        minimum=0,
        maximum=0.999999,
        step=0.001,
        many=(2, 2),
        help="Memory of the running means of g and of g²",
    )
    eps: float = _eps(1e-8)
    weight_decay: float = setting(
        0.01,
        "λ",
        minimum=0,
        maximum=10,
        log=True,
        help="Share of each weight lost per step, times η",
    )

    constants: ClassVar = staticmethod(adamw_constants)
    update: ClassVar = staticmethod(adamw_update)

    def parameters(self) -> Numbers:
        return self.learning_rate, self.betas[0], self.betas[1], self.eps, self.weight_decay


Optimizer = Perceptron | SGD | Momentum | Nesterov | Adagrad | Adadelta | RMSProp | Adam | AdamW
OPTIMIZERS: dict[str, type] = {
    "perceptron": Perceptron,
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}
