"""Formats that are programs: run where they are meant to run, they predict what the model does."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import playground
from playground.engine.activations import ACTIVATIONS
from playground.engine.layers import LAYERS, BatchNorm, Dense, Dropout, LayerNorm
from playground.engine.losses import LOSSES
from playground.experiment import Data, Experiment
from playground.export import (
    FORMATS,
    ExportError,
    Model,
    keras_script,
    numpy_script,
    run,
    save_model,
    torch_script,
)
from playground.export import c as c_format
from playground.export.description import Range, Statistics
from playground.export.digits import digits
from playground.export.verify import random_inputs
from tests.export.programs import NEEDED, TOLERANCES, compiler, namespace, need, predictions

MakeModel = Callable[..., Model]

PROGRAMS = tuple(TOLERANCES)
SOURCES_OF_TASKS = {"binary": "moons", "classes": "blobs", "regression": "multi-gauss"}
NASTY = (
    '"""; import os; os.abort()  # ',
    "'''\\",
    "a\nb\r\n#error\n",
    '*/ #error "',
    "??/ ??' \\",
    "😀 é \u2028 \x00 \x1a",
    "%s {0} \\N{BULLET} \\x41 \\",
)


@pytest.fixture(params=PROGRAMS)
def ending(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each format of programs that can be run here."""
    need(request.param, monkeypatch)
    return request.param


def check(model: Model, ending: str, folder: Path) -> None:
    x = random_inputs(model)[:200]
    y = predictions(model, ending, x, folder)
    tolerance = TOLERANCES[ending]
    np.testing.assert_allclose(y, model.predict(x), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(activation: str, ending: str, make_model: MakeModel, tmp_path: Path) -> None:
    data = Data(features=("x1", "x2^2", "x1*x2", "sin(x2)"), normalize="standard")
    layers = (Dense(6, activation), Dense(4, activation))
    check(make_model(Experiment(data=data, layers=layers)), ending, tmp_path)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("layer", LAYERS)
def test_layers(
    layer: str, precision: str, ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    layers = (LAYERS[layer](), Dense(5), LAYERS[layer]())
    check(make_model(Experiment(layers=layers, precision=precision)), ending, tmp_path)


@pytest.mark.parametrize(
    ("task", "loss"), [(task, row.name) for row in LOSSES.values() for task in row.tasks]
)
def test_tasks_and_losses(
    task: str, loss: str, ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    experiment = Experiment(data=Data(source=SOURCES_OF_TASKS[task]), loss=loss, layers=())
    check(make_model(experiment), ending, tmp_path)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_large_pre_activations(
    activation: str, ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    layers = (Dense(3, activation),)
    model = make_model(Experiment(data=Data(source="plane"), layers=layers, loss="mse"))
    large = {**model.parameters, "0.weight": model.parameters["0.weight"] * 64}
    model = Model(model.description, large)
    x = np.array([[-6.0, 6.0], [6.0, 6.0], [0.0, 0.0]])
    y = predictions(model, ending, x, tmp_path)
    np.testing.assert_allclose(y, model.predict(x), rtol=3e-5, atol=3e-5)


def test_inputs_far_from_zero_lose_no_digits(
    ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    model = make_model(Experiment(data=Data(normalize="standard")))
    description = replace(
        model.description,
        input_ranges=(Range(2_000_000.0, 2_000_004.0), Range(-1.0, 1.0)),
        normalization=Statistics((2_000_002.1234567, 0.0), (0.5, 1.0)),
    )
    check(Model(description, model.parameters), ending, tmp_path)


def test_saving_says_how_near_the_program_is(
    ending: str, make_model: MakeModel, tmp_path: Path
) -> None:
    saved = save_model(make_model(), tmp_path / f"model{ending}")
    assert saved.agreeing == 1000
    assert saved.difference <= TOLERANCES[ending]
    assert str(saved).startswith("saved, 1,000 predictions agree ")


def nasty_model(make_model: MakeModel) -> Model:
    model = make_model(Experiment(name="".join(NASTY), seed=2**32 - 1, data=Data(source="blobs")))
    described = replace(
        model.description,
        version=NASTY[0],
        input_names=(NASTY[1], NASTY[2]),
        class_names=(NASTY[3], NASTY[4], NASTY[5], NASTY[6]),
    )
    return Model(described, model.parameters)


def test_names_cannot_become_code(ending: str, make_model: MakeModel, tmp_path: Path) -> None:
    folder = tmp_path / 'a "b" \n *' / "??" / "😀"
    folder.mkdir(parents=True)
    model = nasty_model(make_model)
    check(model, ending, folder)
    path = folder / f"\"; 'x' $(exit) \n * -o{ending}"
    assert save_model(model, path).agreeing == 1000
    assert [each.name for each in folder.iterdir() if each.name != "model.h"] == [path.name]


@pytest.mark.parametrize("ending", NEEDED)
def test_scripts_carry_the_description(
    ending: str, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(ending, monkeypatch)
    model = nasty_model(make_model)
    names, description = namespace(model, ending), model.description
    assert names["NAME"] == model.experiment.name
    assert names["VERSION"] == description.version
    assert names["SEED"] == 2**32 - 1
    assert names["INPUTS"] == description.input_names
    assert names["FEATURES"] == model.experiment.data.features
    assert names["CLASSES"] == description.class_names
    assert tuple(names["SHIFT"]) == description.normalization.shift
    assert tuple(names["SCALE"]) == description.normalization.scale
    assert list(names["PARAMETERS"]) == list(model.parameters)
    for name, array in model.parameters.items():
        assert names["PARAMETERS"][name].dtype == array.dtype
        assert names["PARAMETERS"][name].tobytes() == array.tobytes()


SHOW = """
#include <stdio.h>
#include "model.h"

int main(void)
{
    const char *texts[] = { PREDICT_VERSION, PREDICT_NAME, PREDICT_NORMALIZATION };
    const char *inputs[] = PREDICT_INPUT_NAMES, *features[] = PREDICT_FEATURE_NAMES;
    const char *classes[] = PREDICT_CLASS_NAMES;
    const unsigned seed = PREDICT_SEED;
    fwrite(&seed, sizeof seed, 1, stdout);
    for (int i = 0; i < 3; i++)
        printf("%s|", texts[i]);
    for (int i = 0; i < PREDICT_INPUTS; i++)
        printf("%s|%s|", inputs[i], features[i]);
    for (int i = 0; i < PREDICT_OUTPUTS; i++)
        printf("%s|", classes[i]);
    return 0;
}
"""


def test_a_header_carries_the_description(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(".h", monkeypatch)
    model = nasty_model(make_model)
    content = FORMATS[".h"].encode(model)
    assert content.isascii()
    assert b"?" not in content.replace(b" ? ", b"")
    (tmp_path / "model.h").write_bytes(content)
    (tmp_path / "show.c").write_text(SHOW)
    command = [compiler(), *run.FLAGS, "show.c", "-o", "show", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    shown = subprocess.run([tmp_path / "show"], capture_output=True, check=True).stdout
    assert shown[:4] == np.uint32(model.experiment.seed).tobytes()
    description = model.description
    texts = [description.version, model.experiment.name, "none"]
    for names in zip(description.input_names, ("x1", "x2"), strict=True):
        texts += names
    texts += description.class_names
    # printf ends a text at its zero byte
    expected = "".join(f"{text.partition(chr(0))[0]}|" for text in texts)
    assert shown[4:] == expected.encode()


def test_a_header_compiles_alone_and_in_two_files(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(".h", monkeypatch)
    (tmp_path / "model.h").write_bytes(FORMATS[".h"].encode(make_model()))
    (tmp_path / "one.c").write_text('#include "model.h"\n#include "model.h"\nint one;\n')
    (tmp_path / "two.c").write_text('#include "model.h"\nint main(void) { return 0; }\n')
    command = [compiler(), *run.FLAGS, "-pedantic-errors", "-Wconversion", "-Wshadow"]
    subprocess.run([*command, "one.c", "two.c", "-lm", "-o", "both"], cwd=tmp_path, check=True)


def test_the_python_script_imports_numpy_alone(make_model: MakeModel) -> None:
    layers = tuple(Dense(2, name) for name in list(ACTIVATIONS)[:12])
    model = make_model(Experiment(layers=(*layers, BatchNorm(), LayerNorm(), Dropout())))
    tree = ast.parse(FORMATS[".py"].encode(model))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]


def test_the_python_script_runs_where_there_is_only_numpy(
    make_model: MakeModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    save_model(make_model(Experiment(layers=(Dense(4, "gelu"),))), path)
    installed = Path(np.__file__).parents[1]
    for each in installed.glob("numpy*"):
        (tmp_path / each.name).symlink_to(each)
    code = (
        f"import sys; sys.path.append({str(tmp_path)!r}); import model;"
        "print(model.predict([1.0, 2.0]).shape);"
        "print({'playground', 'torch', 'numba'} & set(sys.modules))"
    )
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "(1, 1)\nset()\n"
    assert done.stderr == ""


def test_wrong_columns_are_said(make_model: MakeModel) -> None:
    predict = namespace(make_model(), ".py")["predict"]
    with pytest.raises(ValueError, match="x has 3 columns; needed are x1, x2"):
        predict(np.zeros((2, 3)))


@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_digits_are_the_number(number: type) -> None:
    bits = {np.float32: np.uint32, np.float64: np.uint64}[number]
    drawn = np.random.default_rng(0).integers(np.iinfo(bits).max, size=20_000, dtype=bits)
    limits = np.finfo(number)
    ends = [0.0, -0.0, 0.1, 1.0, 1e16, limits.max, limits.tiny, limits.smallest_subnormal]
    array = np.concatenate([drawn.view(number), np.array(ends, number)])
    array = array[np.isfinite(array)]
    texts = digits(array)
    for back in (
        np.array(list(map(number, texts))),
        np.array(list(map(float, texts))).astype(number),
        np.array(json.loads(f"[{','.join(texts)}]")).astype(number),
    ):
        assert back.astype(number).tobytes() == array.tobytes()
    assert all("." in text or "e" in text for text in texts)


def test_digits_that_would_be_rounded_twice_are_longer() -> None:
    # The shortest text of this float32, read as a float64, lies in the middle between two.
    array = np.array([0x15AE43FD], np.uint32).view(np.float32)
    assert np.float32(float(str(array[0]))) != array[0]
    assert np.float32(float(digits(array)[0])) == array[0]


@pytest.mark.parametrize(
    ("module", "label"),
    [
        (numpy_script, "the NumPy script"),
        (torch_script, "the PyTorch script"),
        (keras_script, "the Keras script"),
        (c_format, "C"),
    ],
)
def test_what_cannot_be_expressed_is_refused_by_name(
    module: object, label: str, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Data(features=("x1", "sin(x1)"))
    model = make_model(Experiment(data=data, layers=(Dense(4, "gelu"), BatchNorm())))
    assert set(module.LAYERS) == set(LAYERS.values())
    assert set(module.ACTIVATIONS) == {*ACTIVATIONS, "softmax"}
    for table, key, named in (
        ("LAYERS", BatchNorm, "layer Batch norm"),
        ("ACTIVATIONS", "gelu", "activation gelu"),
        ("FEATURE_OPERATORS", "sin", "function sin"),
    ):
        with monkeypatch.context() as patch:
            known = getattr(module, table)
            patch.setattr(module, table, {each for each in known if each != key})
            with pytest.raises(ExportError) as raised:
                module.FORMAT.encode(model)
        assert str(raised.value) == f"not saved: {label} cannot express the {named}"


def test_numbers_too_large_for_float_are_refused(make_model: MakeModel) -> None:
    model = make_model(Experiment(data=Data(source="plane"), loss="mse", precision="float64"))
    large = {**model.parameters, "4.bias": np.array([1e60])}
    with pytest.raises(
        ExportError, match=r'not saved: "4\.bias" holds numbers too large for float'
    ):
        FORMATS[".h"].encode(Model(model.description, large))


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (".torch.py", "PyTorch is not installed here"),
        (".keras.py", "Keras is not installed here"),
        (".h", "no C compiler was found here"),
    ],
)
def test_what_could_not_be_checked_is_said(
    ending: str,
    reason: str,
    make_model: MakeModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda name: object() if name == "numpy" else None)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / f"model{ending}"
    saved = save_model(make_model(), path)
    assert saved.unchecked == reason
    assert str(saved) == f"saved, but its predictions were not checked: {reason}"
    assert path.read_bytes() == FORMATS[ending].encode(make_model())


def test_a_library_that_cannot_be_loaded_leaves_the_script_unchecked(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.torch.py"
    path.write_bytes(FORMATS[".torch.py"].encode(make_model()))
    monkeypatch.setattr(run, "find_spec", lambda name: object())
    with pytest.raises(run.UncheckedError, match=r"^a library cannot be loaded here$"):
        run.run_python(path, np.zeros((1, 2)), {"no_such_module": "a library"})


@pytest.mark.parametrize(
    ("ending", "content", "sentence"),
    [
        (".py", "import numpy\npredict = 1 / 0\n", "does not run: ZeroDivisionError"),
        (".py", "def predict(x):\n    return x[:, :1] * 0 + 7\n", "predictions of the file differ"),
        (".py", "def predict(x):\n    return x\n", r"predictions have the shape \(1000, 2\)"),
        (".h", "#error no\n", "does not run: "),
        (
            ".h",
            "#define PREDICT_INPUTS 2\n#define PREDICT_OUTPUTS 1\n"
            "static void predict(const float *x, float *y) { y[0] = x[0]; }\n",
            "predictions of the file differ",
        ),
    ],
)
def test_a_program_that_is_wrong_is_not_saved(
    ending: str,
    content: str,
    sentence: str,
    make_model: MakeModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need(ending, monkeypatch)
    wrong = replace(FORMATS[ending], encode=lambda model: content.encode())
    monkeypatch.setitem(FORMATS, ending, wrong)
    with pytest.raises(ExportError, match=sentence):
        save_model(make_model(), tmp_path / f"model{ending}")
    assert not any(tmp_path.iterdir())


def test_a_program_that_does_not_end_is_left_unchecked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.py").write_text("while True:\n    pass\n")
    monkeypatch.setattr(run, "SECONDS", 0.5)
    with pytest.raises(run.UncheckedError, match=r"^it did not end within 0\.5 seconds$"):
        run.run_python(tmp_path / "model.py", np.zeros((1, 2)), {})


def test_texts_are_marked_as_such(make_model: MakeModel) -> None:
    model = make_model()
    for ending, row in FORMATS.items():
        assert row.text == (ending in {".json", *PROGRAMS})
        assert len(row.about) < 100
        if row.text:
            assert row.encode(model).decode("utf-8").endswith("\n")


def test_the_version_is_the_program_s_own(make_model: MakeModel) -> None:
    assert namespace(make_model(), ".py")["VERSION"] == playground.__version__
