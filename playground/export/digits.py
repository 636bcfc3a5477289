"""Numbers as decimal text from which they come back bit for bit."""

import numpy as np


def digits(array: np.ndarray) -> list[str]:
    """The shortest text of each number of an array of float32 or float64, flattened.

    A float32 is found again whether a text is read as a float32, or as a float64 and then rounded:
    rounding twice is not always rounding once, and where it is not the text is a longer one. Each
    has a point or an exponent, as C and JSON need to tell it from a whole number.
    """
    flat = np.ravel(array)
    if flat.dtype == np.float64:
        return [repr(number) for number in flat.tolist()]
    texts = flat.astype("U32")
    exact = texts.astype(np.float64).astype(np.float32) == flat
    if not exact.all():
        texts[~exact] = [repr(number) for number in flat[~exact].tolist()]
    return texts.tolist()


def rows(array: np.ndarray) -> list[list[str]]:
    """The texts of a matrix, row by row; a vector is one row."""
    width = array.shape[-1]
    texts = digits(array)
    return [texts[start : start + width] for start in range(0, len(texts), width)]
