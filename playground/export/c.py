"""A C99 header: `predict(const float *x, float *y)` with the weights in it, for any small machine.

Features and normalisation are computed in double, because a large shift would cost float its last
digits; the network itself in float. Whatever people typed stands in string literals of plain ASCII
and nowhere else.
"""

import re

import numpy as np

from playground.data.features import feature_of
from playground.data.formula import fold
from playground.engine.activations import INVERSE_SQRT_2, SELU_ALPHA, SELU_SCALE
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.export.digits import rows
from playground.export.errors import ExportError
from playground.export.expressible import check_expressible
from playground.export.format import Format
from playground.export.model import Model
from playground.export.run import run_c

# Of a float z
ACTIVATIONS = {
    "linear": "z",
    "threshold": "z > 0.0f ? 1.0f : z <= 0.0f ? 0.0f : z",
    "sigmoid": "1.0f / (1.0f + expf(-z))",
    "tanh": "tanhf(z)",
    "relu": "z < 0.0f ? 0.0f : z",
    "leaky_relu": "z < 0.0f ? 0.01f * z : z",
    "elu": "z < 0.0f ? expm1f(z) : z",
    "selu": f"{SELU_SCALE}f * (z < 0.0f ? {SELU_ALPHA}f * expm1f(z) : z)",
    "gelu": f"0.5f * z * (1.0f + erff({INVERSE_SQRT_2}f * z))",
    "silu": "z / (1.0f + expf(-z))",
    "softplus": "(z > 0.0f ? z : 0.0f * z) + log1pf(expf(-fabsf(z)))",
    "softsign": "z / (1.0f + fabsf(z))",
    "sine": "sinf(z)",
    "softmax": "expf(z - top)",
}

# Of the raw inputs, and numbers, in a feature, as double
FEATURE_OPERATORS = {
    name: text.format
    for name, text in {
        "+": "({} + {})",
        "-": "({} - {})",
        "*": "({} * {})",
        "/": "({} / {})",
        "^": "pow({}, {})",
        "negative": "(-{})",
        "abs": "fabs({})",
        **{name: name + "({})" for name in ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt")},
        "floor": "floor({})",
    }.items()
}

_DENSE = """/* z = W a + b */
static inline void predict_dense(int inputs, int units, const float *w, const float *b,
                                 const float *a, float *z)
{
    for (int i = 0; i < units; i++) {
        float sum = b[i];
        for (int j = 0; j < inputs; j++)
            sum += w[i * inputs + j] * a[j];
        z[i] = sum;
    }
}

"""
_BATCH_NORM = """/* gamma (a - mean) / sqrt(variance + eps) + beta, with the running statistics */
static inline void predict_batch_norm(int units, float eps, const float *gamma, const float *beta,
                                      const float *mean, const float *variance, float *a)
{
    for (int i = 0; i < units; i++)
        a[i] = gamma[i] / sqrtf(variance[i] + eps) * (a[i] - mean[i]) + beta[i];
}

"""
_LAYER_NORM = """/* gamma (a - mean) / sqrt(variance + eps) + beta, of the units */
static inline void predict_layer_norm(int units, float eps, const float *gamma, const float *beta,
                                      float *a)
{
    float mean = 0.0f, variance = 0.0f;
    for (int i = 0; i < units; i++)
        mean += a[i] / (float)units;
    for (int i = 0; i < units; i++)
        variance += (a[i] - mean) * (a[i] - mean) / (float)units;
    for (int i = 0; i < units; i++)
        a[i] = gamma[i] * (a[i] - mean) / sqrtf(variance + eps) + beta[i];
}

"""
_SOFTMAX = """/* exp(z) / sum of exp(z), of numbers that cannot overflow */
static inline void predict_softmax(int units, float *z)
{
    float top = z[0], sum = 0.0f;
    for (int i = 1; i < units; i++)
        top = z[i] > top ? z[i] : top;
    for (int i = 0; i < units; i++)
        sum += z[i] = expf(z[i] - top);
    for (int i = 0; i < units; i++)
        z[i] /= sum;
}

"""
LAYERS = {Dense: _DENSE, Dropout: "", BatchNorm: _BATCH_NORM, LayerNorm: _LAYER_NORM}


def encode(model: Model) -> bytes:
    """The file's content, in ASCII. Raises `ExportError` for what it cannot express, by name."""
    check_expressible(model, "C", LAYERS, ACTIVATIONS, FEATURE_OPERATORS)
    functions: dict[str, None] = {}  # each once, in the order of their use
    lines: list[str] = []
    units = len(model.experiment.data.features)
    now, then = "a", "b"  # the layer's inputs, and room for its outputs
    for layer, names in model.layers():
        functions[LAYERS[type(layer)]] = None
        tables = {part: _symbol(name) for part, name in names.items()}
        match layer:
            case Dense():
                given = f"{tables['weight']}, {tables['bias']}, {now}, {then}"
                lines.append(f"predict_dense({units}, {layer.units}, {given});")
                units, now, then = layer.units, then, now
                function, call = _activation(layer.activation, units, now)
                functions[function] = None
                lines += call
            case Dropout():
                pass
            case BatchNorm() | LayerNorm():
                name = "batch" if isinstance(layer, BatchNorm) else "layer"
                given = ", ".join([f"{layer.eps!r}f", *tables.values(), now])
                lines.append(f"predict_{name}_norm({units}, {given});")
    lines += [f"for (int i = 0; i < {units}; i++)", f"    y[i] = {now}[i];"]
    body = "\n".join(f"    {line}".rstrip() for line in [*_begin(model), *lines])
    text = (
        "/* A trained neural network, made by neural-playground. C99; link with -lm.\n"
        "   predict takes PREDICT_INPUTS raw inputs and gives PREDICT_OUTPUTS outputs. */\n"
        "#ifndef PREDICT_H\n#define PREDICT_H\n\n#include <math.h>\n\n"
        + "".join(f"#define PREDICT_{name} {value}\n" for name, value in _constants(model).items())
        + "\n"
        + "".join(functions)
        + "static inline void predict(const float *x, float *y)\n{\n"
        + body
        + "\n}\n\n#endif\n"
    )
    return text.encode("ascii")


def _activation(name: str, units: int, z: str) -> tuple[str, list[str]]:
    """The function of an activation, and the lines that call it."""
    if name == "softmax":
        return _SOFTMAX, [f"predict_softmax({units}, {z});"]
    if name == "linear":
        return "", []
    function = (
        f"static inline float predict_{name}(float z)\n{{\n    return {ACTIVATIONS[name]};\n}}\n\n"
    )
    loop = [f"for (int i = 0; i < {units}; i++)", f"    {z}[i] = predict_{name}({z}[i]);"]
    return function, loop


def _constants(model: Model) -> dict[str, str]:
    description, experiment = model.description, model.experiment
    constants = {
        "VERSION": literal(description.version),
        "NAME": literal(experiment.name),
        "SEED": f"{experiment.seed}u",
        "NORMALIZATION": literal(experiment.data.normalize),
        "INPUTS": str(len(description.input_names)),
        "OUTPUTS": str(description.outputs),
        "INPUT_NAMES": _literals(description.input_names),
        "FEATURE_NAMES": _literals(experiment.data.features),
    }
    if description.class_names:
        constants["CLASS_NAMES"] = _literals(description.class_names)
    return constants


def _literals(texts: tuple[str, ...]) -> str:
    return f"{{ {', '.join(map(literal, texts))} }}"


def literal(text: str) -> str:
    """A text as a C string in UTF-8: all but letters, digits and harmless marks as octal escapes.

    Octal ones end after three digits whatever follows, and leave no "?" of which a trigraph could
    begin, no "*" or "/" of a comment.
    """
    content = text.encode("utf-8", "backslashreplace")
    return '"' + re.sub(rb"[^A-Za-z0-9 ()+,._=^-]", _octal, content).decode("ascii") + '"'


def _octal(found: re.Match[bytes]) -> bytes:
    return b"\\%03o" % found[0][0]


def _symbol(name: str) -> str:
    place, _, part = name.partition(".")
    return f"{part}_{place}"


def _begin(model: Model) -> list[str]:
    """The tables, room for what layers give, and what the first layer is given."""
    features = [feature_of(name) for name in model.experiment.data.features]
    fitted = model.description.normalization
    tables = [
        _table("double", "shift", [", ".join(map(repr, fitted.shift))]),
        _table("double", "scale", [", ".join(map(repr, fitted.scale))]),
    ]
    for name, array in model.parameters.items():
        with np.errstate(over="ignore"):
            narrow = array.astype(np.float32)
        if not np.isfinite(narrow).all():
            raise ExportError('not saved: "{name}" holds numbers too large for float', name=name)
        lines = [", ".join(f"{number}f" for number in row) for row in rows(narrow)]
        tables.append(_table("float", _symbol(name), lines))
    widths = [layer.units for layer, _ in model.layers() if isinstance(layer, Dense)]
    widest = max(len(features), *widths)
    lines = [*tables, f"float a[{widest}], b[{widest}];"]
    for place, feature in enumerate(features):
        value = fold(feature.formula, repr, "(double)x[{}]".format, FEATURE_OPERATORS)
        lines.append(f"a[{place}] = (float)(({value} - shift[{place}]) / scale[{place}]);")
    return lines


def _table(number: str, name: str, lines: list[str]) -> str:
    content = ",\n        ".join(lines)
    return f"static const {number} {name}[] = {{\n        {content}\n    }};"


FORMAT = Format(
    ending=".h",
    label="C header",
    about="C99 without dependencies: predict(x, y) in float, for a microcontroller or a program",
    encode=encode,
    predict=run_c,
    text=True,
)
