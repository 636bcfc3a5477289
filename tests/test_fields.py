"""Settings: what is declared once is read, checked, changed and described everywhere alike."""

import math
from dataclasses import dataclass
from typing import ClassVar

import jsonschema
import pytest

from playground.fields import (
    ExperimentError,
    check,
    from_dict,
    limits_text,
    replace_at,
    setting,
    setting_of,
    settings,
    to_dict,
)
from playground.schema import schema


@dataclass(frozen=True)
class Disc:
    """A member of a catalogue, with a value that others have too."""

    label: ClassVar = "Disc"
    radius: float = setting(1.0, "Radius", minimum=0, maximum=10, above_minimum=True)
    colour: str = setting("blue", "Colour", choices=lambda: ("blue", "orange", "green"))


@dataclass(frozen=True)
class Square:
    """Another."""

    side: float = setting(1.0, "Side", minimum=0)
    colour: str = setting("orange", "Colour", choices=lambda: ("blue", "orange", "green"))


@dataclass(frozen=True)
class Pin:
    """One with nothing to set."""


SHAPES = {"disc": Disc, "square": Square, "pin": Pin}


@dataclass(frozen=True)
class Frame:
    """Inside the picture."""

    width: int = setting(2, "Width", minimum=0, maximum=99)


@dataclass(frozen=True)
class Picture:
    """Every kind of setting once."""

    title: str = setting(label="Title", maximum=20)
    count: int = setting(3, "Count", minimum=1, maximum=1000, help="How many")
    ratio: float = setting(0.5, "Ratio", maximum=1)
    anything: float = setting(0.0, "Anything")
    visible: bool = setting(True, "Visible")
    limit: int | None = setting(None, "Limit", minimum=1)
    main: Disc | Square | Pin = setting(Disc(), "Main", catalogue=SHAPES)
    shapes: tuple[Disc | Square | Pin, ...] = setting((), "Shapes", catalogue=SHAPES, many=(0, 3))
    weights: tuple[float, ...] = setting((1.0, 2.0), "Weights", minimum=0, maximum=5, many=(1, 4))
    frame: Frame = setting(Frame(), "Frame")


FULL = Picture(
    title="Ünï \n x₁",
    count=7,
    ratio=-1e300,
    visible=False,
    limit=4,
    main=Square(0.1, "blue"),
    shapes=(Disc(2.5), Pin(), Square()),
    weights=(0.1, 0.2, 0.30000000000000004),
    frame=Frame(9),
)


def refused(plain: object) -> str:
    with pytest.raises(ExperimentError) as caught:
        from_dict(Picture, plain)
    return str(caught.value)


@pytest.mark.parametrize("picture", [Picture("a"), FULL])
def test_json_values_and_back_is_the_same(picture: Picture) -> None:
    assert from_dict(Picture, to_dict(picture)) == picture
    assert check(picture) == []


def test_what_is_left_out_takes_its_default_and_what_is_none_is_left_out() -> None:
    assert from_dict(Picture, {"title": "a"}) == Picture("a")
    assert "limit" not in to_dict(Picture("a"))
    assert from_dict(Picture, {"title": "a", "limit": None}) == Picture("a")
    assert refused({}) == "title: is missing"


def test_a_number_may_be_written_whole_or_with_a_point() -> None:
    read = from_dict(Picture, {"title": "a", "ratio": 1, "count": 4.0})
    assert (read.ratio, read.count) == (1.0, 4)
    assert isinstance(read.ratio, float)
    assert isinstance(read.count, int)


def test_a_type_alone_may_be_written_as_its_name() -> None:
    assert from_dict(Picture, {"title": "a", "main": "square"}).main == Square()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": 1}, "colour: unknown field; known here: title, count, ratio,"),
        ({"title": 5}, "title: 5 is not a text"),
        ({"title": None}, "title: null is not a text"),
        ({"title": "x" * 21}, "title: has 21 characters; at most 20 are possible"),
        ({"title": "\ud800"}, "title: has half a character"),
        ({"count": "7"}, 'count: "7" is not a whole number'),
        ({"count": 7.5}, "count: 7.5 is not a whole number"),
        ({"count": True}, "count: true is not a whole number"),
        ({"count": math.nan}, "count: NaN is not a whole number"),
        ({"count": 0}, "count: 0 is out of range; possible is 1 to 1,000"),
        ({"count": 10**9}, "count: 1000000000 is out of range; possible is 1 to 1,000"),
        ({"count": 10**400}, "count: 100000000000000000000000000000000000000… is out of range"),
        ({"limit": 10**400}, "limit: 100000000000000000000000000000000000000… is out of range"),
        ({"ratio": 10**400}, "ratio: 100000000000000000000000000000000000000… is out of range"),
        ({"ratio": math.nan}, "ratio: NaN is out of range; possible is at most 1"),
        ({"ratio": -math.inf}, "ratio: -Infinity is out of range; possible is at most 1"),
        ({"anything": math.inf}, "anything: Infinity is out of range; possible is any number"),
        ({"ratio": False}, "ratio: false is not a number"),
        ({"ratio": [1]}, "ratio: [1] is not a number"),
        ({"visible": 1}, "visible: 1 is not true or false"),
        ({"limit": 0}, "limit: 0 is out of range; possible is at least 1"),
        ({"main": None}, 'main: null is not an object with a "type"'),
        ({"main": {"radius": 2}}, "main: {'radius': 2} is not an object with a \"type\""),
        ({"main": "star"}, 'main.type: "star" is not one of disc, square, pin'),
        ({"main": {"type": []}}, "main.type: [] is not one of disc, square, pin"),
        ({"main": {"type": "pin", "side": 1}}, "main.side: unknown field; known here: none"),
        ({"main": {"type": "disc", "radius": 0}}, "main.radius: 0 is out of range; possible is ab"),
        ({"main": {"type": "disc", "colour": "red"}}, 'main.colour: "red" is not one of blue, ora'),
        ({"shapes": {}}, "shapes: {} is not a list"),
        ({"shapes": ["disc"] * 4}, "shapes: the list has length 4; 0 to 3 are possible"),
        ({"shapes": ["disc", {"type": "square", "side": -1}]}, "shapes.1.side: -1 is out of rang"),
        ({"weights": []}, "weights: the list has length 0; 1 to 4 are possible"),
        ({"weights": [1, "2"]}, 'weights.1: "2" is not a number'),
        ({"frame": 3}, "frame: 3 is not an object with named fields"),
        ({"frame": {"width": 100}}, "frame.width: 100 is out of range; possible is 0 to 99"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path_its_value_and_what_would_be_right(
    change: dict[str, object], sentence: str
) -> None:
    assert refused({"title": "a"} | change).startswith(sentence)


@pytest.mark.parametrize("plain", [None, 5, "a", [], [1]])
def test_only_an_object_is_read(plain: object) -> None:
    assert "is not an object with named fields" in refused(plain)


def test_every_fault_is_listed_at_once() -> None:
    faults = refused({"count": 0, "frame": {"width": -1, "depth": 2}}).splitlines()
    assert [fault.split(":")[0] for fault in faults] == [
        "title",
        "count",
        "frame.depth",
        "frame.width",
    ]


def test_a_flood_of_faults_stays_readable() -> None:
    flood = refused({"title": "a"} | {f"{index}" * 9: 0 for index in range(10_000)})
    assert len(flood.splitlines()) == 6
    assert flood.endswith("has 9,995 more unknown fields")
    assert len(refused({"title": "a", "x" * 10**6: 0})) < 300
    assert len(refused({"title": ["x"] * 10**6})) < 100


def test_a_value_made_in_python_is_checked_like_one_that_is_read() -> None:
    wrong = Picture("a", count="7", main=Frame(), shapes=[Disc(-1.0)], frame=Frame(None))
    assert [problem.path for problem in check(wrong)] == [
        "count",
        "main",
        "shapes.0.radius",
        "frame.width",
    ]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("count", 5, {"count": 5}),
        ("limit", None, {}),
        ("frame.width", 5, {"frame": {"width": 5}}),
        ("weights.1", 5, {"weights": [1.0, 5.0]}),
        ("weights", [3], {"weights": [3.0]}),
        ("main", Pin(), {"main": {"type": "pin"}}),
        ("main", {"type": "square", "side": 2}, {"main": {"type": "square", "side": 2.0}}),
        ("main.radius", 3, {"main": {"type": "disc", "radius": 3.0}}),
        ("main.type", "square", {"main": "square"}),
        ("shapes", (Pin(), Disc()), {"shapes": ["pin", "disc"]}),
    ],
)
def test_one_value_is_changed_and_the_rest_stays(
    path: str, value: object, expected: dict[str, object]
) -> None:
    after = from_dict(Picture, {"title": "a"} | expected)
    assert replace_at(Picture("a"), path, value) == after


def test_a_value_deep_in_a_list_is_changed() -> None:
    after = replace_at(FULL, "shapes.2.side", 4)
    assert after.shapes == (Disc(2.5), Pin(), Square(4.0))
    assert replace_at(FULL, "shapes.0.type", "square").shapes == (Square(), Pin(), Square())
    assert replace_at(FULL, "shapes.1", {"type": "disc", "radius": 3}).shapes[1] == Disc(3.0)


def test_another_type_keeps_what_both_have_and_a_person_has_set() -> None:
    chosen = Picture("a", main=Disc(2.5, "green"))
    assert replace_at(chosen, "main.type", "square").main == Square(colour="green")
    assert replace_at(chosen, "main.type", "disc") == chosen
    assert replace_at(chosen, "main.type", "pin").main == Pin()


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("", 1, "unknown field; known here: title"),
        ("size", 1, "size: unknown field; known here: title"),
        ("frame.size", 1, "frame.size: unknown field; known here: width"),
        ("count.size", 1, "count: has no field size"),
        ("count", "x", 'count: "x" is not a whole number'),
        ("count", 0, "count: 0 is out of range"),
        ("count", Disc(), "count: Disc("),
        ("main", Frame(), "main: Frame(width=2) is not an object"),
        ("frame", Disc(), "frame: Disc("),
        ("shapes", (Frame(),), "shapes.0: Frame(width=2) is not"),
        ("shapes.0", Disc(), "shapes: there is no entry 0; there are 0, counted from 0"),
        ("weights.2", 1, "weights: there is no entry 2; there are 2"),
        ("weights.-1", 1, "weights: there is no entry -1"),
        ("weights.²", 1, "weights: there is no entry ²"),
        ("main.type", "star", 'main.type: "star" is not one of disc, square, pin'),
        ("main.type", ["disc"], "main.type: ['disc'] is not one of disc, square, pin"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(path: str, value: object, sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        replace_at(Picture("a"), path, value)
    assert str(caught.value).startswith(sentence)


def test_limits_are_said_in_words() -> None:
    declared = {item.name: rules for item, rules, _ in settings(Picture)}
    assert limits_text(declared["count"]) == "1 to 1,000"
    assert limits_text(declared["ratio"]) == "at most 1"
    assert limits_text(declared["limit"]) == "at least 1"
    assert limits_text(declared["anything"]) == "any number"
    assert limits_text(setting_of(Disc, "radius")) == "above 0 to 10"


SCHEMA = jsonschema.Draft202012Validator(schema(Picture))


def test_the_schema_is_one_and_accepts_what_is_written() -> None:
    SCHEMA.check_schema(SCHEMA.schema)
    SCHEMA.validate(to_dict(FULL))
    SCHEMA.validate({"title": "a", "main": "square", "limit": None})


@pytest.mark.parametrize(
    "change",
    [
        {"colour": 1},
        {"title": 5},
        {"title": "x" * 21},
        {"count": 0},
        {"count": 1.5},
        {"main": "star"},
        {"main": {"type": "disc", "radius": 0}},
        {"main": {"type": "pin", "side": 1}},
        {"shapes": ["disc"] * 4},
        {"weights": []},
        {"frame": {"width": 100}},
        {"limit": 0},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(change: dict[str, object]) -> None:
    plain = {"title": "a"} | change
    assert refused(plain)
    assert not SCHEMA.is_valid(plain)


def test_the_schema_says_what_is_declared() -> None:
    count = SCHEMA.schema["properties"]["count"]
    assert count == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "default": 3,
        "title": "Count",
        "description": "How many",
    }
    assert SCHEMA.schema["required"] == ["title"]
