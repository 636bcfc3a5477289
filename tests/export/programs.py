"""Exported programs, run in this process where they can be; each says why where they cannot."""

import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.export import FORMATS, Model
from playground.export.run import COMPILERS, run_c

# What interface each program promises: how far it may be from the model
TOLERANCES = {".py": 1e-6, ".torch.py": 1e-5, ".keras.py": 1e-5, ".h": 1e-5}
NEEDED = {".py": "numpy", ".torch.py": "torch", ".keras.py": "keras"}


def need(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the test where the program cannot be run."""
    if ending == ".h":
        compiler()
        return
    if ending == ".keras.py":
        pytest.importorskip("torch")
        monkeypatch.setenv("KERAS_BACKEND", "torch")
    pytest.importorskip(NEEDED[ending])


def compiler() -> str:
    """A C compiler; skips the test where there is none."""
    found = next(filter(None, map(shutil.which, COMPILERS)), None)
    return found or pytest.skip("no C compiler was found")


def namespace(model: Model, ending: str) -> dict[str, Any]:
    """What a Python script defines."""
    names: dict[str, Any] = {"__name__": "model"}
    exec(compile(FORMATS[ending].encode(model).decode(), f"model{ending}", "exec"), names)
    return names


def predictions(model: Model, ending: str, x: np.ndarray, folder: Path) -> np.ndarray:
    """What the model's program in the format of this ending predicts for raw inputs."""
    if ending == ".h":
        path = folder / "model.h"
        path.write_bytes(FORMATS[ending].encode(model))
        return run_c(path, x)
    with warnings.catch_warnings():
        if ending == ".keras.py":  # it warns of what it does with PyTorch's and NumPy's arrays
            warnings.simplefilter("ignore")
        return np.asarray(namespace(model, ending)["predict"](x), np.float64)
