"""Schedules: what the learning rate is multiplied by, as training goes on.

A schedule is a frozen dataclass and a function `…_factor(epoch, step, per_epoch, a, b, c)`: `epoch`
counts complete epochs and `step` updates since the warm-up, `per_epoch` the updates of an epoch,
and a, b, c are the schedule's parameters. It is evaluated once per step in float64. During a
warm-up, which any schedule may have before it, the factor rises in equal steps to 1.
"""

from dataclasses import dataclass
from math import cos
from typing import Any, ClassVar

from playground.fields import setting

Numbers = tuple[float, float, float]
PI = 3.141592653589793


def _warmup() -> Any:
    return setting(
        0,
        "Warm-up",
        minimum=0,
        maximum=10_000,
        unit="epochs",
        help="Epochs in which the rate rises from 0",
    )


def _epochs(default: int, label: str, help: str) -> Any:
    return setting(default, label, minimum=1, maximum=1_000_000, log=True, unit="epochs", help=help)


def _factor(default: float, label: str, help: str) -> Any:
    return setting(default, label, minimum=0, maximum=1, step=0.01, above_minimum=True, help=help)


def constant_factor(
    epoch: float, step: float, per_epoch: float, a: float, b: float, c: float
) -> float:
    return 1.0


@dataclass(frozen=True)
class Constant:
    """The learning rate stays as set."""

    label = "Constant"
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(constant_factor)

    def parameters(self) -> Numbers:
        return 0.0, 0.0, 0.0


def step_factor(
    epoch: float, step: float, per_epoch: float, step_size: float, gamma: float, c: float
) -> float:
    return gamma ** (epoch // step_size)


@dataclass(frozen=True)
class Step:
    """η γ^⌊epoch / step size⌋."""

    label = "Step"
    step_size: int = _epochs(100, "Step size", "Epochs between two falls of the rate")
    gamma: float = _factor(0.1, "γ", "What the rate is multiplied by at each fall")
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(step_factor)

    def parameters(self) -> Numbers:
        return float(self.step_size), self.gamma, 0.0


def exponential_factor(
    epoch: float, step: float, per_epoch: float, gamma: float, b: float, c: float
) -> float:
    return gamma**epoch


@dataclass(frozen=True)
class Exponential:
    """η γ^epoch."""

    label = "Exponential"
    gamma: float = _factor(0.99, "γ", "What the rate is multiplied by each epoch")
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(exponential_factor)

    def parameters(self) -> Numbers:
        return self.gamma, 0.0, 0.0


def cosine_factor(
    epoch: float, step: float, per_epoch: float, epochs: float, least: float, c: float
) -> float:
    share = epoch / epochs if epoch < epochs else 1.0
    return least + (1.0 - least) * 0.5 * (1.0 + cos(PI * share))


@dataclass(frozen=True)
class Cosine:
    """Half a wave of the cosine from η down to η · least, where it stays (Loshchilov and Hutter
    2017).
    """

    label = "Cosine"
    epochs: int = _epochs(1000, "Epochs", "Epochs until the least rate")
    least: float = setting(
        0.0, "Least", minimum=0, maximum=1, step=0.01, help="Share of the rate that is left"
    )
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(cosine_factor)

    def parameters(self) -> Numbers:
        return float(self.epochs), self.least, 0.0


def one_cycle_factor(
    epoch: float, step: float, per_epoch: float, epochs: float, share: float, divisor: float
) -> float:
    # PyTorch's: from 1/divisor up to 1 in the first share of the steps, then down to 1e-4/divisor
    last = epochs * per_epoch - 1.0
    top = share * (last + 1.0) - 1.0
    if step <= top:
        low, high, place = 1.0 / divisor, 1.0, step / top if top > 0.0 else 1.0
    else:
        low, high = 1.0, 1e-4 / divisor
        place = (step - top) / (last - top) if step < last else 1.0
    return high + (low - high) * 0.5 * (1.0 + cos(PI * place))


@dataclass(frozen=True)
class OneCycle:
    """Up from η / divisor to η, then down to almost 0, each along a cosine, step by step (Smith and
    Topin 2018).
    """

    label = "One cycle"
    epochs: int = _epochs(1000, "Epochs", "Length of the cycle")
    pct_start: float = setting(
        0.3, "Rise", minimum=0, maximum=1, step=0.05, help="Share of the cycle in which it rises"
    )
    div_factor: float = setting(
        25.0, "Divisor", minimum=1, maximum=1e6, log=True, help="The first rate is η divided by it"
    )
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(one_cycle_factor)

    def parameters(self) -> Numbers:
        return float(self.epochs), self.pct_start, self.div_factor


def plateau_after(
    loss: float, best: float, waited: float, factor: float, a: float, b: float, c: float
) -> tuple[float, float, float]:
    """The (best, waited, factor) after an epoch with that loss; a, b, c are the parameters."""
    if loss < best * (1.0 - 1e-4):
        return loss, 0.0, factor
    if waited + 1.0 > b:
        reduced = factor * a
        return best, 0.0, reduced if reduced > c else c
    return best, waited + 1.0, factor


@dataclass(frozen=True)
class Plateau:
    """η is multiplied by a factor when the validation loss (without one, the training loss) has not
    fallen by a ten-thousandth for more than `patience` epochs; PyTorch's ReduceLROnPlateau.
    """

    label = "On plateau"
    reduction: float = _factor(0.1, "Factor", "What the rate is multiplied by")
    patience: int = setting(
        10, "Patience", minimum=0, maximum=100_000, unit="epochs", help="Epochs without progress"
    )
    least: float = setting(
        0.0, "Least", minimum=0, maximum=1, step=0.01, help="Share of the rate that is left"
    )
    warmup: int = _warmup()

    factor: ClassVar = staticmethod(constant_factor)  # the kernel keeps the one that it earned

    def parameters(self) -> Numbers:
        return self.reduction, float(self.patience), self.least


Schedule = Constant | Step | Exponential | Cosine | OneCycle | Plateau
SCHEDULES: dict[str, type] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "plateau": Plateau,
}
