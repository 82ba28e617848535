"""Measure how long a quick look of 1920×1080 takes, warm, from the request to the picture; one JSON line a generator.

Run through `nox -s bench`. Every generator that needs nothing but settings is asked for five seeds after a first one.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.kinds import kind  # noqa: E402
from models.library.catalog import Entry, Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.worker.client import Client  # noqa: E402

LENGTH, SEEDS = 100, 5


def main() -> None:
    """Print the median and the longest time of each."""
    client = Client()
    with tempfile.TemporaryDirectory(prefix="latent-strips-bench-") as folder:
        for entry in Library().entries():
            made = kind(entry.card.kind)
            if made.medium == "image" and made.made_from == "nothing":
                times = [look(client, entry, seed, Path(folder, "look")) for seed in range(SEEDS + 1)][1:]
                value = {"median": round(1000 * statistics.median(times)), "longest": round(1000 * max(times))}
                figure = {"figure": f"quick look, {entry.card.id}", **value, "unit": "ms", "aim": "≤ 300"}
                print(json.dumps(figure, ensure_ascii=False), flush=True)
    client.close()


def look(client: Client, entry: Entry, seed: int, file: Path) -> float:
    """Seconds until the first picture is there; waits until the worker is done."""
    recipe = Recipe(entry.card.kind, entry.card.id, entry.card.digest, 1920, 1080, LENGTH, 24.0, seed)
    began = time.perf_counter()
    client.send("look", "a", recipe=recipe.mapping(), file=str(file))
    seen = 0.0
    for event in client.wait("a"):
        if event["say"] == "seen" and not seen:
            seen = time.perf_counter() - began
    return seen


if __name__ == "__main__":
    main()
