"""A playground for neural networks: build one, train it, watch it learn, take its weights away.

    from playground import Experiment, Trainer

    trainer = Trainer(Experiment.example("spiral"))
    trainer.advance(epochs=100)

Names are imported when they are first asked for: `import playground` loads neither Numba nor Qt.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.experiment import Experiment
    from playground.fields import ExperimentError
    from playground.trainer import Trainer

__version__ = "0.1.0"
__all__ = ["Experiment", "ExperimentError", "Trainer", "__version__"]

_HOMES = {
    "Experiment": "playground.experiment",
    "ExperimentError": "playground.fields",
    "Trainer": "playground.trainer",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'playground' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
