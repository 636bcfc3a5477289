"""Damaged and hostile files: each opens or gives one sentence, soon, and in little memory."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.csv_file import TableError
from playground.data.points import Points
from playground.data.prepare import prepare
from playground.data.preview import preview
from playground.data.table import Table, samples_of
from playground.experiment import Experiment
from playground.fields import ExperimentError
from playground.shipped import EXAMPLES, ROOT

resource = pytest.importorskip("resource", reason="memory is measured as Unix does")

SECONDS = 2.0
KILOBYTES = 200 * 1024
OFTEN, SELDOM = 20_000, 200

TABLES = [
    b"a,b,kind\n" + b"".join(b"%d.5,%d,%c\n" % (k, k * k % 7, b"xyz"[k % 3]) for k in range(40)),
    "größe;datum;wert\r\n1,5;2024-01-02;häufig\r\n2,25;2024-02-03;NA\r\n".encode("latin-1") * 9,
    '"a\tb"\t"c ""d"""\n"1\n2"\t3\n'.encode("utf-16"),
    (ROOT / "data" / "penguins.csv").read_bytes()[:3000],
    b"sep=;\n# no\n1;2;3\n4;5;6\n",
]  # fmt: skip
EXPERIMENTS = [
    EXAMPLES["iris"].read_bytes(),
    Experiment().with_source("points", points=Points().added([(1, 2)] * 9, 1)).to_json().encode(),
    Experiment().with_source("formula", formula="sin(x1) * x2 > 0.3").to_json().encode(),
    Experiment()
    .with_source("rows.csv", table=Table(("a", "b"), "kind", ("x", "y")))
    .to_json()
    .encode(),
]
PIECES = [
    *(b"", b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b"1e999", b"-1e-999", b"NaN", b"Infinity", b"1_000", b"9" * 400, b"0.1", b"-0", b"true"),
    *(b"[", b"]", b"{", b"}", b"[" * 3000, b'{"a":' * 500, b"null", b"\\ud800"),
    *(b"../../x.csv", b"/dev/zero.csv", b"x1000", b"((((((((", b"^x1^x1^x1", b"2024-01-01"),
    *(b"," * 2000, b"\xf0\x9f\x99\x82"),
]  # fmt: skip
CHANGE = st.tuples(
    st.sampled_from(("replace", "insert", "cut", "repeat", "end")),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(PIECES) | st.binary(max_size=6),
)


def changed(content: bytes, changes: list[tuple[str, float, float, bytes]]) -> bytes:
    for kind, where, until, piece in changes:
        place = int(where * len(content))
        end = place + int(until**3 * (len(content) - place))
        match kind:
            case "replace":
                content = content[:place] + piece + content[place + len(piece) :]
            case "insert":
                content = content[:place] + piece + content[place:]
            case "cut":
                content = content[:place] + content[end:]
            case "repeat":
                content = content[:end] + content[place:end] * 3 + content[end:]
            case "end":
                content = content[:place]
    return content[:200_000]


TABLE_FILES = st.builds(changed, st.sampled_from(TABLES), st.lists(CHANGE, min_size=1, max_size=6))
EXPERIMENT_FILES = st.builds(
    changed, st.sampled_from(EXPERIMENTS), st.lists(CHANGE, min_size=1, max_size=6)
)


def open_table(path: Path) -> None:
    try:
        look = preview(path)
        samples_of(look.columns, look.suggested)
    except TableError as error:
        assert_sentence(str(error))
        return
    experiment = Experiment().with_source(str(path), table=look.suggested)
    assert experiment.problems() == ()
    assert len(prepare(experiment.data, 0).dataset.x)


def open_experiment(path: Path) -> None:
    try:
        experiment = Experiment.load(path)
    except ExperimentError as error:
        assert_sentence(str(error.problems[0]))
        return
    assert experiment.problems() == ()
    assert Experiment.from_json(experiment.to_json()) == experiment
    json.dumps(experiment.to_dict(), allow_nan=False)


def assert_sentence(text: str) -> None:
    assert text
    assert len(text) < 3000
    assert "Traceback" not in text


def check(open_file: Callable[[Path], None], path: Path, content: bytes) -> None:
    """Open a file with this content; it takes neither long nor much memory."""
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()  # of this process: others may keep the machine busy
    open_file(path)
    assert time.process_time() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KILOBYTES


def bounded(examples: int) -> settings:
    fixture = HealthCheck.function_scoped_fixture  # every example writes the file anew
    return settings(max_examples=examples, deadline=None, suppress_health_check=[fixture])


@bounded(SELDOM)
@given(TABLE_FILES)
def test_a_damaged_table_opens_or_is_refused(tmp_path: Path, content: bytes) -> None:
    check(open_table, tmp_path / "a.csv", content)


@bounded(SELDOM)
@given(EXPERIMENT_FILES)
def test_a_damaged_experiment_opens_or_is_refused(tmp_path: Path, content: bytes) -> None:
    check(open_experiment, tmp_path / "a.playground.json", content)


@pytest.mark.slow
@bounded(OFTEN)
@given(TABLE_FILES)
def test_twenty_thousand_damaged_tables(tmp_path: Path, content: bytes) -> None:
    check(open_table, tmp_path / "a.csv", content)


@pytest.mark.slow
@bounded(OFTEN)
@given(EXPERIMENT_FILES)
def test_twenty_thousand_damaged_experiments(tmp_path: Path, content: bytes) -> None:
    check(open_experiment, tmp_path / "a.playground.json", content)
