"""Sentences: texts with values in them that can still be said in another language."""

from collections.abc import Iterable
from typing import LiteralString, cast


class Sentence(str):
    """A text with values in its {places}, as `str.format` has them, which remembers both apart.

    To whoever asks for no more it is the English text. The window translates the template, and
    those of the values that are sentences themselves. Templates are written out where a sentence
    is made, so that they are found for translators.

    >>> Sentence("epoch {number:,}", number=1000)
    'epoch 1,000'
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: "LiteralString | Sentence", /, **values: object) -> "Sentence":
        if isinstance(template, Sentence):
            return template
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made

    def __str__(self) -> "Sentence":
        """Itself, so that `str(error)` is still the sentence that an error was given."""
        return self


class SentenceError(ValueError):
    """An error that says in a sentence what is wrong."""

    def __init__(self, template: LiteralString | Sentence, /, **values: object) -> None:
        self.sentence = Sentence(template, **values)
        super().__init__(self.sentence)


def joined(sentences: Iterable[str], between: str) -> Sentence:
    """Several sentences as one, with something between them that needs no translation."""
    parts = {f"part{number}": each for number, each in enumerate(sentences)}
    template = between.join(f"{{{part}}}" for part in parts)
    return Sentence(cast("LiteralString", template), **parts)


def reason_of(error: OSError) -> Sentence:
    """What the system says of an error, less its number and path."""
    return Sentence(cast("LiteralString", error.strerror or str(error)))
