"""How visible the join is when a picture is laid beside itself, and the lattice of the cells that it was made from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def ratio(images: list[Array], axis: int, period: int = 1) -> float:
    """Mean step across the join over the mean step, of `images [C,H,W]` along `axis` (1 rows, 2 columns): 1 is not at
    all.

    Of pictures made of cells of `period` px, the join is one of the edges of cells, all alike, since such a torus can
    be rolled: each edge counts, for a single line is strong or weak by chance.
    """
    steps = [_steps(image, axis) for image in images]
    join = np.mean([line[period - 1 :: period].mean() if period > 1 else line[-1] for line in steps])
    inside = np.mean([line.mean() if period > 1 else line[:-1].mean() for line in steps])
    return float(join / inside)


def ratio_of_courses(images: list[Array], axis: int, period: int) -> float:
    """Mean step across the join over the mean step at the lines that lie whole periods from it, of `images [C,H,W]`.

    For materials with courses of `period` px, whose steps depend on where in a course they are: 1 is no join.
    """
    steps = [_steps(image, axis)[period - 1 :: period] for image in images]
    return float(np.mean([lines[-1] for lines in steps]) / np.mean([lines[:-1].mean() for lines in steps]))


def lattice(images: list[Array], axis: int, period: int) -> float:
    """Return the strongest of the lines that come back every `period` px over their mean: 1 is no grid, 2 is plain to
    see.
    """
    steps = np.concatenate([_steps(image, axis).reshape(-1, period) for image in images])
    lines = steps.mean(axis=0)
    return float(lines.max() / lines.mean())


def _steps(image: Array, axis: int) -> npt.NDArray[np.float64]:
    """Mean absolute difference between each line and the next, the last one to the first: `[H]` or `[W]`."""
    image = np.asarray(image, np.float64)
    changes = np.abs(np.roll(image, -1, axis) - image)
    return changes.mean(axis=tuple({0, 1, 2} - {axis}))
