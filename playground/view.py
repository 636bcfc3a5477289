"""How the window shows an experiment: a part of it, so that a file opens as it was left."""

from dataclasses import dataclass

from playground.data.formula import MOST_INPUTS
from playground.engine.layers import MOST_DENSE
from playground.fields import setting


@dataclass(frozen=True)
class View:
    """How the window shows an experiment; training knows nothing of it."""

    split: str = setting(
        "train",
        "Samples shown",
        choices=lambda: ("train", "validation", "test", "all"),
        help="Which samples stand on the output's picture",
    )
    discretize: bool = setting(False, "Discretize", help="Show the predicted class alone")
    mark_mistakes: bool = setting(
        False, "Mark mistakes", help="A ring around each sample that is put into a wrong class"
    )
    marker_shapes: bool = setting(
        False, "Marker shapes", help="A shape for each class, beside its colour"
    )
    plane: str = setting(
        "inputs",
        "Plane",
        choices=lambda: ("inputs", "components"),
        help="What spans the output's picture: two inputs, or the first two principal components",
    )
    axes: tuple[int, ...] = setting(
        (0, 1),
        "Axes",
        minimum=0,
        maximum=MOST_INPUTS - 1,
        many=(2, 2),
        help="Which inputs are the axes of the output's picture, from 0",
    )
    held: tuple[float | None, ...] = setting(
        (),
        "Held at",
        many=(0, MOST_INPUTS),
        help="At which value each input is held that is no axis; without one, at its mean",
    )
    accuracy: bool = setting(False, "Accuracy", help="Show accuracy, in place of the loss")
    log_loss: bool = setting(True, "Logarithmic loss", help="The scale of the loss curves")
    smoothing: float = setting(
        0.0, "Smoothing", minimum=0, maximum=0.99, step=0.01, help="Of the curves; 0 shows each row"
    )
    drawer: str = setting(
        "gradients",
        "Drawer",
        choices=lambda: ("gradients", "landscape", "confusion", "weights", "runs"),
        help="The tab of the drawer",
    )
    weights_layer: int = setting(
        0, "Weights shown", minimum=0, maximum=MOST_DENSE, help="The dense layer, from 0"
    )
    confusion_split: str = setting(
        "validation",
        "Samples counted",
        choices=lambda: ("train", "validation", "test"),
        help="Whose confusion matrix or residuals are shown",
    )
    landscape: str = setting(
        "path",
        "Directions",
        choices=lambda: ("path", "random", "weights"),
        help="What the loss landscape is drawn over",
    )
    landscape_weights: tuple[int, ...] = setting(
        (0, 0, 0, 0, 0, 1),
        "Weights moved",
        minimum=0,
        maximum=100_000,
        many=(6, 6),
        help="Two weights, each as dense layer, neuron and input, from 0",
    )
    drawer_open: bool = setting(True, "Drawer open", help="Whether the drawer shows its tab")
    hidden: tuple[str, ...] = setting(
        (), "Hidden controls", many=(0, 100), maximum=60, help="What a teacher has put away"
    )
