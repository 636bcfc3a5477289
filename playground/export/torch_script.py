"""A PyTorch script: the network as a `torch.nn.Sequential`, with its weights in it."""

from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm
from playground.export.expressible import check_expressible
from playground.export.format import Format
from playground.export.model import Model
from playground.export.run import run_python
from playground.export.script import FEATURE_OPERATORS, meaning_of_outputs, number_format, script
from playground.sentence import Sentence

_THRESHOLD = '''class Threshold(nn.Module):
    """1 if z > 0, else 0."""

    def forward(self, z):
        return torch.heaviside(z, torch.zeros_like(z))


'''
_SINE = '''class Sine(nn.Module):
    """sin z."""

    def forward(self, z):
        return torch.sin(z)


'''

# The module, and the class of it where PyTorch has none
ACTIVATIONS = {
    "linear": ("nn.Identity()", ""),
    "threshold": ("Threshold()", _THRESHOLD),
    "sigmoid": ("nn.Sigmoid()", ""),
    "tanh": ("nn.Tanh()", ""),
    "relu": ("nn.ReLU()", ""),
    "leaky_relu": ("nn.LeakyReLU(0.01)", ""),
    "elu": ("nn.ELU()", ""),
    "selu": ("nn.SELU()", ""),
    "gelu": ("nn.GELU()", ""),
    "silu": ("nn.SiLU()", ""),
    "softplus": ("nn.Softplus()", ""),
    "softsign": ("nn.Softsign()", ""),
    "sine": ("Sine()", _SINE),
    "softmax": ("nn.Softmax(dim=1)", ""),
}
LAYERS = (Dense, Dropout, BatchNorm, LayerNorm)


def encode(model: Model) -> bytes:
    """The file's content. Raises `ExportError` for what it cannot express, by name."""
    label = Sentence("the PyTorch script")
    check_expressible(model, label, LAYERS, ACTIVATIONS, FEATURE_OPERATORS)
    classes: dict[str, None] = {}
    modules = []
    units = len(model.experiment.data.features)
    for layer, _ in model.layers():
        match layer:
            case Dense():
                activation, own = ACTIVATIONS[layer.activation]
                classes[own] = None
                modules += [f"nn.Linear({units}, {layer.units})", activation]
                units = layer.units
            case Dropout():
                modules.append(f"nn.Dropout({layer.rate})")
            case BatchNorm():
                modules.append(f"nn.BatchNorm1d({units}, {layer.eps}, {layer.momentum})")
            case LayerNorm():
                modules.append(f"nn.LayerNorm({units}, {layer.eps})")
    inputs, outputs = len(model.description.input_names), model.description.outputs
    dtype = number_format(model)
    body = (
        "\n"
        + "".join(classes)
        + "network = nn.Sequential(\n"
        + "".join(f"    {module},\n" for module in modules)
        + f").to(torch.{dtype})\n"
        + "network.load_state_dict({name: torch.tensor(each) for name, each in PARAMETERS.items()})"
        + "\nnetwork.eval()\n\n\n"
        + "def predict(x):\n"
        + f'    """Raw inputs x (n, {inputs}) → (n, {outputs}): {meaning_of_outputs(model)}."""\n'
        + "    with torch.no_grad():\n"
        + f"        return network(torch.tensor(features(x), dtype=torch.{dtype})).numpy()\n"
    )
    about = "A trained neural network in PyTorch; predict(x) takes raw inputs."
    return script(model, about, ["numpy as np", "torch", "torch.nn as nn"], body)


FORMAT = Format(
    ending=".torch.py",
    label="PyTorch script",
    about="Builds the network as a torch.nn.Sequential and loads its weights, to go on in PyTorch",
    encode=encode,
    predict=lambda path, x: run_python(path, x, {"numpy": "NumPy", "torch": "PyTorch"}),
    text=True,
)
