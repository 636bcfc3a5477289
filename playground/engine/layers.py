"""Layers: a layer is its description, a frozen dataclass."""

from dataclasses import dataclass

from playground.engine.activations import ACTIVATIONS
from playground.engine.initializers import INITIALIZERS, Initializer, Xavier
from playground.fields import setting


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


Layer = Dense
LAYERS: dict[str, type] = {"dense": Dense}
