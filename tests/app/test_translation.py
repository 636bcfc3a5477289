"""How a translator adds a language, and that no text is made in a way that keeps one from it."""

import ast
import pickle
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

import playground
from playground.app import words
from playground.sentence import Sentence, SentenceError, joined

MAKE = Path(__file__).parents[1] / "make_translation.py"
PACKAGE = Path(playground.__file__).parent
# What is told on a command line, to programmers, or to another program
OTHERS = ("cli", "engine", "bench.py", "doctor.py", "script.py")
SEVERAL_WORDS = re.compile(r"[A-Za-z]{2,}[,;:.]* (… )*[A-Za-z]{2,}")
MARKS_OF_CODE = re.compile(r"[<>{}=#]|\*\.")


def test_a_sentence_is_a_text_that_remembers_its_parts() -> None:
    reason = Sentence("a row has {count:,} cells", count=1000)
    error = SentenceError('"{name}" cannot be read: {why}', name="fish", why=reason)
    assert str(error) == '"fish" cannot be read: a row has 1,000 cells'
    assert isinstance(str(error), Sentence)
    for copy in (error.sentence, Sentence(error.sentence), pickle.loads(pickle.dumps(str(error)))):
        assert copy == str(error)
        assert copy.template == '"{name}" cannot be read: {why}'
        assert copy.values == {"name": "fish", "why": reason}
    assert joined([reason, Sentence("no {more}")], "; ") == "a row has 1,000 cells; no {more}"


class Reversed(QTranslator):
    """A language in which sentences stand the other way round."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        known = {"{what} at the end": "at the end {what}", "a sign is missing": "missing is a sign"}
        return known.get(text)

    def isEmpty(self) -> bool:  # noqa: N802
        return False


def test_a_sentence_in_another_one_is_translated_and_names_are_not(qapp: QCoreApplication) -> None:
    translator = Reversed()
    qapp.installTranslator(translator)
    try:
        missing = Sentence("a sign is missing")
        assert (
            words.tr(Sentence("{what} at the end", what=missing)) == "at the end missing is a sign"
        )
        named = Sentence("{what} at the end", what="a sign is missing")  # as a column may be called
        assert words.tr(named) == "at the end a sign is missing"
        assert words.tr("{what} at the end", what=missing) == "at the end missing is a sign"
        both = joined([missing, missing], "; ")
        assert words.tr(both) == "missing is a sign; missing is a sign"
    finally:
        qapp.removeTranslator(translator)


def test_each_text_that_is_translated_is_in_the_translators_file() -> None:
    texts = runpy.run_path(str(MAKE))["to_translate"]()
    asked = set()
    for path in PACKAGE.rglob("*.py"):
        calls = (each for each in ast.walk(ast.parse(path.read_text("utf-8"))))
        for call in calls:
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("tr", "Sentence"):
                first = call.args[0]
                given = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
                asked |= {each.value for each in given if isinstance(each, ast.Constant)}
    assert len(asked) > 300
    assert asked - texts <= {"", "F1", "{path}: {message}"}


def put_together(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of several words with values in them that are no templates: where, and the text."""
    raised = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc)
    # An error that is not told in a sentence is a programmer's.
    theirs = {id(each) for error in raised for each in ast.walk(error)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in theirs:
            parts = [each.value for each in node.values if isinstance(each, ast.Constant)]
            text = " … ".join(map(str, parts))
            if SEVERAL_WORDS.search(text) and not MARKS_OF_CODE.search(text):
                yield node.lineno, text


def test_no_text_is_put_together_by_hand() -> None:
    """f"{name} is missing" cannot be translated: Sentence("{name} is missing", name=name) can."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if not any(each in OTHERS or each.endswith("_script.py") for each in place.parts):
            tree = ast.parse(path.read_text("utf-8"))
            found += [f"{place}:{line}: {text}" for line, text in put_together(tree)]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('notice = f"{name} was not saved"', 1),
        ('say("error", f"Epoch {epoch:,} is the last")', 1),
        ('raise ValueError(f"a plan needs {count} of them")', 0),
        ('text = f"{name} (*.csv)"', 0),
        ('notice = Sentence("{name} was not saved", name=name)', 0),
    ],
)
def test_such_a_text_is_found(code: str, count: int) -> None:
    assert len(list(put_together(ast.parse(code)))) == count


def test_a_language_needs_no_code(
    qapp: QCoreApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a translator does: write the texts out, translate one, put the result in its place."""
    release = shutil.which("pyside6-lrelease")
    if release is None:
        pytest.skip("Qt's lrelease is not installed")
    source = tmp_path / "playground_eo.ts"
    subprocess.run([sys.executable, str(MAKE), str(source)], check=True, capture_output=True)
    text = source.read_text("utf-8")
    before = '<source>Run</source>\n      <translation type="unfinished" />'
    assert before in text
    source.write_text(text.replace(before, "<source>Run</source><translation>Ek</translation>"))
    (tmp_path / "translations").mkdir()
    target = tmp_path / "translations" / "playground_eo.qm"
    subprocess.run([release, str(source), "-qm", str(target)], check=True, capture_output=True)
    monkeypatch.setattr(words, "ROOT", tmp_path)
    QLocale.setDefault(QLocale("eo"))
    words.install(qapp)
    try:
        assert words.tr("Run") == "Ek"
        assert words.tr("Pause") == "Pause"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
        QLocale.setDefault(QLocale.system())
