"""CSV files as they exist: every way to write the same table is read as the same numbers."""

import csv
import dataclasses
import io
import time
from pathlib import Path

import numpy as np
import pytest

from playground import Experiment
from playground.data import csv_file
from playground.data.cells import is_date, is_missing, number_in
from playground.data.csv_file import TableError, read_text
from playground.data.dialect import Dialect, decode, detect, encoding_of
from playground.data.prepare import prepare
from playground.data.preview import Preview, class_names, preview, preview_text
from playground.data.table import Table, samples_of

HEADER = ["width (cm)", "größe", "kind"]
VALUES = np.round(np.random.default_rng(5).normal(0, 30, (40, 2)), 3)
KINDS = ["häufig", "selten, sehr", 'so "genannt"'] * 14


def written(separator: str, decimal: str, header: bool, line: str, quoting: int) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line, quoting=quoting)  # type: ignore[arg-type]
    if header:
        writer.writerow(HEADER)
    for row, kind in zip(VALUES.tolist(), KINDS, strict=False):
        writer.writerow([*(str(number).replace(".", decimal) for number in row), kind])
    return text.getvalue()


def look_at(content: bytes, tmp_path: Path) -> Preview:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return preview(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize(
    ("separator", "decimal"),
    [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("|", "."), (" ", ".")],
)
def test_every_way_to_write_a_table_is_found_out(
    separator: str,
    decimal: str,
    header: bool,
    line: str,
    quoting: int,
    encoding: str,
    tmp_path: Path,
) -> None:
    text = written(separator, decimal, header, line, quoting)
    look = look_at(text.encode(encoding), tmp_path)
    kept = "utf-8" if encoding == "utf-8-sig" else encoding
    assert look.dialect == Dialect(separator, decimal, kept, header)
    names = HEADER if header else ["column 1", "column 2", "column 3"]
    assert [each.name for each in look.columns.columns] == names
    assert [each.kind for each in look.columns.columns] == ["number", "number", "text"]
    assert look.suggested.classes == ("häufig", "selten, sehr", 'so "genannt"')
    samples = samples_of(look.columns, look.suggested)
    np.testing.assert_array_equal(samples.x, VALUES)
    assert [look.suggested.classes[index] for index in samples.y] == KINDS[:40]
    assert samples.notes == ()


def test_numbers_are_those_that_numpy_reads() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(5000, 4)) * 10.0 ** rng.integers(-300, 300, (5000, 4))
    text = "a,b,c,d\n" + "\n".join(",".join(map(repr, row)) for row in values.tolist())
    expected = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    columns = read_text(text, detect(text))
    np.testing.assert_array_equal(np.stack([each.numbers for each in columns.columns], 1), expected)
    np.testing.assert_array_equal(expected, values)


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.5", ".", 1.5),
        (" -1e-3 ", ".", -1e-3),
        ("+.5", ".", 0.5),
        ("1,234", ".", 1234.0),
        ("-1,234,567.25", ".", -1234567.25),
        ("1 234.5", ".", 1234.5),
        ("1,5", ",", 1.5),
        ("1.234,5", ",", 1234.5),
        ("12.345.678", ",", 12345678.0),
        ("1\u00a0234,5", ",", 1234.5),
        ("1,5e3", ",", 1500.0),
        ("1,5", ".", None),
        ("12,34,567", ".", None),
        ("0,014", ".", None),
        ("0.014", ",", None),
        ("1.5", ",", None),
        ("1_000", ".", None),
        ("inf", ".", None),
        ("1e999", ".", None),
        ("nan", ".", None),
        ("0x10", ".", None),
        ("1.2.3", ".", None),
        ("5 cm", ".", None),
        ("", ".", None),
        ("--1", ".", None),
    ],
)
def test_a_cell_is_the_number_that_a_person_reads(
    cell: str, decimal: str, number: float | None
) -> None:
    assert number_in(cell, decimal) == number


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", "NULL", "?", "-", ".", "None"])
def test_a_cell_may_say_that_there_is_nothing(cell: str) -> None:
    assert is_missing(cell)
    assert not is_missing(cell + "0")


@pytest.mark.parametrize(
    "cell",
    [
        "2024-02-29",
        "2024-02-29 12:30",
        "2024-02-29T12:30:00Z",
        "29.02.2024",
        "2/29/24",
        "12:30",
        "29 Feb 2024",
        "29-Feb-24",
        "February 29, 2024",
    ],
)
def test_dates_are_known_and_numbers_are_none(cell: str) -> None:
    assert is_date(cell)
    assert number_in(cell, ".") is None
    assert not is_date("2024")
    assert not is_date("29.5")


def test_missing_cells_and_blank_lines_are_counted() -> None:
    text = "a,b,kind\n1,2,x\n\n3,NA,y\n,,\n?,4,x\n5,6,\n7,8,y\n \n"
    look = preview_text(text)
    assert look.columns.rows == 5
    table = look.table(["a", "b"], "kind", classes=True)
    samples = samples_of(look.columns, table)
    np.testing.assert_array_equal(samples.x, [[1, 2], [7, 8]])
    assert samples.notes == (
        '1 row without "kind" was left out',
        "2 rows lacked an input and were left out",
    )


def test_missing_inputs_get_the_mean_of_the_rows_that_count() -> None:
    look = preview_text("a,b,y\n1,10,0.5\n3,,1.5\n,30,2.5\n900,900,\n")
    table = look.table(["a", "b"], "y", classes=False, missing="mean")
    samples = samples_of(look.columns, table)
    np.testing.assert_array_equal(samples.x, [[1, 10], [3, 20], [2, 30]])
    np.testing.assert_array_equal(samples.y, [[0.5], [1.5], [2.5]])
    assert samples.notes == (
        '1 row without a number in "y" was left out',
        '"a": 1 cell without a number got the mean, 2',
        '"b": 1 cell without a number got the mean, 20',
    )


def test_a_few_slips_in_a_column_of_numbers_are_missing_and_said() -> None:
    cells = [str(number) for number in range(100)]
    cells[40], cells[70] = "4O", "about 70"
    text = "a,y\n" + "".join(f"{cell},{place % 2}\n" for place, cell in enumerate(cells))
    look = preview_text(text)
    column = look.columns.column("a")
    assert (column.kind, column.strange, column.missing) == ("number", 2, 0)
    notes = samples_of(look.columns, look.table(["a"], "y", classes=True)).notes
    assert notes == ('"a": 2 cells held no number', "2 rows lacked an input and were left out")


ODD = "day,name,same,nothing,number,kind\n" + "".join(
    f"2024-01-{day:02},person {day},7,,{day * 1.5},{'ab'[day % 2]}\n" for day in range(1, 30)
)


@pytest.mark.parametrize(
    ("inputs", "target", "said"),
    [
        (["day"], "kind", '"day" holds dates, which a network cannot be given'),
        (["name"], "kind", '"name" holds words; an input needs numbers'),
        (["nothing"], "kind", '"nothing" is empty'),
        (["number"], "nothing", '"nothing" is empty'),
        (["number"], "same", '"same" holds only 7: nothing to tell apart'),
        (["number"], "other", 'no column "other"; there are day, name, same, nothing'),
        (["width"], "kind", 'no column "width"'),
    ],
)
def test_columns_that_cannot_take_a_role_are_refused(
    inputs: list[str], target: str, said: str
) -> None:
    look = preview_text(ODD)
    with pytest.raises(TableError, match=said):
        samples_of(look.columns, look.table(inputs, target, classes=True))


@pytest.mark.parametrize(("target", "held"), [("day", "dates"), ("name", "words")])
def test_only_numbers_are_values_to_predict(target: str, held: str) -> None:
    look = preview_text(ODD)
    with pytest.raises(TableError, match=f"holds {held}, not values"):
        samples_of(look.columns, look.table(["number"], target, classes=False))


@pytest.mark.parametrize(("inputs", "target"), [(["a", "b"], "y"), (["b"], "a")])
def test_numbers_that_no_network_can_calculate_with_are_refused(
    inputs: list[str], target: str
) -> None:
    look = preview_text("a,b,y\n1e308,1,1\n-1e308,2,2\n1e300,3,3\n1,2,4\n")
    with pytest.raises(TableError, match=r'"a" holds numbers as large as 1e\+308; .* most 1e\+30'):
        samples_of(look.columns, look.table(inputs, target, classes=False))


def test_kinds_of_columns_and_what_is_suggested() -> None:
    look = preview_text(ODD)
    kinds = {each.name: each.kind for each in look.columns.columns}
    assert kinds == {
        "day": "date",
        "name": "text",
        "same": "constant",
        "nothing": "empty",
        "number": "number",
        "kind": "text",
    }
    assert look.suggested.inputs == ("number",)
    assert (look.suggested.target, look.suggested.classes) == ("kind", ("a", "b"))
    table = look.table(["number", "same"], "kind", classes=True)
    assert samples_of(look.columns, table).notes == (
        '"same" is the same in every row, so it tells nothing',
    )


def test_the_target_is_found_by_its_name_and_row_numbers_are_no_input() -> None:
    rows = "".join(f"{place},{place % 3},{place * 0.7}\n" for place in range(40))
    look = preview_text("id,class,length\n" + rows)
    assert look.suggested == Table(("length",), "class", ("0", "1", "2"), "drop", look.dialect)
    values = preview_text("a,b\n" + "".join(f"{k * 0.3},{k * 0.7}\n" for k in range(40)))
    assert values.suggested == Table(("a",), "b", (), "drop", values.dialect)


def test_classes_stand_in_the_order_of_their_numbers_or_letters() -> None:
    column = preview_text("n,c\n" + "\n".join(f"1,{c}" for c in ("10", "9", "b", "A", "9"))).columns
    assert class_names(column.column("c")) == ("9", "10", "A", "b")


def test_rows_of_classes_that_are_not_asked_for_are_left_out() -> None:
    look = preview_text("a,kind\n1,x\n2,y\n3,z\n4,x\n")
    samples = samples_of(look.columns, Table(("a",), "kind", ("z", "x"), dialect=look.dialect))
    assert samples.y.tolist() == [1, 0, 1]
    assert samples.notes == ("1 row of other classes was left out",)


def test_names_of_columns_are_never_empty_or_alike() -> None:
    columns = preview_text("a,a,,  b \n c,a\n1,2,3,4,5\n6,7,8,9,0\n", Dialect()).columns
    assert [each.name for each in columns.columns] == ["a", "a (2)", "column 3", "b"]
    quoted = preview_text('"two\nlines",b\n1,2\n').columns
    assert [each.name for each in quoted.columns] == ["two lines", "b"]


def test_rows_that_are_too_short_or_too_long_are_counted() -> None:
    columns = preview_text("a,b\n1,2\n3\n4,5,6\n7,8,\n", Dialect()).columns
    assert columns.notes == ("2 rows have more or fewer cells than the first",)
    np.testing.assert_array_equal(columns.column("b").numbers, [2, np.nan, 5, 8])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a;b\n1,234;2\n0,5;3\n", [1.234, 0.5]),
        ("a;b\n1,234;2\n4,567;3\n", [1.234, 4.567]),
        ("a;b\n1.234;2\n4.567;3\n", [1.234, 4.567]),
        ("a;b\n1.234,5;2\n4.567,5;3\n7,5;4\n", [1234.5, 4567.5, 7.5]),
        ('a,b\n"1,234",2\n"4,567",3\n', [1234, 4567]),
        ('a,b\n"1,234.5",2\n0.014,3\n', [1234.5, 0.014]),
    ],
)
def test_thousands_are_told_from_decimals(text: str, numbers: list[float]) -> None:
    assert preview_text(text).columns.column("a").numbers.tolist() == numbers


def test_a_line_for_excel_and_comments_before_the_table_are_skipped() -> None:
    assert preview_text("sep=;\r\na;b\r\n1,5;2\r\n").dialect == Dialect(";", ",")
    columns = preview_text("# made in 2024, by hand\n#\na,b\n1,2\n").columns
    assert [each.name for each in columns.columns] == ["a", "b"]
    assert columns.rows == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing in it"),
        ("\n\n\n", "there is nothing in it"),
        ("# only a comment", "there is nothing in it"),
        ("a,b\n", "it has a header and no rows"),
        ("a,b\n1,\x00\n", "this is not a text"),
        ("a\n" + "x" * 200_000, "line 2 cannot be read: a cell has more"),
        (",".join("a" * 1001) + "\n1\n", "it has 1,001 columns; at most 1,000"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        preview_text(text, Dialect())


def test_sizes_are_looked_at_before_memory_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no room on the disk
    monkeypatch.setattr(csv_file, "MOST_BYTES", 10**6)
    start = time.perf_counter()
    with pytest.raises(TableError, match=r"huge.csv is larger than 1 MB"):
        preview(path)
    assert time.perf_counter() - start < 1
    monkeypatch.setattr(csv_file, "MOST_CELLS", 100)
    with pytest.raises(TableError, match="more than 100 cells"):
        preview_text("a,b\n" + "1,2\n" * 60)


def test_bytes_that_are_no_utf_8_are_latin_1_as_windows_writes_it() -> None:
    content = "größe,“zitat”,€\n1,2,3\n".encode("cp1252")
    assert encoding_of(content) == "latin-1"
    assert decode(content, "latin-1").startswith("größe,“zitat”,€")


def test_the_dialect_is_told_in_words() -> None:
    assert str(Dialect()) == '"," between cells, decimal points, UTF-8, with a header'
    told = "tabs between cells, decimal commas, Latin-1, without a header"
    assert str(Dialect("\t", ",", "latin-1", False)) == told


def test_a_table_becomes_an_experiment_that_fits_it(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(written(";", ",", True, "\n", csv.QUOTE_MINIMAL), "latin-1")
    look = preview(path)
    experiment = Experiment(loss="hinge").with_source(str(path), table=look.suggested)
    assert experiment.problems() == ()
    assert experiment.task == "classes"
    prepared = prepare(experiment.data, 0)
    assert prepared.dataset.input_names == ("width (cm)", "größe")
    (low, high), _ = prepared.dataset.limits
    assert low < VALUES[:, 0].min() < VALUES[:, 0].max() < high
    assert np.allclose(prepared.network_inputs(prepared.samples("train")[0]).mean(axis=0), 0)


@pytest.mark.parametrize(
    ("table", "path", "said"),
    [
        (Table((), "b"), "data.table.inputs", "no column is an input"),
        (Table(("a",)), "data.table.target", "no column is the target"),
        (Table(("a",), "a"), "data.table.target", "is an input already"),
        (Table(("a", "a"), "b"), "data.table.inputs", "listed twice"),
        (Table(("a",), "b", ("x",)), "data.table.classes", "alone leaves nothing"),
        (Table(("a",), "b", ("x", "x")), "data.table.classes", "listed twice"),
        (Table(("a",), "b", missing="median"), "data.table.missing", "not one of drop, mean"),
    ],
)
def test_roles_that_cannot_be_are_refused_without_reading_a_file(
    table: Table, path: str, said: str
) -> None:
    data = {"source": "none.csv", "features": ["x1"]}
    experiment = Experiment().with_("data", data).with_("loss", "mse")
    problems = [Experiment.problems(experiment)[0].path]
    assert problems == ["data.table"]

    broken = dataclasses.replace(experiment.data, table=table)
    problem = dataclasses.replace(experiment, data=broken).problems()[0]
    assert problem.path == path
    assert said in problem.message
