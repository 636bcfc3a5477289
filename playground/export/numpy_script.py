"""A Python script that needs NumPy alone: the network written out, with its weights in it.

It computes in float64, as `Model.predict` does.
"""

from playground.engine.activations import INVERSE_SQRT_2, SELU_ALPHA, SELU_SCALE
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.export.expressible import check_expressible
from playground.export.format import Format
from playground.export.model import Model
from playground.export.run import run_python
from playground.export.script import FEATURE_OPERATORS, meaning_of_outputs, script
from playground.sentence import Sentence


def _function(name: str, *lines: str) -> str:
    return "\n    ".join([f"def {name}(z):", *lines]) + "\n\n\n"


_ERF = '''def erf(x):
    """2/√π exp(-x²) (x + 2/3 x³ + 4/15 x⁵ + …) (Abramowitz and Stegun 7.1.6)."""
    x = np.clip(x, -6.0, 6.0)  # beyond, it is ±1
    term = total = x
    for n in range(1, 150):
        term = term * 2.0 * x * x / (2 * n + 1)
        total = total + term
    return 2.0 / np.sqrt(np.pi) * np.exp(-x * x) * total


'''

# Each as the function that a layer's line calls; nothing is called for "linear".
ACTIVATIONS = {
    "linear": "",
    "threshold": _function("threshold", "return np.heaviside(z, 0.0)"),
    "sigmoid": _function("sigmoid", "return 1.0 / (1.0 + np.exp(-z))"),
    "tanh": _function("tanh", "return np.tanh(z)"),
    "relu": _function("relu", "return np.maximum(z, 0.0)"),
    "leaky_relu": _function("leaky_relu", "return np.where(z < 0.0, 0.01 * z, z)"),
    "elu": _function("elu", "return np.where(z < 0.0, np.expm1(z), z)"),
    "selu": _function(
        "selu", f"return {SELU_SCALE} * np.where(z < 0.0, {SELU_ALPHA} * np.expm1(z), z)"
    ),
    "gelu": _ERF + _function("gelu", f"return 0.5 * z * (1.0 + erf({INVERSE_SQRT_2} * z))"),
    "silu": _function("silu", "return z / (1.0 + np.exp(-z))"),
    "softplus": _function("softplus", "return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))"),
    "softsign": _function("softsign", "return z / (1.0 + np.abs(z))"),
    "sine": _function("sine", "return np.sin(z)"),
    "softmax": _function(
        "softmax",
        "e = np.exp(z - z.max(axis=1, keepdims=True))",
        "return e / e.sum(axis=1, keepdims=True)",
    ),
}

_DENSE = '''def dense(a, name):
    """W a + b; a: (n, inputs) → (n, units)."""
    return a @ W[name + ".weight"].T + W[name + ".bias"]


'''
_BATCH_NORM = '''def batch_norm(a, name, eps):
    """γ (a − μ) / √(σ² + ε) + β with the running statistics."""
    scale = W[name + ".weight"] / np.sqrt(W[name + ".running_var"] + eps)
    return scale * (a - W[name + ".running_mean"]) + W[name + ".bias"]


'''
_LAYER_NORM = '''def layer_norm(a, name, eps):
    """γ (a − μ) / √(σ² + ε) + β with μ and σ² of each sample."""
    a = a - a.mean(axis=1, keepdims=True)
    scale = W[name + ".weight"] / np.sqrt((a * a).mean(axis=1, keepdims=True) + eps)
    return scale * a + W[name + ".bias"]


'''
LAYERS = {Dense: _DENSE, Dropout: "", BatchNorm: _BATCH_NORM, LayerNorm: _LAYER_NORM}


def encode(model: Model) -> bytes:
    """The file's content. Raises `ExportError` for what it cannot express, by name."""
    label = Sentence("the NumPy script")
    check_expressible(model, label, LAYERS, ACTIVATIONS, FEATURE_OPERATORS)
    functions: dict[str, None] = {}  # each once, in the order of their use
    lines = []
    for place, (layer, _) in zip(model.description.program().names, model.layers(), strict=True):
        functions[LAYERS[type(layer)]] = None
        match layer:
            case Dense(activation="linear"):
                lines.append(f'a = dense(a, "{place}")')
            case Dense(activation=activation):
                functions[ACTIVATIONS[activation]] = None
                lines.append(f'a = {activation}(dense(a, "{place}"))')
            case Dropout():
                lines.append(f"# Dropout ({layer.rate}): only in training is anything dropped")
            case BatchNorm(eps=eps):
                lines.append(f'a = batch_norm(a, "{place}", {eps})')
            case LayerNorm(eps=eps):
                lines.append(f'a = layer_norm(a, "{place}", {eps})')
    inputs, outputs = len(model.description.input_names), model.description.outputs
    body = (
        "W = {name: array.astype(np.float64) for name, array in PARAMETERS.items()}\n\n\n"
        + "".join(functions)
        + "def predict(x):\n"
        + f'    """Raw inputs x (n, {inputs}) → (n, {outputs}): {meaning_of_outputs(model)}."""\n'
        + '    with np.errstate(all="ignore"):  # what overflows shows in the result\n'
        + "        a = features(x).astype(np.float64)\n"
        + "".join(f"        {line}\n" for line in lines)
        + "        return a\n"
    )
    about = "A trained neural network; needs NumPy. predict(x) takes raw inputs."
    return script(model, about, ["numpy as np"], body)


FORMAT = Format(
    ending=".py",
    label="Python",
    about="One file with predict(x) that needs NumPy alone: to read, to teach, to use anywhere",
    encode=encode,
    predict=lambda path, x: run_python(path, x, {"numpy": "NumPy"}),
    text=True,
)
