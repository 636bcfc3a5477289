"""Typed formulas mean what a person means by them, and nothing else is ever run."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import Experiment, Trainer
from playground.data.features import feature_matrix, feature_of
from playground.data.formula import (
    FUNCTIONS,
    Call,
    Input,
    Number,
    evaluate,
    fold,
    inputs_of,
    label_of,
    operators_of,
)
from playground.data.parser import DEEPEST, MOST_CHARACTERS, FormulaError, parse
from playground.data.prepare import prepare
from playground.fields import ExperimentError

X = np.random.default_rng(0).uniform(-6, 6, (200, 3))
NAMES = {name: getattr(np, name) for name in FUNCTIONS} | {"pi": math.pi, "e": math.e}


def python(text: str) -> np.ndarray:
    """What Python itself makes of it; and, or and not are those of NumPy."""
    columns = {f"x{index + 1}": X[:, index] for index in range(3)}
    with np.errstate(all="ignore"):
        return eval(text.replace("^", "**"), {"__builtins__": {}}, NAMES | columns)


@pytest.mark.parametrize(
    "text",
    [
        "sin(x1) * x2 > 0.3",
        "x1^3",
        "-x1^2",
        "(-x1)^2",
        "2^-x1",
        "2^x1^2 / 1e9",
        "x1 - x2 - x3",
        "x1 / x2 / x3",
        "x1 - (x2 - x3)",
        "x1*x2+x3*2e-1",
        ".5*x1 + 3.*x2",
        "+x1 - -x2",
        "pi*e^x1",
        "exp(-(x1^2 + x2^2)/8)",
        "log(abs(x1)) + sqrt(abs(x2))",
        "tan(x1) * tanh(x2) + floor(cos(x3))",
        "x1 ** 2 + x2 ** 2 <= 9",
        "x1*x2 >= x3",
        "abs(x1) < 2",
        "x1\t*  x2 ",
    ],
)
def test_a_formula_means_what_python_means_by_it(text: str) -> None:
    np.testing.assert_allclose(evaluate(parse(text), X), python(text), rtol=1e-14)


SIGNS = st.sampled_from(["+", "-", "*", "/", "^"])


def composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, SIGNS, inner)
    return st.one_of(
        pair.map(lambda parts: f"({' '.join(parts)})"),
        pair.map("".join),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map("{0[0]}({0[1]})".format),
        inner.map("-{}".format),
    )


LEAVES = st.sampled_from(["x1", "x2", "x3", "2", "0.5", "1e1", "pi"])
VALUES = st.recursive(LEAVES, composed, max_leaves=12)


@settings(derandomize=True)  # what cancels may differ by more than rounding
@given(VALUES)
def test_whatever_is_composed_is_computed_as_python_does(text: str) -> None:
    try:
        node = parse(text)
    except FormulaError:
        return  # a constant without a value, or too deep
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = np.broadcast_to(np.asarray(python(text), np.float64), len(X))
        except (ArithmeticError, TypeError):  # of Python's own numbers, not of arrays
            return
    np.testing.assert_allclose(evaluate(node, X), expected, rtol=1e-9, equal_nan=True)


def test_conditions_are_joined() -> None:
    x1, x2, x3 = X.T
    for text, expected in (
        ("x1 > 0 and x2 > 0 or x3 < 0", ((x1 > 0) & (x2 > 0)) | (x3 < 0)),
        ("x1 > 0 and (x2 > 0 or x3 < 0)", (x1 > 0) & ((x2 > 0) | (x3 < 0))),
        ("not x1 > 0 and x2 > 0", ~(x1 > 0) & (x2 > 0)),
        ("not (x1 > 0 and x2 > 0)", ~((x1 > 0) & (x2 > 0))),
        ("-1 < x1 <= 1", (x1 > -1) & (x1 <= 1)),
    ):
        np.testing.assert_array_equal(evaluate(parse(text), X), expected)


@pytest.mark.parametrize(
    ("printed", "typed"),
    [("x₁²", "x1^2"), ("x₁³ − 2·x₂", "x1^3-2*x2"), ("π×x₁ ÷ x₂", "pi*x1/x2"), ("x₁ ≤ 2", "x1<=2")],
)
def test_a_formula_may_be_pasted_from_print(printed: str, typed: str) -> None:
    assert parse(printed) == parse(typed)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("x1^2", "x₁²"),
        ("x1*x2", "x₁x₂"),
        ("sin(x1)", "sin x₁"),
        ("sin(3*x1)", "sin(3x₁)"),
        ("x12^10", "x₁₂^10"),
        ("-(x1+1)*2", "−(x₁ + 1) · 2"),
        ("(x1+x2)*(x1-x2)", "(x₁ + x₂)(x₁ − x₂)"),
        ("x1/(x2*x3)", "x₁ / (x₂x₃)"),
        ("pi*x1 - -2", "πx₁ − (−2)"),
        ("x1 >= 2 and not x2 < 1.25", "x₁ ≥ 2 and not x₂ < 1.25"),
    ],
)
def test_a_formula_is_printed_as_a_person_writes_it(text: str, label: str) -> None:
    assert label_of(parse(text)) == label


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 0, "a number, an input or a function is missing at the end"),
        ("x1 +", 4, "is missing at the end"),
        ("x1 x2", 3, 'an operator is missing before "x2"'),
        ("2x1", 1, 'an operator is missing before "x1"'),
        ("sin x1", 4, "write sin(…), with brackets"),
        ("x1 + y", 5, '"y" is not known; known are x1, x2'),
        ("x0", 0, '"x0" is not known'),
        ("x1001", 0, "is not known"),
        ("(x1", 0, "this bracket is not closed"),
        ("2*(x1+(x2)", 2, "this bracket is not closed"),
        ("x1)", 2, "or it closes nothing"),
        ("x1 == 2", 3, '"=" has no meaning here; write < or >'),
        ("x1 != 2", 3, "write not"),
        ("x1 and x2", 3, '"and" takes what is true or false, not a number'),
        ("1 + (x1 > 2)", 2, '"+" takes numbers, not a comparison'),
        ("sin(x1 > 2)", 0, '"sin" takes numbers'),
        ("x1 + 1/0", 6, "this has no value"),
        ("x1 + log(-1)", 5, "this has no value"),
        ("x1*1e999", 3, "1e999 is too large"),
        ("and", 0, "is missing"),
        ("x1.real", 2, '"." has no meaning here'),
        ("__import__('os')", 0, '"_" has no meaning here'),
        ("x1; x2", 2, '";" has no meaning here'),
        ("[x1 for x1 in x2]", 0, '"[" has no meaning here'),
        ("(lambda: 1)()", 1, '"lambda" is not known'),
        ("min(x1, x2)", 0, '"min" is not known'),
        ("x1\x00", 2, "has no meaning here"),
        ("(" * 100 + "x1" + ")" * 100, DEEPEST + 1, "nested too deep"),
        ("-" * 100 + "x1", DEEPEST + 1, "nested too deep"),
        ("x1" + "^x1" * 60, 3 * (DEEPEST + 1), "nested too deep"),
        ("x1" + "+x1" * 200, MOST_CHARACTERS, "more than 300 characters"),
    ],
)
def test_an_error_points_at_the_character(text: str, column: int, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.column == column
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"at character {caught.value.column + 1}: ")


@given(st.text(max_size=40) | st.text("x12+-*/^()<>=. sinandor", max_size=60))
def test_any_text_is_a_formula_or_one_sentence(text: str) -> None:
    found: FormulaError | None = None
    try:
        node = parse(text)
    except FormulaError as error:
        found = error
    else:
        assert label_of(node)
        evaluate(node, np.zeros((2, 1000)))
    assert found is None or 0 <= found.column <= len(text)


def test_the_longest_formulas_are_computed_without_trouble() -> None:
    for text in ("+".join(["x1"] * 100), "-".join(["1"] * 149) + "-x1", "x1" + "*x1" * 99):
        node = parse(text)
        assert np.isfinite(evaluate(node, X)).all()
        assert label_of(node)
        assert fold(node, repr, str, dict.fromkeys(operators_of(node), "{}{}".format))
        assert hash(node) == hash(parse(text))


def test_a_formula_is_written_in_another_language_by_folding_it() -> None:
    node = parse("2*x1 - sin(x3)")
    spelled = {"*": "({} * {})".format, "-": "({} - {})".format, "sin": "sin({})".format}
    assert fold(node, repr, "x[{}]".format, spelled) == "((2.0 * x[0]) - sin(x[2]))"
    assert operators_of(node) == {"*", "-", "sin"}
    assert inputs_of(node) == (0, 2)
    assert node == Call("-", (Call("*", (Number(2.0), Input(0))), Call("sin", (Input(2),))))


# As features


def test_typed_features_train_and_predict() -> None:
    features = ("x1^3", "sin(3*x1)", "exp(-x2^2)")
    experiment = Experiment().with_("data.features", features).check()
    assert Experiment.from_json(experiment.to_json()) == experiment
    trainer = Trainer(experiment)
    trainer.advance(epochs=2)
    x, _ = trainer.prepared.samples("train")
    expected = np.stack([x[:, 0] ** 3, np.sin(3 * x[:, 0]), np.exp(-(x[:, 1] ** 2))], axis=1)
    np.testing.assert_allclose(trainer.prepared.network_inputs(x), expected, rtol=1e-12)
    np.testing.assert_allclose(trainer.predict(x), trainer.model().predict(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("features", "path", "said"),
    [
        (("x1", "x1 +"), "data.features.1", '"x1 +", at character 5: a number'),
        (("x1 > 0",), "data.features.0", "a comparison is no feature"),
        (("7",), "data.features.0", "there is no input in it"),
        (("x1^2", "x1 ** 2"), "data.features", "listed twice"),
        (("x2 + x3",), "data.features.0", '"x2 + x3" needs more inputs than the 2'),
    ],
)
def test_a_feature_that_does_not_fit_is_refused_in_a_sentence(
    features: tuple[str, ...], path: str, said: str
) -> None:
    (problem,) = Experiment().with_("data.features", features).problems()
    assert problem.path == path
    assert said in problem.message


def test_a_feature_without_a_value_for_some_samples_is_refused_when_they_are_known() -> None:
    experiment = Experiment().with_("data.features", ("x1", "log(x1)"))
    assert experiment.problems() == ()
    with pytest.raises(ExperimentError, match=r'features.1: "log\(x1\)" has no finite value at 2'):
        Trainer(experiment)


def test_inputs_beyond_the_catalogue_are_features_too() -> None:
    wide = np.arange(2000.0).reshape(2, 1000)
    np.testing.assert_array_equal(feature_matrix(wide, ["x1000", "x64"]), wide[:, [999, 63]])
    assert feature_of("x1000").label == "x₁₀₀₀"
    assert feature_of("x64").is_input
    assert not feature_of("x64^2").is_input


# As data


def test_a_condition_makes_classes() -> None:
    experiment = Experiment(loss="mse").with_source("formula", formula="sin(x1) * x2 > 0.3")
    assert experiment.task == "binary"
    assert Experiment.from_json(experiment.to_json()) == experiment
    dataset = prepare(experiment.with_("data.noise", 0.0).data, 3).dataset
    x1, x2 = dataset.x.T
    np.testing.assert_array_equal(dataset.y, np.sin(x1) * x2 > 0.3)
    assert dataset.class_names == ("false", "true")
    noisy = prepare(experiment.with_("data.noise", 0.5).data, 3).dataset
    np.testing.assert_array_equal(noisy.x, dataset.x)
    assert 0.5 < np.mean(noisy.y == dataset.y) < 1


def test_a_value_makes_a_regression_on_as_many_inputs_as_it_has() -> None:
    for text, inputs in (("sin(x1)", 1), ("x2", 2), ("x1*x3", 3)):
        experiment = Experiment().with_source("formula", formula=text)
        assert experiment.task == "regression"
        assert len(experiment.data.features) == inputs
        dataset = prepare(experiment.with_("data.noise", 0.0).data, 3).dataset
        assert dataset.x.shape == (500, inputs)
        np.testing.assert_allclose(dataset.y[:, 0], evaluate(parse(text), dataset.x))


def test_a_formula_is_there_before_one_is_typed() -> None:
    experiment = Experiment().with_source("formula")
    assert experiment.problems() == ()
    assert prepare(experiment.data, 0).dataset.y.sum() > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sin(x1) *", "data.formula: at character 10: a number"),
        ("1 > 2", "data.formula: there is no input in it"),
        ("x21", "data.formula: x21 is too far"),
        ("", "data.formula: at character 1"),
    ],
)
def test_a_formula_that_makes_no_data_is_refused(text: str, said: str) -> None:
    experiment = Experiment().with_source("formula")
    assert str(experiment.with_("data.formula", text).problems()[0]).startswith(said)
    with pytest.raises(ExperimentError) as caught:
        experiment.with_source("formula", formula=text)
    assert str(caught.value).startswith(said)


def test_values_that_are_not_finite_are_refused_when_they_are_known() -> None:
    trainer = Trainer(Experiment())
    experiment = trainer.experiment.with_source("formula", formula="log(x1)")
    with pytest.raises(ExperimentError, match=r"data.formula: it has no finite value at 2\d\d of"):
        trainer.apply(experiment)
    assert trainer.experiment == Experiment()
