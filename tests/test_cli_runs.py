"""`playground compare` and `playground crossvalidate`, as a person at a terminal meets them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground import Experiment, Trainer
from playground.cli.command import main
from playground.cli.compare import values_of

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and terminals")

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, *words: str, code: int = 0) -> Any:
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


# Comparing


def test_compare_prints_a_row_for_each_combination(capsys: Captured) -> None:
    words = ["--vary", "optimizer.learning_rate=0.001,0.1", "--vary", "batch_size=10,50,200"]
    assert main(["compare", "circle", *words, "--runs", "2", "--epochs", "20"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith("Circle: 6 variants, 2 runs each, in ")
    assert lines[1].split()[:2] == ["optimizer.learning_rate", "batch_size"]
    assert [line.split()[:2] for line in lines[2:8]] == [
        [rate, size] for rate in ("0.001", "0.1") for size in ("10", "50", "200")
    ]
    assert all(line.count(" ± ") == 3 for line in lines[2:8])
    assert lines[8].startswith("least validation loss: optimizer.learning_rate=0.1, batch_size=")


def test_compare_json_holds_every_run(capsys: Captured) -> None:
    words = ("compare", "iris", "--vary", "optimizer.type=sgd,adam", "--runs", "3", "--steps", "40")
    described = told(capsys, *words, "--seed", "5", "--threads", "2")
    assert (described["name"], described["runs"]) == ("Iris", 3)
    assert described["interrupted"] is False
    assert [row["set"] for row in described["variants"]] == [
        {"optimizer.type": "sgd"},
        {"optimizer.type": "adam"},
    ]
    for row in described["variants"]:
        assert [run["seed"] for run in row["runs"]] == [5, 6, 7]
        assert {(run["steps"], run["stopped_by"]) for run in row["runs"]} == {(40, "steps")}
        losses = [run["metrics"]["test"]["loss"] for run in row["runs"]]
        assert row["mean"]["test"]["loss"] == pytest.approx(np.mean(losses))
        assert row["deviation"]["test"]["loss"] == pytest.approx(np.std(losses, ddof=1))
    trainer = Trainer(Experiment.example("iris").with_("seed", 6).with_("optimizer.type", "adam"))
    trainer.advance(steps=40)
    assert described["variants"][1]["runs"][1]["metrics"] == trainer.metrics()


def test_compare_one_run_each_has_no_deviation(capsys: Captured) -> None:
    words = ("compare", "xor", "--vary", "seed=1,2", "--steps", "10")
    assert main([*words]) == 0
    assert "±" not in capsys.readouterr().out
    rows = told(capsys, *words)["variants"]
    assert rows[0]["deviation"]["train"] == {"loss": None, "accuracy": None}


def test_compare_says_which_runs_diverged(capsys: Captured) -> None:
    words = ["compare", "plane", "--set", "optimizer=sgd", "--epochs", "5", "--runs", "2"]
    assert main([*words, "--vary", "optimizer.learning_rate=0.001,100"]) == 0
    out, err = capsys.readouterr()
    rows = out.splitlines()[2:]
    assert "diverged" not in rows[0]
    rate, *scores = rows[1].removesuffix("2 of 2 diverged").split()
    assert rate == "100"
    assert set(scores) == {"–"}
    assert rows[0].count("±") == len(scores)
    assert err == ""
    assert main([*words, "--vary", "optimizer.learning_rate=90,100"]) == 3
    _, err = capsys.readouterr()
    assert err.startswith("playground: all 4 runs diverged; the first: ")
    assert len(err.splitlines()) == 1


def test_compare_ends_where_each_experiment_says(capsys: Captured) -> None:
    described = told(capsys, "compare", "gauss", "--vary", "stop.epochs=3,7")
    ends = [
        (row["runs"][0]["epochs"], row["runs"][0]["stopped_by"]) for row in described["variants"]
    ]
    assert ends == [(3, "finished"), (7, "finished")]


@pytest.mark.parametrize(
    "command", [["compare", "--vary", "seed=1"], ["crossvalidate", "--folds", "2"]]
)
def test_without_a_stop_rule_a_thousand_epochs_are_announced(
    command: list[str], capsys: Captured
) -> None:
    name, *words = command
    assert main([name, "gauss", "--set", "data.samples=20", *words, "--json"]) == 0
    out, err = capsys.readouterr()
    described = json.loads(out)
    runs = described["variants"][0]["runs"] if name == "compare" else described["runs"]
    assert runs[0]["epochs"] == 1000
    assert err == "no stop rule was given: training for 1,000 epochs\n"


def test_given_stop_rules_take_the_place_of_the_experiments_own(
    tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "short.playground.json"
    file.write_text(Experiment.example("circle").with_("stop.epochs", 3).to_json())
    described = told(capsys, "crossvalidate", str(file), "--folds", "2", "--epochs", "5")
    assert [(run["epochs"], run["stopped_by"]) for run in described["runs"]] == [(5, "epochs")] * 2
    timed = told(capsys, "crossvalidate", str(file), "--folds", "2", "--seconds", "0.1")
    assert {run["stopped_by"] for run in timed["runs"]} == {"seconds"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2", ["1", "2"]),
        ("adam", ["adam"]),
        ("", [""]),
        (" sgd , adam ", ["sgd", "adam"]),
        ('["x1","x2"],["x1"]', ['["x1","x2"]', '["x1"]']),
        ("[x1,x2]", ["[x1,x2]"]),
        ('{"type":"sgd","a":[1,2]},adam', ['{"type":"sgd","a":[1,2]}', "adam"]),
        ('"a,b","c\\",d",e', ['"a,b"', '"c\\",d"', "e"]),
        ('"[",1', ['"["', "1"]),
        ('a"b,c', ['a"b', "c"]),
        ("],1", ["]", "1"]),
        ("1,,2", ["1", "", "2"]),
    ],
)
def test_commas_inside_brackets_and_quotes_do_not_divide(text: str, values: list[str]) -> None:
    assert values_of(text) == values


def test_lists_and_texts_can_be_varied(capsys: Captured) -> None:
    layers = 'layers=[],[{"type":"dense","units":3},{"type":"dense","units":2}]'
    words = ("--vary", layers, "--vary", 'name="One, two",Three', "--steps", "1")
    rows = told(capsys, "compare", "circle", *words)["variants"]
    assert [row["set"]["name"] for row in rows] == ["One, two", "Three"] * 2
    assert [len(row["set"]["layers"]) for row in rows] == [0, 0, 2, 2]


# Cross-validation


def test_crossvalidate_prints_a_row_for_each_fold_and_their_mean(capsys: Captured) -> None:
    assert main(["crossvalidate", "iris", "--folds", "5", "--epochs", "40"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith("Iris: 5 folds, in ")
    assert [line.split()[0] for line in lines[1:]] == ["fold", "1", "2", "3", "4", "5", "mean"]
    accuracies = [float(line.split()[3].rstrip("%")) for line in lines[2:7]]
    mean, deviation = lines[-1].split()[-3].rstrip("%"), lines[-1].split()[-1].rstrip("%")
    assert float(mean) == pytest.approx(np.mean(accuracies), abs=0.1)
    assert float(deviation) == pytest.approx(np.std(accuracies, ddof=1), abs=0.1)
    assert min(accuracies) > 70


def test_crossvalidate_json_holds_every_fold_of_every_repetition(capsys: Captured) -> None:
    words = ("crossvalidate", "plane", "--folds", "2", "--repeat", "2", "--steps", "30")
    described = told(capsys, *words)
    places = [(run["repetition"], run["fold"]) for run in described["runs"]]
    assert places == [(1, 1), (1, 2), (2, 1), (2, 2)]
    losses = [run["metrics"]["validation"]["loss"] for run in described["runs"]]
    assert described["mean"]["validation"]["loss"] == pytest.approx(np.mean(losses))
    again = told(capsys, *words, "--threads", "3")
    assert [run["metrics"] for run in again["runs"]] == [
        run["metrics"] for run in described["runs"]
    ]
    assert main([*words]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["1.1", "1.2", "2.1", "2.2", "mean"]


def test_crossvalidate_says_which_folds_diverged(capsys: Captured) -> None:
    rate = ["--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=100"]
    assert main(["crossvalidate", "plane", "--folds", "2", "--epochs", "5", *rate]) == 3
    out, err = capsys.readouterr()
    assert [row.split()[-1] for row in out.splitlines()[2:]] == ["diverged"] * 3
    assert out.splitlines()[-1].endswith("2 of 2 diverged")
    assert err.startswith("playground: 2 of 2 runs diverged; the first: ")
    assert len(err.splitlines()) == 1


# What a person does wrong, and Ctrl-C


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["compare", "circle"], "--vary"),
        (["compare", "circle", "--vary", "seed"], "PATH=V1,V2"),
        (["compare", "circle", "--vary", "seed=1", "--vary", "seed=2"], "varied twice"),
        (["compare", "circle", "--vary", "optimizer.speed=1,2"], "optimizer.speed"),
        (["compare", "circle", "--vary", "batch_size=10,big"], '"big" is not a whole number'),
        (["compare", "circle", "--vary", "loss=mse,huber", "--set", "loss=nope"], "--set"),
        (["compare", "circle", "--vary", "seed=4294967295", "--runs", "2"], "4,294,967,295"),
        (["compare", "circle", "--vary", "stop.epochs=1,2", "--steps", "5"], "--steps takes its"),
        (["compare", "circle", "--vary", "seed=1,2", "--runs", "60000"], "120,000 runs"),
        (["compare", "circle", "--vary", "seed=1", "--runs", "0"], "at least 1"),
        (["compare", "circle", "--vary", "seed=1", "--threads", "1000"], "at most 64"),
        (["crossvalidate", "circle"], "--folds"),
        (["crossvalidate", "circle", "--folds", "1"], "2 folds or more"),
        (["crossvalidate", "circle", "--folds", "none"], "whole number"),
        (["crossvalidate", "iris", "--folds", "44"], "without the class"),
        (["crossvalidate", "plane", "--folds", "9000"], "9,000 folds need as many samples"),
        (["crossvalidate", "iris", "--folds", "3", "--repeat", "0"], "at least 1"),
    ],
)
def test_wrong_usage(words: list[str], sentence: str, capsys: Captured) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("playground: ")
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert "should not have happened" not in err


def test_a_file_that_is_not_there(capsys: Captured) -> None:
    assert main(["crossvalidate", "none.json", "--folds", "2"]) == 1
    assert "no such file" in capsys.readouterr().err


@posix
@pytest.mark.parametrize(
    "command", [["compare", "--vary", "seed=1,2,3,4"], ["crossvalidate", "--folds", "4"]]
)
def test_ctrl_c_prints_what_there_is(command: list[str]) -> None:
    import pty
    import termios

    name, *words = command
    line = [sys.executable, "-m", "playground", name, "spiral", *words]
    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    with subprocess.Popen(
        [*line, "--seconds", "60", "--threads", "2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as training:
        os.close(stderr)
        shown = b""
        while b"0 of 4 runs" not in shown:
            shown += os.read(terminal, 1000)
        training.send_signal(signal.SIGINT)
        out, _ = training.communicate()
    os.close(terminal)
    assert training.returncode == 0
    assert out.splitlines()[0].endswith("stopped by Ctrl-C")
    assert "cut short" in out
    assert "not begun" in out
