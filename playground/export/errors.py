"""What goes wrong with files of trained models, in sentences for whoever saves or opens one."""

from playground.sentence import SentenceError


class ExportError(SentenceError):
    """A model that was not saved; an older file of that name is as it was."""


class ModelError(SentenceError):
    """A file that cannot be opened as a trained model, or numbers that do not make one."""
