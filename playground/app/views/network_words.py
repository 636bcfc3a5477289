"""What parts of the network diagram are called, for screen readers and titles."""

from playground.app.views.network_layout import Layout, Spot
from playground.app.views.network_model import Numbers, Structure, short
from playground.app.words import tr


def about(structure: Structure, column: int) -> str:
    """A column in words: "Dense layer 1, 8 neurons, tanh"."""
    return f"{structure.name(column)}, {structure.about(column)}"


def tooltip(structure: Structure, places: Layout, spot: Spot | None) -> str:
    """What more is said of a part under the pointer; nothing, where it is read off."""
    if spot is not None and spot.kind == "more":
        column = places.columns[spot.column]
        return tr(
            "Neurons {first} to {last} of {count}; click for the next",
            first=column.first + 1,
            last=column.shown.stop,
            count=column.units,
        )
    return about(structure, spot.column) if spot is not None and spot.kind == "column" else ""


def weight_name(structure: Structure, spot: Spot) -> str:
    """An edge in words: "Weight x₁ to neuron 3"."""
    source = structure.unit_name(spot.column - 1, spot.source)
    unit = structure.unit_name(spot.column, spot.unit)
    return tr("Weight {source} to {unit}", source=source, unit=unit)


def bias_name(structure: Structure, spot: Spot) -> str:
    """A bias in words: "Bias of neuron 3"."""
    return tr("Bias of {unit}", unit=structure.unit_name(spot.column, spot.unit))


def name_of(structure: Structure, numbers: Numbers, spot: Spot) -> str:
    """A part with its value: "Dense layer 1, neuron 3, bias −0.21"."""
    if spot.kind == "column":
        return about(structure, spot.column)
    weights, biases = numbers.weights(spot.column), numbers.biases(spot.column)
    if spot.kind == "edge":
        value = [] if weights is None else [short(float(weights[spot.unit, spot.source]))]
        return ", ".join([weight_name(structure, spot), *value])
    words = [structure.name(spot.column), structure.unit_name(spot.column, spot.unit)]
    if biases is not None:
        words.append(tr("bias {value}", value=short(float(biases[spot.unit]))))
    scales, shifts = numbers.scales(spot.column), numbers.shifts(spot.column)
    if scales is not None and shifts is not None:
        words += [f"γ {short(float(scales[spot.unit]))}", f"β {short(float(shifts[spot.unit]))}"]
    return ", ".join(words)


def description_of(structure: Structure, numbers: Numbers, places: Layout, spot: Spot) -> str:
    """What more there is to a part: a neuron's incoming weights; what keys do."""
    if spot.kind == "edge":
        gradients = numbers.gradients(spot.column)
        value = None if gradients is None else float(gradients[spot.unit, spot.source])
        return "" if value is None else tr("Gradient {value}", value=short(value))
    if spot.kind == "column":
        return tr("Network diagram")
    weights = numbers.weights(spot.column)
    if weights is None:
        return ""
    shown = places.columns[spot.column - 1].shown
    each = (
        f"{structure.unit_name(spot.column - 1, source)} {short(float(weight))}"
        for source, weight in enumerate(weights[spot.unit, shown], shown.start)
    )
    return tr("Weights: {weights}", weights=", ".join(each))
