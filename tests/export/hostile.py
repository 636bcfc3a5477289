"""Opens one file in a process of its own, and says how long it took and how much memory.

    python -m tests.export.hostile WHOLE.npz HOSTILE.npz

A whole file of the same format is opened first, so that what is loaded once does not count.
"""

import json
import sys
import time

from playground.export import ModelError, load_model
from tests.export import memory


def main(whole: str, hostile: str) -> None:
    load_model(whole)
    before = memory.begin()
    begun = time.perf_counter()
    try:
        load_model(hostile)
        sentence = ""
    except ModelError as error:
        sentence = str(error)
    seconds = time.perf_counter() - begun
    growth = memory.peak() - before
    print(json.dumps({"sentence": sentence, "seconds": seconds, "growth_mib": round(growth, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
