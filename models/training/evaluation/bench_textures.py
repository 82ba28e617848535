"""Measure speed and memory of the shipped texture generator.

`python -m models.training.evaluation.bench_textures [--quick]`

Prints a JSON line for each figure, with the aim that the project has set. What is compared is run in turns and the
medians are taken, since other programs come and go.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import numpy as np

from ...errors import GeneratorError
from ...inference.session import Session, cores
from ...kinds import Array, Take, kind
from ...library.catalog import Entry, Library
from ...recipe import Recipe
from ...worker.client import Client
from ..graphs import flops

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440)}
#: GFLOP for a 1080p frame of the generator in Bergmann et al., "… Periodic Spatial GAN" (ICML 2017), table 1.
PSGAN = 170.0


def say(figure: str, value: float | str, unit: str = "", aim: str = "") -> None:
    """Print one figure."""
    shown = float(f"{value:.4g}") if isinstance(value, float) else value
    print(json.dumps({"figure": figure, "value": shown, "unit": unit, "aim": aim}, ensure_ascii=False), flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(times: int, **works: Callable[[], float]) -> dict[str, float]:
    """Median of what each of `works` returns over `times` rounds of all, after a first one that isn't counted."""
    for work in works.values():
        work()
    rounds = [{name: work() for name, work in works.items()} for _ in range(times)]
    return {name: median(one[name] for one in rounds) for name in works}


class Bench:
    """A generator, its recipes, a warm session in this process and a warm worker beside it."""

    def __init__(self, entry: Entry, root: Path) -> None:
        self.entry, self.root = entry, root
        self.session = Session(entry.path)
        self.client = Client()
        self._seed = 0

    def recipe(self, size: str, frames: int) -> Recipe:
        """Return a recipe that was not made before."""
        self._seed += 1
        card, (width, height) = self.entry.card, SIZES[size]
        return Recipe(card.kind, card.id, card.digest, width, height, frames, 25.0, self._seed)

    def take(self, recipe: Recipe) -> Take:
        """Return that recipe, ready to be made here."""
        return kind(recipe.kind).take(recipe, self.entry.card)

    def feeds(self, size: str, frames: int) -> list[Mapping[str, Array]]:
        """Return what the network is given."""
        take = self.take(self.recipe(size, frames))
        return [take.inputs(frame) for frame in range(frames)]

    def bare(self, feeds: list[Mapping[str, Array]]) -> float:
        """Seconds a frame for the network alone."""
        return seconds(lambda: [self.session.run(feed) for feed in feeds]) / len(feeds)

    def make(self, recipe: Recipe, client: Client | None = None, until: str = "done") -> float:
        """Seconds from the request until the worker first says `until`. The rest of the job is not counted."""
        client = client or self.client
        began, job, heard = time.perf_counter(), recipe.sha256(), 0.0
        client.send("make", job, recipe=json.loads(recipe.canonical()), root=str(self.root))
        for event in client.wait(job):
            if event["say"] == until and not heard:
                heard = time.perf_counter() - began
        return heard

    def whole(self, size: str, frames: int) -> float:
        """Seconds a frame from the request to the files, through the worker."""
        return self.make(self.recipe(size, frames)) / frames

    def cold(self) -> float:
        """Seconds from a request to a worker that doesn't run yet until its first 1080p frame is a file."""
        client = Client()
        try:
            return self.make(self.recipe("1080p", 1), client, "frame")
        finally:
            client.close()

    def memory(self) -> float:
        """Peak memory in MB of a worker that makes 1080p frames; Linux only, else 0."""
        client = Client()
        try:
            self.make(self.recipe("1080p", 6), client)
            status = Path(f"/proc/{client.pid}/status")
            lines = status.read_text().splitlines() if status.exists() else []
            return sum(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
        finally:
            client.close()


def eager(entry: Entry) -> Callable[[Mapping[str, Array]], Array]:
    """Return the weights of a file in today's network, in torch's eager mode. Raises ImportError without torch.

    Raises GeneratorError for a network that doesn't begin with one field of noise: only those can be restored.
    """
    import torch

    from ..textures.restore import restored

    fields, (style,) = entry.card.ports("latent_field"), entry.card.ports("style")
    if len(fields) != 1:
        raise GeneratorError(f"{entry.card.label} can't be restored in torch: it has {len(fields)} fields of noise.")
    (field,) = fields
    generator = restored(entry.path).eval()
    torch.set_num_threads(cores())

    def run(feed: Mapping[str, Array]) -> Array:
        with torch.inference_mode():
            image = generator(torch.from_numpy(feed[field.name]), torch.from_numpy(feed[style.name]))
            made: Array = (image * 0.5 + 0.5).clamp(0, 1).numpy()
            return made

    return run


def sgemm(size: int = 2048) -> float:
    """GFLOP/s of NumPy's product of two square float32 matrices."""
    a = np.random.default_rng(0).random((size, size), np.float32)
    return 2 * size**3 / seconds(lambda: a @ a) / 1e9


def speed(bench: Bench, frames: int, times: int) -> None:
    """End to end against the network alone, torch, and the machine's peak."""
    feeds = bench.feeds("1080p", frames)
    works = {
        "bare": lambda: bench.bare(feeds),
        "whole": lambda: bench.whole("1080p", frames),
        "sgemm": sgemm,
    }
    try:
        run = eager(bench.entry)
    except ImportError:
        print("torch is not installed: no comparison with it", file=sys.stderr)
    except GeneratorError as error:
        print(error, file=sys.stderr)
    else:
        # Only the same network may be compared; the code may have moved on since the file was trained.
        (made,) = bench.session.run(feeds[0]).values()
        if np.abs(run(feeds[0]) - made).max() < 1e-3:
            works["eager"] = lambda: seconds(lambda: run(feeds[0]))
        else:
            print("the network in this code is not the file's: no comparison with torch", file=sys.stderr)
    found = in_turns(times, **works)
    say("frames per second, 1080p, end to end", 1 / found["whole"], "1/s")
    say("frames per second, 1080p, session.run alone", 1 / found["bare"], "1/s")
    say("end to end / session.run", found["whole"] / found["bare"], "×", "≤ 1.15")
    if "eager" in found:
        say("torch eager / end to end", found["eager"] / found["whole"], "×")
        say("torch eager / session.run", found["eager"] / found["bare"], "×", "≥ 3")
    gflop = flops.count(bench.entry.path, {name: array.shape for name, array in feeds[0].items()}) / 1e9
    say("arithmetic of a 1080p frame", gflop, "GFLOP", f"≤ 26 (PSGAN as published: {PSGAN:g})")
    say("sgemm, 2048²", found["sgemm"], "GFLOP/s")
    say("session.run's share of sgemm", 100 * gflop / found["bare"] / found["sgemm"], "%")


def encoding(bench: Bench, times: int) -> None:
    """Do what happens to a frame beside the network, on one thread."""
    take = bench.take(bench.recipe("1080p", times))
    out = bench.session.run(take.inputs(0))
    say("latents of a 1080p frame", 1000 * median(seconds(lambda: take.inputs(0)) for _ in range(times)), "ms")
    say(
        "resample and encode a 1080p frame",
        1000 * median(seconds(lambda: list(take.finish(0, out))) for _ in range(times)),
        "ms",
    )


def first_frames(bench: Bench, times: int) -> None:
    """How long a user waits for something to see."""
    say("first 1080p frame, cold", median(bench.cold() for _ in range(times)), "s", "≤ 2")
    warm = median(bench.make(bench.recipe("1080p", 1), until="frame") for _ in range(times))
    say("first 1080p frame, warm", warm, "s", "≤ 0.5")


def growth(bench: Bench, times: int) -> None:
    """Whether time grows faster than pixels or frames."""
    found = in_turns(times, **{size: lambda size=size: bench.whole(size, 2) for size in SIZES})
    pixels = {size: width * height / 1e6 for size, (width, height) in SIZES.items()}
    for size, time_ in found.items():
        say(f"{size}, end to end", time_ / pixels[size], "s/megapixel")
    ratio = found["1440p"] / pixels["1440p"] / (found["720p"] / pixels["720p"])
    say("time for 1440p / time for 720p, a pixel", ratio, "×", "≤ 1.1")
    found = in_turns(times, few=lambda: bench.whole("720p", 4), many=lambda: bench.whole("720p", 16))
    say("time for 16 frames / time for 4 frames, a frame", found["many"] / found["few"], "×", "≤ 1.1")


def machine() -> str:
    """Return the processor's name and the cores at hand."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{name}, {cores()} cores, {platform.system()}, Python {platform.python_version()}"


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--generator", help="id of another installed texture generator")
    options = parser.parse_args(arguments)
    times = 1 if options.quick else 5
    library = Library()
    entry = library.latest(options.generator) if options.generator else library.of_kind("texture")[0]
    say("machine", machine())
    say("generator", f"{entry.card.id} {entry.card.digest[:12]}")
    with tempfile.TemporaryDirectory(prefix="latent-strips-bench-") as root:
        bench = Bench(entry, Path(root))
        try:
            speed(bench, 3 if options.quick else 8, times)
            encoding(bench, 3 * times)
            first_frames(bench, times)
            say("peak memory of the worker, 1080p", bench.memory(), "MB", "≤ 600")
            growth(bench, times)
        finally:
            bench.client.close()


if __name__ == "__main__":
    main()
