"""What the Python scripts have in common: the names, the numbers, and the way to the first layer.

A script is one file that needs NumPy and at most one library more. Whatever people typed (names of
classes, inputs, the experiment) stands in it as an ASCII literal and nowhere else, so that no name
can end a string or a comment.
"""

from collections.abc import Iterable

import numpy as np

from playground.data.features import feature_of
from playground.data.formula import fold
from playground.export.digits import rows
from playground.export.model import Model

# Of the columns of raw inputs, and numbers, in a feature
FEATURE_OPERATORS = {
    name: text.format
    for name, text in {
        "+": "({} + {})",
        "-": "({} - {})",
        "*": "({} * {})",
        "/": "({} / {})",
        "^": "({} ** {})",
        "negative": "(-{})",
        "sin": "np.sin({})",
        "cos": "np.cos({})",
        "tan": "np.tan({})",
        "tanh": "np.tanh({})",
        "exp": "np.exp({})",
        "log": "np.log({})",
        "sqrt": "np.sqrt({})",
        "abs": "np.abs({})",
        "floor": "np.floor({})",
    }.items()
}

_INPUTS = '''


def table(text, dtype="{number}"):
    """Rows of numbers as an array, bit for bit."""
    return np.array([row.split() for row in text.split("\\n") if row], np.float64).astype(dtype)


def features(x):
    """What the first layer is given: x (n, {inputs}), the raw inputs → (n, {features})."""
    x = np.atleast_2d(np.asarray(x, np.float64))
    if x.shape[1] != len(INPUTS):
        raise ValueError(f"x has {{x.shape[1]}} columns; needed are {{', '.join(INPUTS)}}")
    f = np.stack([{columns}], axis=1)
    return ((f - SHIFT) / SCALE).astype("{precision}")

'''


def number_format(model: Model) -> str:
    """ "float32", or "float64" where any tensor is."""
    return np.result_type(*model.parameters.values()).name


def _number(value: float) -> str:
    return f"np.float64({value!r})"  # whose powers and quotients are those of NumPy


def script(model: Model, about: str, imports: Iterable[str], body: str) -> bytes:
    """The whole file: `about` is its docstring, `body` makes the network and `predict(x)` of the
    constants, `features` and `PARAMETERS`.
    """
    lines = [f'"""{about}"""', "", *(f"import {name}" for name in imports), "", *_constants(model)]
    columns = (
        fold(feature_of(name).formula, _number, "x[:, {}]".format, FEATURE_OPERATORS)
        for name in model.experiment.data.features
    )
    inputs = _INPUTS.format(
        number=number_format(model),
        precision=model.experiment.precision,
        inputs=len(model.description.input_names),
        features=len(model.experiment.data.features),
        columns=", ".join(columns),
    )
    return ("\n".join(lines) + inputs + _parameters(model) + "\n" + body).encode()


def _constants(model: Model) -> list[str]:
    description = model.description
    fitted = description.normalization
    return [
        f"NAME = {model.experiment.name!a}",
        f"VERSION = {description.version!a}  # of neural-playground",
        f"SEED = {model.experiment.seed}",
        f"INPUTS = {description.input_names!a}",
        f"FEATURES = {model.experiment.data.features!a}",
        f"CLASSES = {description.class_names!a}",
        f"# Normalisation ({model.experiment.data.normalize}): (f - SHIFT) / SCALE",
        f"SHIFT = np.array({list(fitted.shift)})",
        f"SCALE = np.array({list(fitted.scale)})",
    ]


def _parameters(model: Model) -> str:
    entries = []
    for name, array in model.parameters.items():
        text = "\n".join(map(" ".join, rows(array)))
        entries.append(
            f'    "{name}": table("""\n{text}\n"""){"[0]" if array.ndim == 1 else ""},\n'
        )
    return (
        "\n# Under the names of a torch.nn.Sequential\nPARAMETERS = {\n" + "".join(entries) + "}\n"
    )


def meaning_of_outputs(model: Model) -> str:
    """What `predict` gives, for a docstring."""
    last = model.layers()[-1][0].activation  # type: ignore[union-attr]
    return {
        "sigmoid": "the probability of CLASSES[1]",
        "softmax": "the probability of each class",
        "threshold": "1 for CLASSES[1], 0 for CLASSES[0]",
    }.get(last, "above 0 for CLASSES[1]" if model.description.class_names else "the values")
