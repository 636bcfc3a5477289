"""Exported programs, run in a process of their own, to see what they predict.

They get raw inputs in one file and leave their predictions in another; nothing of the model stands
on a command line.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from playground.export.errors import ModelError
from playground.export.format import UncheckedError
from playground.sentence import Sentence, reason_of

SECONDS = 120
# What Keras computes with, the first that is there
KERAS_BACKENDS = ("tensorflow", "jax", "torch")
COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-O1")

_MISSING = 3
_RUN = f"""
import importlib, sys
source, given, made, *modules = sys.argv[1:]
try:
    for name in modules:
        importlib.import_module(name)
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit({_MISSING})
import numpy
with open(source, encoding="utf-8") as file:
    names = {{"__name__": "model"}}
    exec(compile(file.read(), "model.py", "exec"), names)
numpy.save(made, numpy.asarray(names["predict"](numpy.load(given)), numpy.float64))
"""

_MAIN = """
#include <stdio.h>
#include "model.h"

int main(void)
{
    float x[PREDICT_INPUTS], y[PREDICT_OUTPUTS];
    while (fread(x, sizeof x, 1, stdin) == 1) {
        predict(x, y);
        fwrite(y, sizeof y, 1, stdout);
    }
    return 0;
}
"""


def run_python(path: Path, x: np.ndarray, libraries: Mapping[str, str]) -> np.ndarray:
    """What `predict(x)` of a script gives: x (n, inputs) → (n, outputs) float64.

    `libraries` are the modules it needs, with the names people know them by. Raises
    `UncheckedError` where one is missing, `ModelError` where the script fails.
    """
    for module, name in libraries.items():
        if find_spec(module) is None:
            raise UncheckedError("{name} is not installed here", name=name)
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        given, made = Path(folder, "x.npy"), Path(folder, "y.npy")
        np.save(given, x)
        environment = {"KERAS_HOME": folder, "KERAS_BACKEND": _keras_backend()} | os.environ
        command = [sys.executable, "-I", "-c", _RUN, path.resolve(), given, made, *libraries]
        done = _run(command, env=environment)
        if done.returncode == _MISSING:
            names = ", ".join(libraries.values())
            raise UncheckedError("{names} cannot be loaded here", names=names)
        _check(done)
        return np.load(made)


def _keras_backend() -> str:
    return next((name for name in KERAS_BACKENDS if find_spec(name)), KERAS_BACKENDS[0])


def run_c(path: Path, x: np.ndarray) -> np.ndarray:
    """What `predict` of a C header gives: x (n, inputs) → (n, outputs) float64.

    Raises `UncheckedError` where there is no compiler, `ModelError` where it refuses the header.
    """
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise UncheckedError("no C compiler was found here")
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        shutil.copy(path, Path(folder, "model.h"))
        Path(folder, "main.c").write_text(_MAIN, "ascii")
        program = Path(folder, "model")
        _check(_run([compiler, *FLAGS, "main.c", "-lm", "-o", program], cwd=folder))
        done = _run([program], input=x.astype("=f4").tobytes())
        _check(done)
    return np.frombuffer(done.stdout, np.float32).reshape(len(x), -1).astype(np.float64)


def _run(command: Sequence[str | Path], **settings: object) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, **settings)  # type: ignore[call-overload]
    except subprocess.TimeoutExpired:
        raise UncheckedError("it did not end within {seconds} seconds", seconds=SECONDS) from None
    except OSError as error:
        raise UncheckedError("it could not be run ({why})", why=reason_of(error)) from None


def _check(done: subprocess.CompletedProcess[bytes]) -> None:
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [
            Sentence("it says nothing")
        ]
        raise ModelError("it does not run: {why}", why=lines[-1][:200])
