"""A Keras 3 script: the network as a `keras.Sequential`, with its weights in it."""

from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.export.expressible import check_expressible
from playground.export.format import Format
from playground.export.model import Model
from playground.export.run import run_python
from playground.export.script import FEATURE_OPERATORS, meaning_of_outputs, number_format, script
from playground.sentence import Sentence

ACTIVATIONS = {
    "linear": '"linear"',
    "threshold": "lambda z: keras.ops.cast(z > 0, z.dtype)",
    "sigmoid": '"sigmoid"',
    "tanh": '"tanh"',
    "relu": '"relu"',
    "leaky_relu": "lambda z: keras.ops.leaky_relu(z, 0.01)",
    "elu": '"elu"',
    "selu": '"selu"',
    "gelu": "lambda z: keras.ops.gelu(z, approximate=False)",
    "silu": '"silu"',
    "softplus": '"softplus"',
    "softsign": '"softsign"',
    "sine": "keras.ops.sin",
    "softmax": '"softmax"',
}
LAYERS = (Dense, Dropout, BatchNorm, LayerNorm)


def encode(model: Model) -> bytes:
    """The file's content. Raises `ExportError` for what it cannot express, by name."""
    label = Sentence("the Keras script")
    check_expressible(model, label, LAYERS, ACTIVATIONS, FEATURE_OPERATORS)
    layers, weights = [], []
    for place, (layer, _) in zip(model.description.program().names, model.layers(), strict=True):
        parts: tuple[str, ...] = ("weight", "bias")
        match layer:
            case Dense():
                layers.append(f"Dense({layer.units}, {ACTIVATIONS[layer.activation]}")
                weights += [f'P["{place}.weight"].T', f'P["{place}.bias"]']
                continue
            case Dropout():
                layers.append(f"Dropout({layer.rate}")
                continue
            case BatchNorm():
                # Keras's momentum is the weight of what was, not of the newest batch.
                layers.append(
                    f"BatchNormalization(momentum={1 - layer.momentum:g}, epsilon={layer.eps}"
                )
                parts += ("running_mean", "running_var")
            case LayerNorm():
                layers.append(f"LayerNormalization(epsilon={layer.eps}")
        weights += [f'P["{place}.{part}"]' for part in parts]
    inputs, outputs = len(model.description.input_names), model.description.outputs
    features = len(model.experiment.data.features)
    body = (
        "P = PARAMETERS\n\n"
        + f'DTYPE = "{number_format(model)}"\n'
        + "network = keras.Sequential(\n    [\n"
        + f"        keras.Input(({features},), dtype=DTYPE),\n"
        + "".join(f"        keras.layers.{layer}, dtype=DTYPE),\n" for layer in layers)
        + "    ]\n)\n"
        + "network.set_weights(\n    [\n"
        + "".join(f"        {each},\n" for each in weights)
        + "    ]\n)\n\n\n"
        + "def predict(x):\n"
        + f'    """Raw inputs x (n, {inputs}) → (n, {outputs}): {meaning_of_outputs(model)}."""\n'
        + "    return network.predict(features(x).astype(DTYPE), verbose=0)\n"
    )
    about = "A trained neural network in Keras 3; predict(x) takes raw inputs."
    return script(model, about, ["keras", "numpy as np"], body)


FORMAT = Format(
    ending=".keras.py",
    label="Keras script",
    about="Builds the network as a keras.Sequential (Keras 3) and sets its weights",
    encode=encode,
    predict=lambda path, x: run_python(path, x, {"numpy": "NumPy", "keras": "Keras"}),
    text=True,
)
