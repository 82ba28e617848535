"""A statistical model of a photograph of courses (bricks, tiles, boards), fitted in closed form, without training.

Four parts, each the simplest that says something: the *mean* of the photograph over its periods; a color for each
*unit* (a brick), drawn from the normal distribution of the photograph's units, of which a pixel takes more or less (its
`gain`: mortar takes none); and what is left over, as a stationary Gaussian texture (`texton`) times how strong it is at
each place of a period (its `spread`). So courses are as straight as the photograph's, and no two units are the same.

A period is whole latent cells: see `repeat` in `data.Style`, and `fit`, which scales the picture so that this is so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..textures.networks import STRIDE
from .texton import Array, Texton
from .texton import fit as fit_texton

#: What is left over lies within this many deviations: the Gaussian texture's 0…1.
REACH = 4.0
#: How wide, in px, the spread and the gain are smoothed: they are estimated from few periods.
SMOOTH = 1.5


@dataclass(frozen=True)
class Units:
    """Units lie in courses of `height` px, each `length` px long; each course is shifted by `shift` px to the last."""

    height: int
    length: int
    shift: int = 0

    def numbers(self, rows: int, columns: int) -> tuple[Array, Array]:
        """For each pixel of `rows × columns`: the number of its course, and of its unit in the course, from −1."""
        y, x = np.ogrid[:rows, :columns]
        course = y // self.height
        return course + 0 * x, (x - course * self.shift % self.length) // self.length


@dataclass(frozen=True)
class Course:
    """A fitted style with a period of `H × W` px: what is in front of `texton`, in −1…1 as pictures are.

    `mean [3,H,W]`, `gain [H,W]`, `spread [H,W]`; `colors [3,3]` makes a unit's color of three normal numbers.
    """

    mean: Array
    gain: Array
    spread: Array
    colors: Array
    texton: Texton


def fit(pictures: list[Array], repeat: tuple[int, int], units: Units | None = None) -> Course:
    """Return the model of pictures `[3,H,W]` in −1…1 whose periods are `repeat` (rows, columns) cells from their
    corners.
    """
    sides = repeat[0] * STRIDE, repeat[1] * STRIDE
    pictures = [aligned(picture, sides, units) for picture in pictures]
    mean = average(pictures, sides)
    left = [picture - tiled(mean, picture.shape[1:]) for picture in pictures]
    gain, colors = np.zeros(sides), np.zeros((3, 3))
    if units:
        gain, found = _units(left, sides, units)
        colors = root(np.concatenate([_listed(values, units) for values in found], axis=1))
        left = [each - tiled(gain, each.shape[1:]) * values for each, values in zip(left, found, strict=True)]
    spread = smoothed(np.sqrt(average([np.square(each).mean(axis=0, keepdims=True) for each in left], sides)))[0]
    spread = np.maximum(spread, 0.1 * spread.mean())
    scaled = [np.clip(each / tiled(spread, each.shape[1:]) / (2 * REACH) + 0.5, 0, 1) for each in left]
    return Course(mean, gain, spread, colors, fit_texton(scaled))


def aligned(picture: Array, sides: tuple[int, int], units: Units | None) -> Array:
    """`picture` cut so that a unit, if there are any, begins in its corner: where units are most unlike each other."""
    if not units:
        return picture
    coarse = 4
    rows, columns = (side // coarse * coarse for side in picture.shape[1:])
    small = picture[:, :rows, :columns].reshape(3, rows // coarse, coarse, columns // coarse, coarse).mean(axis=(2, 4))
    small = small - tiled(average([small], (sides[0] // coarse, sides[1] // coarse)), small.shape[1:])
    shrunk = Units(units.height // coarse, units.length // coarse, units.shift // coarse)
    places = [(y, x) for y in range(sides[0] // coarse) for x in range(shrunk.length)]
    y, x = max(places, key=lambda place: _contrast(small[:, place[0] :, place[1] :], shrunk))
    return picture[:, y * coarse :, x * coarse :]


def _contrast(picture: Array, units: Units) -> float:
    """Return the variance of the units' means."""
    rows, columns = (side // n * n for side, n in zip(picture.shape[1:], (units.height, units.length), strict=True))
    courses = [
        np.roll(picture[:, y : y + units.height, :columns], -(y // units.height * units.shift % units.length), axis=2)
        for y in range(0, rows, units.height)
    ]
    means = np.stack(courses).reshape(len(courses), 3, units.height, -1, units.length).mean(axis=(2, 4))
    return float(means[:, :, :-1].var(axis=(0, 2)).sum())


def average(pictures: list[Array], sides: tuple[int, int]) -> Array:
    """Return the mean of pictures `[C,H,W]` over all their whole periods: `[C,*sides]`."""
    total, count = np.zeros((len(pictures[0]), *sides)), 0
    for picture in pictures:
        down, across = (side // period for side, period in zip(picture.shape[1:], sides, strict=True))
        whole = picture[:, : down * sides[0], : across * sides[1]]
        total += whole.reshape(len(picture), down, sides[0], across, sides[1]).sum(axis=(1, 3))
        count += down * across
    if not count:
        raise ValueError(f"No picture holds a whole period of {sides[1]}×{sides[0]} px.")
    return total / count


def tiled(period: Array, sides: tuple[int, ...]) -> Array:
    """Return a period `[…,h,w]` repeated over `[…,*sides]`."""
    rows, columns = (np.arange(side) % n for side, n in zip(sides, period.shape[-2:], strict=True))
    return period[..., rows[:, None], columns]


def smoothed(period: Array, sigma: float = SMOOTH) -> Array:
    """Return a Gaussian blur of `sigma` px of what is periodic, `[…,h,w]`."""
    y, x = (np.fft.fftfreq(side) for side in period.shape[-2:])
    return np.fft.ifft2(np.fft.fft2(period) * np.exp(-2 * (np.pi * sigma) ** 2 * (y[:, None] ** 2 + x**2))).real


def root(samples: Array) -> Array:
    """Return the symmetric root `[C,C]` of the covariance of `samples [C,n]`."""
    values, vectors = np.linalg.eigh(np.cov(samples))
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _units(left: list[Array], sides: tuple[int, int], units: Units) -> tuple[Array, list[Array]]:
    """(gain `[H,W]`, the units' colors as pictures `[3,H,W]`) that explain most of `left`: least squares, in turns."""
    gain = np.ones(sides)
    for _ in range(3):
        found = [_colors(each, tiled(gain, each.shape[1:]), units) for each in left]
        shared = average([(each * of).sum(axis=0, keepdims=True) for each, of in zip(left, found, strict=True)], sides)
        power = average([np.square(of).sum(axis=0, keepdims=True) for of in found], sides)
        gain = np.clip(smoothed(shared / np.maximum(power, 1e-9))[0], 0, 1.5)
        gain /= max(np.sqrt(np.square(gain).mean()), 1e-3)
        gain = np.clip(gain, 0, 2)
    return gain, found


def _colors(left: Array, gain: Array, units: Units) -> Array:
    """Each unit's color, where `gain` times it comes nearest to `left [3,H,W]`."""
    course, unit = units.numbers(*left.shape[1:])
    number = course * (int(unit.max()) + 2) + unit + 1
    weights = np.maximum(np.bincount(number.ravel(), gain.ravel() ** 2), 1e-9)
    sums = [np.bincount(number.ravel(), (gain * channel).ravel(), len(weights)) for channel in left]
    return (np.stack(sums) / weights)[:, number]


def _listed(values: Array, units: Units) -> Array:
    """Return the colors `[3,n]` of those units of a picture `[3,H,W]` that are whole."""
    rows, columns = values.shape[1:]
    return np.concatenate(
        [
            values[:, y, y // units.height * units.shift % units.length : columns - units.length + 1 : units.length]
            for y in range(0, rows - units.height + 1, units.height)
        ],
        axis=1,
    )
