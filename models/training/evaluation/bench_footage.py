"""Measure masks of footage: `python -m models.training.evaluation.bench_footage [--quick] [--generator ID]`.

Prints a JSON line for each figure as `bench` does: frames a second from movie to mask files, through the worker,
against the network alone and against reading alone, and the worker's memory over a short and a long clip.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from ...footage import fingerprint
from ...footage.movie import Movie
from ...inference.session import Session
from ...kinds import kind
from ...library.catalog import Entry, Library
from ...recipe import Recipe
from ...worker.client import Client
from .bench_textures import in_turns, machine, say, seconds

SIZE, RATE = (1920, 1080), 25  # px, frames a second


def movie(path: Path, length: int) -> Path:
    """Write a clip of so many seconds in which something moves over a grainy ground, H.264 as a camera writes it."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    ground = np.stack((90 + 40 * np.sin(x / 150), 110 + 30 * np.cos(y / 90), 120 + 0 * x), -1)
    ground += np.random.default_rng(0).normal(0, 6, (*ground.shape[:2], 1)).astype(np.float32)
    ground = ground.clip(0, 255).astype(np.uint8)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "20", "g": "25"}
        for n in range(length * RATE):
            pixels = np.roll(ground, 3 * n % 60, axis=1)
            left = 100 + 17 * n % 1200
            pixels[300:900, left : left + 350] = (200, 60, 40)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


class Bench:
    """A generator of masks, a movie, and a worker for each measurement."""

    def __init__(self, entry: Entry, root: Path) -> None:
        self.entry, self.root = entry, root
        self._made = 0

    def recipe(self, film: Path, frames: int) -> Recipe:
        """Return a mask of the movie's first frames."""
        tracks = {"position": tuple(float(n) for n in range(frames))}
        card = self.entry.card
        settings: dict[str, str | int | float] = {"source": fingerprint.of([film]), "content": frames}
        return Recipe(card.kind, card.id, card.digest, *SIZE, frames, float(RATE), 0, settings, tracks)

    def whole(self, film: Path, frames: int, client: Client) -> float:
        """Seconds from the first whole frame to the last, a frame, through the worker."""
        recipe, self._made = self.recipe(film, frames), self._made + 1
        job, root = f"{self._made}", self.root / f"{self._made}"  # a folder where nothing was made before
        client.send("make", job, recipe=json.loads(recipe.canonical()), root=str(root), files=[str(film)])
        return seconds(lambda: list(client.wait(job))) / frames

    def bare(self, film: Path, frames: int, session: Session) -> float:
        """Seconds a frame for the network alone."""
        take = kind(self.entry.card.kind).take(self.recipe(film, frames), self.entry.card)
        take.attach([film])
        feeds = take.inputs(0)
        return seconds(lambda: [session.run(feeds) for _ in range(frames)]) / frames

    def memory(self, film: Path, frames: int) -> float:
        """Peak memory in MB of a fresh worker that makes a mask of so many frames; Linux only, else 0."""
        client = Client()
        try:
            self.whole(film, frames, client)
            status = Path(f"/proc/{client.pid}/status")
            lines = status.read_text().splitlines() if status.exists() else []
            return sum(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
        finally:
            client.close()


def read(film: Path, frames: int) -> float:
    """Seconds a frame to decode a movie."""
    with Movie(film) as shown:
        return seconds(lambda: [shown.frame(n) for n in range(frames)]) / frames


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and clips of 2 and 8 s")
    parser.add_argument("--generator", help="id of an installed generator of footage masks")
    options = parser.parse_args(arguments)
    library = Library()
    entry = library.latest(options.generator) if options.generator else library.of_kind("footage_mask")[0]
    say("machine", machine())
    say("generator", f"{entry.card.id} {entry.card.digest[:12]}")
    times, frames, lengths = (1, 10, (2, 8)) if options.quick else (5, 40, (6, 60))
    with tempfile.TemporaryDirectory(prefix="latent-strips-bench-") as folder:
        bench, film = Bench(entry, Path(folder, "frames")), movie(Path(folder, "short.mp4"), lengths[0])
        session, client = Session(entry.path), Client()
        try:
            found = in_turns(
                times,
                read=lambda: read(film, frames),
                bare=lambda: bench.bare(film, frames, session),
                whole=lambda: bench.whole(film, frames, client),
            )
        finally:
            client.close()
        say("masks per second, 1080p, end to end", 1 / found["whole"], "1/s")
        say("masks per second, 1080p, session.run alone", 1 / found["bare"], "1/s")
        say("end to end / session.run", found["whole"] / found["bare"], "×", "≤ 1.2")
        say("frames per second, 1080p, decoding alone", 1 / found["read"], "1/s")
        few = bench.memory(film, lengths[0] * RATE)
        many = bench.memory(movie(Path(folder, "long.mp4"), lengths[1]), lengths[1] * RATE)
        say(f"peak memory of the worker, {lengths[0]} s of 1080p", few, "MB")
        say(f"peak memory of the worker, {lengths[1]} s of 1080p", many, "MB", "as for the short clip")


if __name__ == "__main__":
    main()
