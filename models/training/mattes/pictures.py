"""Gray pictures to teach mattes from, made by rules: `python -m models.training.mattes.pictures FOLDER`.

Each is a field in 0…1 on a torus whose levels are even: every threshold of it is a shape, from first specks to all but
full. They are the project's own. What grows (ink, frost, torn edges) is a time of arrival: a front that sets out from
seeds and crosses the sheet at a speed that varies, so that its levels are the shapes that such a thing goes through.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float64]
Rng = np.random.Generator

#: Side of a picture, px; pictures of each style.
SIDE, COUNT = 512, 3


def noise(rng: Rng, slope: float, stretch: float = 1.0, low: float = 2.0) -> Field:
    """Gaussian noise whose amplitude falls as frequency^−`slope` above `low` cycles; mean 0, deviation 1.

    `stretch` > 1 draws it out along x.
    """
    y, x = np.meshgrid(np.fft.fftfreq(SIDE) * SIDE, np.fft.rfftfreq(SIDE) * SIDE, indexing="ij")
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) / np.maximum(np.hypot(x * stretch, y), low) ** slope
    spectrum[0, 0] = 0
    field: Field = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return field / field.std()


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur of `sigma` px, wrapping."""
    y, x = np.meshgrid(np.fft.fftfreq(SIDE), np.fft.rfftfreq(SIDE), indexing="ij")
    return np.fft.irfft2(np.fft.rfft2(field) * np.exp(-2 * (np.pi * sigma) ** 2 * (x**2 + y**2)), (SIDE, SIDE))


def warp(field: Field, dy: Field, dx: Field) -> Field:
    """`field` seen through a displacement in px, bilinear, wrapping."""
    y, x = np.mgrid[:SIDE, :SIDE]
    y, x = y + dy, x + dx
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    v, u = y - top, x - left

    def at(down: int, right: int) -> Field:
        return field[(top + down) % SIDE, (left + right) % SIDE]

    upper, lower = at(0, 0) * (1 - u) + at(0, 1) * u, at(1, 0) * (1 - u) + at(1, 1) * u
    return upper * (1 - v) + lower * v


def even(field: Field) -> Field:
    """Return the field with all its levels spread evenly over 0…1."""
    ranks = np.empty(field.size)
    ranks[np.argsort(field, axis=None, kind="stable")] = np.arange(field.size)
    return ranks.reshape(field.shape) / (field.size - 1)


def arrival(cost: Field, seeds: npt.NDArray[np.bool_], rounds: int = 700) -> Field:
    """When a front that starts at `seeds` reaches each px, which takes it `cost` to cross."""
    time = np.where(seeds, 0.0, np.inf)
    steps = [(axis, way, length) for axis in (0, 1, None) for way in (1, -1) for length in (1.0,)]
    for _ in range(rounds):
        before = time
        for axis, way, length in steps:
            if axis is None:  # one diagonal for each way
                for other in (way, -way):
                    time = np.minimum(time, np.roll(time, (way, other), (0, 1)) + cost * 1.4142)
            else:
                time = np.minimum(time, np.roll(time, way, axis) + cost * length)
        if np.array_equal(time, before):
            break
    return time


def dots(rng: Rng, count: int) -> npt.NDArray[np.bool_]:
    """Return a mask of `count` single px."""
    mask = np.zeros((SIDE, SIDE), bool)
    mask.flat[rng.choice(SIDE * SIDE, count, replace=False)] = True
    return mask


def nearest(points: Field) -> tuple[Field, Field]:
    """Distances in px to the nearest and second nearest of `points [N,2]`, wrapping."""
    y, x = np.mgrid[:SIDE, :SIDE]
    first, second = np.full((SIDE, SIDE), np.inf), np.full((SIDE, SIDE), np.inf)
    half = SIDE / 2
    for py, px in points:
        there = np.hypot((y - py + half) % SIDE - half, (x - px + half) % SIDE - half)
        second = np.minimum(second, np.maximum(first, there))
        first = np.minimum(first, there)
    return first, second


def ink(rng: Rng) -> Field:
    """Ink that bleeds into paper: fronts that run along its fibres."""
    fibres = np.exp(0.9 * noise(rng, 0.9) + 0.7 * noise(rng, 1.6))
    return 1 - even(arrival(fibres, dots(rng, 9)) + 0.02 * noise(rng, 0.2))


def splatter(rng: Rng) -> Field:
    """Return drops of all sizes, some thrown outwards."""
    y, x = np.mgrid[:SIDE, :SIDE]
    half, field = SIDE / 2, np.full((SIDE, SIDE), -np.inf)
    wobble = [noise(rng, 1.4, low=6) for _ in range(3)]
    for _ in range(420):
        radius = 2 + 42 * rng.random() ** 7
        py, px, angle = rng.random() * SIDE, rng.random() * SIDE, rng.random() * np.pi
        dy, dx = (y - py + half) % SIDE - half, (x - px + half) % SIDE - half
        along, across = dy * np.sin(angle) + dx * np.cos(angle), dx * np.sin(angle) - dy * np.cos(angle)
        far = np.hypot(along / (1 + 1.2 * rng.random() ** 2), across)
        rough = wobble[int(rng.integers(3))]
        field = np.maximum(field, np.log2(radius) * 0.35 - far / radius * (1 + 0.12 * rough))
    return even(field)


def smoke(rng: Rng) -> Field:
    """Smoke in curls: noise carried along by noise."""
    field = noise(rng, 1.7, low=3)
    for strength in (38.0, 22.0, 10.0):
        field = warp(field, strength * noise(rng, 2.2), strength * noise(rng, 2.2))
    return even(field + 0.12 * noise(rng, 1.3))


def clouds(rng: Rng) -> Field:
    """Billows: the folds of noise, on top of each other."""
    field = 1.1 * noise(rng, 2.2, low=3)
    for low, weight in ((4, 1.0), (9, 0.6), (20, 0.3), (44, 0.14)):
        field -= weight * np.abs(noise(rng, 2.4, low=low))
    return even(field)


def frost(rng: Rng) -> Field:
    """Ice crystals: needles that set out from a point at 60 degrees, with needles at 60 degrees to them."""
    y, x = np.mgrid[:SIDE, :SIDE]
    half, field = SIDE / 2, np.full((SIDE, SIDE), -np.inf)

    def needle(py: float, px: float, angle: float, length: float, width: float, height: float) -> None:
        nonlocal field
        dy, dx = (y - py + half) % SIDE - half, (x - px + half) % SIDE - half
        along, across = dy * np.sin(angle) + dx * np.cos(angle), np.abs(dx * np.sin(angle) - dy * np.cos(angle))
        taper = np.maximum(width * (1 - np.maximum(along, 0) / length), 0.4)
        field = np.maximum(
            field, np.where((along >= 0) & (along <= length), height - along / 260 - across / taper * 0.28, -np.inf)
        )

    for _ in range(9):
        py, px, turn = rng.random() * SIDE, rng.random() * SIDE, rng.random() * np.pi
        height = 0.35 * rng.random()
        for angle in turn + np.arange(6) * np.pi / 3:
            length = 60 + 130 * rng.random()
            needle(py, px, angle, length, 11.0, height + 0.1)
            for place in np.arange(14, length, 17):
                ty, tx = float(py + place * np.sin(angle)), float(px + place * np.cos(angle))
                for side in (-1, 1):
                    small = (length - place) * (0.35 + 0.3 * rng.random())
                    needle(ty, tx, float(angle + side * np.pi / 3), float(small), 5.5, float(height - place / 260))
    return even(np.maximum(field, -3) + 0.02 * noise(rng, 1.0))


def cells(rng: Rng) -> Field:
    """Cells with walls between them, of uneven size."""
    first, second = nearest(np.concatenate([rng.random((46, 2)), 0.22 * rng.random((26, 2)) + rng.random(2)]) * SIDE)
    wall = second - first
    bend = 5.0
    field = np.minimum(wall, 26) + 0.35 * (26 - np.minimum(first, 26))
    return even(warp(field, bend * noise(rng, 1.9), bend * noise(rng, 1.9)))


def grunge(rng: Rng) -> Field:
    """Worn paint: stains, grain and scratches."""
    field = 0.9 * noise(rng, 1.35) + 0.7 * np.minimum(noise(rng, 0.7), 1.2)
    lines = np.zeros((SIDE, SIDE))
    for _ in range(90):
        length, angle = 30 + 200 * rng.random() ** 2, 0.5 + 0.35 * rng.standard_normal() + np.pi * rng.integers(2) / 2
        y, x = rng.random(2) * SIDE
        t = np.arange(length)
        rows = (y + t * np.sin(angle) + 2e-3 * rng.standard_normal() * t**1.5).astype(int) % SIDE
        lines[rows, (x + t * np.cos(angle)).astype(int) % SIDE] += 0.4 + rng.random()
    return even(field - 2.2 * blur(lines, 0.7))


def paper(rng: Rng) -> Field:
    """Paper that burns or tears away: ragged fronts with a fine fringe, and few islands."""
    cost = np.exp(0.8 * noise(rng, 1.25) + 0.35 * noise(rng, 0.4))
    return 1 - even(blur(arrival(cost, dots(rng, 3)), 0.6) + 0.5 * noise(rng, 0.8))


def brush(rng: Rng) -> Field:
    """Strokes of a dry brush: bristles side by side, drawn out along x."""
    bristles = noise(rng, 0.75, stretch=26, low=3) + 0.6 * noise(rng, 0.9, stretch=9, low=6)
    body = noise(rng, 1.7, stretch=5, low=4)
    bend = 14 * noise(rng, 2.6)
    return even(warp(0.9 * bristles + 1.3 * body + 0.25 * noise(rng, 0.3), bend, 0 * bend))


def caustics(rng: Rng) -> Field:
    """Light on the floor of a pool: rays from above, bent by waves, counted where they land."""
    fine = 3
    waves = blur(noise(rng, 4.0, low=9), 2.0)
    slope_y, slope_x = (np.roll(waves, -1, axis) - np.roll(waves, 1, axis) for axis in (0, 1))
    focus = 9 / slope_y.std()
    grid = (np.arange(SIDE * fine) + 0.5) / fine
    y, x = np.meshgrid(grid, grid, indexing="ij")
    rows = np.floor(y + focus * np.kron(slope_y, np.ones((fine, fine)))).astype(int) % SIDE
    columns = np.floor(x + focus * np.kron(slope_x, np.ones((fine, fine)))).astype(int) % SIDE
    light = np.bincount((rows * SIDE + columns).ravel(), minlength=SIDE * SIDE).reshape(SIDE, SIDE).astype(float)
    return even(np.log1p(blur(light, 0.8)) + 0.35 * np.log1p(blur(light, 5)) + 1e-3 * noise(rng, 1))


STYLES: dict[str, Callable[[Rng], Field]] = {
    made.__name__: made
    for made in (ink, splatter, smoke, clouds, frost, cells, grunge, paper, brush, caustics)
}  # fmt: skip


def picture(style: str, number: int) -> npt.NDArray[np.uint8]:
    """Picture `number` of a style, `uint8 [SIDE,SIDE]`: always the same one."""
    rng = np.random.default_rng([list(STYLES).index(style), number])
    return np.rint(STYLES[style](rng) * 255).astype(np.uint8)


def main(arguments: list[str] | None = None) -> None:
    """Write all pictures into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        for number in range(COUNT):
            Image.fromarray(picture(style, number)).save(folder / f"{style}-{number}.png")


if __name__ == "__main__":
    main()
