"""Finding a command by a few of its letters."""

START = 3.0  # for a letter that begins a word
NEXT = 2.0  # for one right after the letter matched before
GAP = 0.02  # off, for each letter between


def score(wanted: str, text: str) -> float | None:
    """How well `text` answers `wanted`, higher is better; None where its letters are not all there.

    The letters have to come in order, with any others between them: "lr" finds "Learning rate".
    Case and spaces do not matter. Letters that begin words or stand together count for more.
    """
    letters, within = "".join(wanted.lower().split()), text.lower()
    best: list[float | None] = [0.0] * (len(within) + 1)  # of the letters so far, the last at i - 1
    for count, letter in enumerate(letters):
        row: list[float | None] = [None] * (len(within) + 1)
        nearest: float | None = None  # the best so far of the letters before, less the gap to here
        for place, here in enumerate(within):
            before = best[place]
            if nearest is not None:
                nearest -= GAP
            if before is not None and (count == 0 or nearest is None or before > nearest):
                nearest = before
            if here == letter and nearest is not None:
                starts = place == 0 or not within[place - 1].isalnum()
                together = count > 0 and before is not None
                gain = START if starts else 0.0
                joined = (before or 0.0) + NEXT if together else nearest
                row[place + 1] = max(joined, nearest) + gain + 1.0
        best = row
    found = [each for each in best if each is not None]
    return max(found) - GAP * len(within) if found else None
