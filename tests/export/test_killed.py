"""A program that is killed while it saves leaves the old file or the new one, whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Forks a writer again and again, which saves one of two models over the other, and kills it.
PROCESS = """
import json, os, random, signal, sys, time
from pathlib import Path
import numpy as np
from playground.data.prepare import prepare
from playground.engine.layers import Dense
from playground.experiment import Experiment
from playground.export import FORMATS, Model, save_model
from playground.export.description import Description

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
experiment = Experiment(layers=(Dense(16),))
data = prepare(experiment.data, experiment.seed)
shapes = Description.of(experiment, data, "1").shapes()
models = [
    Model.of(experiment, data, {name: np.full(shape, each) for name, shape in shapes.items()})
    for each in (0.0, 1.0)
]
endings = (".safetensors", ".npz", ".json", ".onnx")
contents = {ending: [FORMATS[ending].encode(model) for model in models] for ending in endings}
seconds = {}
for ending in endings:
    begun = time.perf_counter()
    save_model(models[0], folder / f"m{ending}")
    seconds[ending] = time.perf_counter() - begun
random.seed(0)
found = {"old": 0, "new": 0, "torn": 0, "unfinished": 0}
for kill in range(kills):
    ending = endings[kill % len(endings)]
    path = folder / f"m{ending}"
    old = contents[ending].index(path.read_bytes())
    child = os.fork()
    if not child:
        save_model(models[1 - old], path)
        os._exit(0)
    time.sleep(random.uniform(0, 1.3 * seconds[ending]))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    now = path.read_bytes()
    kind = "old" if now == contents[ending][old] else "new"
    found[kind if now in contents[ending] else "torn"] += 1
    for left in folder.glob(".playground-*"):
        found["unfinished"] += 1
        left.unlink()
print(json.dumps(found))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX processes")
@pytest.mark.parametrize("kills", [40, pytest.param(500, marks=pytest.mark.slow)])
def test_a_killed_writer_leaves_a_whole_file(kills: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path), str(kills)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    print(f"{kills} kills: {found}")
    assert found["torn"] == 0
    assert found["old"] + found["new"] == kills
    # Some were in the middle of it, and some came too late.
    assert found["unfinished"] > 0
    assert found["old"] > 0
    assert found["new"] > 0
