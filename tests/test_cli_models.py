"""`playground convert` and `playground predict`, as a person at a terminal meets them."""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground.cli.command import main
from playground.cli.predict import text_cell
from playground.data.prepare import prepare
from playground.engine.layers import Dense
from playground.experiment import Data, Experiment
from playground.export import FORMATS, Model, load_model, save_model
from playground.export.description import Description

Captured = pytest.CaptureFixture[str]


def model_of(experiment: Experiment) -> Model:
    data = prepare(experiment.data, experiment.seed)
    rng = np.random.default_rng(1)
    shapes = Description.of(experiment, data, "1").shapes()
    parameters = {name: rng.normal(size=shape).astype("f4") for name, shape in shapes.items()}
    return Model.of(experiment, data, parameters)


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    """A saved model with four named inputs and three classes."""
    path = tmp_path / "iris.safetensors"
    save_model(model_of(Experiment.example("iris")), path)
    return path


def predicted(capsys: Captured, *words: str | Path) -> list[list[str]]:
    """The rows of `playground predict`, which had nothing else to say."""
    assert main(["predict", *map(str, words)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return list(csv.reader(io.StringIO(out)))


def test_any_readable_format_becomes_any_other(iris: Path, capsys: Captured) -> None:
    for between in (each for each, row in FORMATS.items() if row.read):
        path = iris.with_name(f"between{between}")
        assert main(["convert", str(iris), "--output", str(path)]) == 0
        said = "within" if between == ".onnx" else "exactly\n"
        assert f"{path}: saved, 1,000 predictions agree {said}" in capsys.readouterr().out
        for ending in (".py", ".h", ".onnx"):
            output = iris.with_name(f"after{ending}")
            assert main(["convert", str(path), "--output", str(output)]) == 0
            assert capsys.readouterr().out.startswith(f"{output}: saved")
            assert output.read_bytes() == FORMATS[ending].encode(load_model(iris))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["no.npz", "--output", "a.onnx"], 1, '"no.npz" cannot be opened: there is no such file'),
        (["MODEL", "--output", "a.pkl"], 2, "--output a.pkl: the ending is none of .safetensors,"),
        (["MODEL"], 2, "the following arguments are required: --output"),
        (["MODEL", "--output", "no/a.npz"], 1, "a.npz was not saved: the folder does not exist"),
    ],
)
def test_what_cannot_be_converted(
    words: list[str], code: int, sentence: str, iris: Path, capsys: Captured
) -> None:
    words = [word.replace("MODEL", str(iris)) for word in words]
    assert main(["convert", *words]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"playground: {sentence}")


def test_columns_are_found_by_their_names(iris: Path, tmp_path: Path, capsys: Captured) -> None:
    table = tmp_path / "flowers.csv"
    table.write_text(
        "id,petal width (cm),petal length (cm),sepal width (cm),sepal length (cm)\n"
        "a,0.2,1.4,3.5,5.1\n\nb,1.3,4.0,2.3,5.5\n"
    )
    header, *rows = predicted(capsys, iris, table)
    assert header == ["class", "p(setosa)", "p(versicolor)", "p(virginica)"]
    model = load_model(iris)
    y = model.predict(np.array([[5.1, 3.5, 1.4, 0.2], [5.5, 2.3, 4.0, 1.3]]))
    for row, expected in zip(rows, y, strict=True):
        assert row[0] == model.description.class_names[expected.argmax()]
        np.testing.assert_allclose([float(each) for each in row[1:]], expected, rtol=1e-8)


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3.5,1.4,0.2\n5.5,2.3,4.0,1.3\n",
        "5,1;3,5;1,4;0,2\r\n5,5;2,3;4,0;1,3\r\n",
        "\ufeff5.1\t3.5\t1.4\t0.2\n5.5\t2.3\t4.0\t1.3\n",
    ],
)
def test_without_a_header_columns_are_taken_in_their_order(
    text: str, iris: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "plain.csv").write_text(text, newline="")
    _, *rows = predicted(capsys, iris, tmp_path / "plain.csv")
    y = load_model(iris).predict(np.array([[5.1, 3.5, 1.4, 0.2], [5.5, 2.3, 4.0, 1.3]]))
    np.testing.assert_allclose([[float(each) for each in row[1:]] for row in rows], y, rtol=1e-8)


def test_what_is_odd_about_a_table_is_said(iris: Path, tmp_path: Path, capsys: Captured) -> None:
    table = tmp_path / "odd.csv"
    table.write_text("a,b,c,d\n5.1,3.5,1.4,0.2\n5.5,?,4.0,1.3\n5,5,5,many\n")
    assert main(["predict", str(iris), str(table)]) == 0
    out, err = capsys.readouterr()
    assert [row.count(",") for row in out.splitlines()] == [3] * 4
    assert out.splitlines()[2:] == [",,,"] * 2
    assert f"{table}: columns are taken in their order, as sepal length (cm), " in err
    assert f"{table}: 2 rows lack a number, and so a prediction\n" in err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there is nothing in it"),
        ("a,b\n1,2\n", "there is no column sepal length (cm); the model needs sepal length (cm),"),
        ("1,2,3,4\n1,\0,3,4\n", "this is not a text: it holds zero bytes"),
    ],
)
def test_tables_that_cannot_be_used(
    text: str, sentence: str, iris: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "bad.csv").write_text(text)
    assert main(["predict", str(iris), str(tmp_path / "bad.csv")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert main(["predict", str(iris), str(tmp_path / "none.csv")]) == 1
    assert "none.csv is not in " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "loss", "header", "limit"),
    [
        ("spiral", "cross_entropy", ["class", "p(class A)", "p(class B)"], 0.5),
        ("spiral", "hinge", ["class", "score"], 0.0),
        ("spiral", "perceptron", ["class", "score"], 0.5),
        ("plane", "mse", ["prediction"], None),
    ],
)
def test_every_kind_of_output(
    data: str, loss: str, header: list[str], limit: float, tmp_path: Path, capsys: Captured
) -> None:
    experiment = Experiment(data=Data(source=data), loss=loss, layers=(Dense(4),))
    path = tmp_path / "model.npz"
    save_model(model_of(experiment), path)
    x = np.random.default_rng(0).uniform(-6, 6, (50, 2))
    np.savetxt(tmp_path / "x.csv", x, delimiter=",", header="x1,x2", comments="")
    given, *rows = predicted(capsys, path, tmp_path / "x.csv")
    assert given == header
    y = load_model(path).predict(x)[:, 0]
    np.testing.assert_allclose([float(row[-1]) for row in rows], y, rtol=1e-7, atol=1e-7)
    if limit is not None:
        expected = ["class B" if each > limit else "class A" for each in y]
        assert [row[0] for row in rows] == expected
        assert {*expected} == {"class A", "class B"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "a\r=", "a\n="])
def test_no_text_becomes_a_formula(start: str, tmp_path: Path, capsys: Captured) -> None:
    model = model_of(Experiment())
    name = f"{start}1+1"
    described = replace(model.description, class_names=(name, name + "2"))
    save_model(Model(described, model.parameters), tmp_path / "m.npz")
    (tmp_path / "x.csv").write_text("1,2\n3,4\n")
    assert main(["predict", str(tmp_path / "m.npz"), str(tmp_path / "x.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(("'", "a ")) for line in lines[1:])
    assert text_cell("setosa") == "setosa"


def test_neither_numba_nor_qt_is_loaded(iris: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,2,3,4\n")
    words = ["predict", str(iris), str(tmp_path / "x.csv")]
    code = (
        f"import sys; from playground.cli.command import main; main({words!r});"
        "print({'numba', 'PySide6', 'onnx'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
