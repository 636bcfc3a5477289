"""What a format cannot express is refused by its name; nothing is approximated."""

from collections.abc import Container
from typing import Any, LiteralString

from playground.data.features import feature_of
from playground.data.formula import operators_of
from playground.engine.layers import Dense
from playground.export.errors import ExportError
from playground.export.model import Model


def check_expressible(
    model: Model,
    label: str,
    layers: Container[type],
    activations: Container[str],
    feature_operators: Container[str],
) -> None:
    """Raise `ExportError` unless the format called `label` knows all that the model is made of."""
    used = [layer for layer, _ in model.layers()]
    formulas = (feature_of(name).formula for name in model.experiment.data.features)
    operators = set[str]().union(*map(operators_of, formulas))
    parts: tuple[tuple[dict[str, Any], Container[Any], LiteralString], ...] = (
        (
            {layer.label: type(layer) for layer in used},
            layers,
            "not saved: {label} cannot express the layer {name}",
        ),
        (
            {layer.activation: layer.activation for layer in used if isinstance(layer, Dense)},
            activations,
            "not saved: {label} cannot express the activation {name}",
        ),
        (
            {name: name for name in operators},
            feature_operators,
            "not saved: {label} cannot express the function {name}",
        ),
    )
    for names, known, message in parts:
        for name, key in names.items():
            if key not in known:
                raise ExportError(message, label=label, name=name)
