"""Layers: a layer is its description, a frozen dataclass."""

from dataclasses import dataclass
from typing import Any

from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS, Initializer, Xavier
from playground.fields import setting

MOST_DENSE = 12


def _frozen(what: str) -> Any:
    return setting(False, "Frozen", help=f"Training leaves {what} as they are")


def _eps() -> Any:
    return setting(1e-5, "ε", minimum=1e-12, maximum=1, log=True, help="Keeps divisions finite")


@dataclass(frozen=True)
class Dense:
    """Fully connected: a = g(W x + b), with W of shape (units, inputs) and b of shape (units,)."""

    label = "Dense"
    units: int = setting(8, "Units", minimum=1, maximum=512, step=1, help="Outputs of this layer")
    activation: str = setting(
        "tanh",
        "Activation",
        choices=lambda: tuple(ACTIVATIONS),
        help="The function g applied to each unit's weighted sum",
    )
    initializer: Initializer = setting(
        Xavier(), "Init", catalogue=INITIALIZERS, help="How the first weights are drawn"
    )
    frozen: bool = _frozen("its weights and biases")


@dataclass(frozen=True)
class Dropout:
    """In training each input is 0 with probability p, else divided by 1 − p; later nothing is done
    (Srivastava et al. 2014, "inverted" as in PyTorch).
    """

    label = "Dropout"
    rate: float = setting(
        0.5, "Rate", minimum=0, maximum=0.95, step=0.05, help="Share of the inputs that is dropped"
    )


@dataclass(frozen=True)
class BatchNorm:
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² of the batch in training and their running
    means later (Ioffe and Szegedy 2015).

    Frozen, it uses the running means in training too, and does not change them.
    """

    label = "Batch norm"
    momentum: float = setting(
        0.1, "Momentum", minimum=0, maximum=1, step=0.01, help="Weight of the newest batch"
    )
    eps: float = _eps()
    frozen: bool = _frozen("γ, β and the running means")


@dataclass(frozen=True)
class LayerNorm:
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over the units of one sample (Ba, Kiros and
    Hinton 2016).
    """

    label = "Layer norm"
    eps: float = _eps()
    frozen: bool = _frozen("γ and β")


Layer = Dense | Dropout | BatchNorm | LayerNorm
LAYERS: dict[str, type] = {
    "dense": Dense,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
    "layer_norm": LayerNorm,
}
