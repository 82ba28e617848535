"""A photograph as normal numbers that may be blended, and the tables that lead back to its colors.

Colors are turned to axes that don't go together (their principal ones), and each axis is given a normal distribution
by rank. A mixture of independent normal numbers, divided by the root of the sum of its squared weights, is normal
again: so what is blended has the photograph's histograms, and no contrast is lost (Heitz and Neyret, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

#: Side of a photograph in px, and of the blocks that it is stored in.
SIDE, BLOCK = 512, 8
#: Steps that the coefficients of blocks are rounded to, of the 255 of a color; and what a byte holds.
STEP, MOST = 4.0, 127
#: Standard deviations that the numbers reach from the mean; the tables reach further, as mixtures do.
LIMIT, FAR = 3.5, 8.75
#: Entries of a table of one axis.
KNOTS = 1025
#: Values of an axis that count as different: so many lie between black and white.
VALUES = 2040
#: Px by which a photograph that doesn't wrap is larger on a side: there its end leads over to its beginning.
JOIN = 64

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Example:
    """A photograph, ready to be blended.

    Each axis is a plane of normal numbers from −LIMIT to LIMIT, SIDE px a side, that wraps around. It is stored as JPEG
    stores pictures: `coefficients int8 [3,BLOCK²,SIDE/BLOCK,SIDE/BLOCK]` of the cosine transform of its blocks, each in
    `steps [3,BLOCK²]`. `tables [3,KNOTS]`: an axis' value at normal numbers from −FAR to FAR. `colors [3,3]`: a
    color is their product with the three values.
    """

    coefficients: npt.NDArray[np.int8]
    steps: Floats
    tables: Floats
    colors: Floats


def fitted(picture: Picture) -> Example:
    """Return the example of a `picture [H,W,3]` in 0…1.

    One that wraps has SIDE px a side; one that doesn't has JOIN more, by which its end is blended into its beginning.
    """
    turned = _axes(picture)
    values = picture @ turned
    shares = np.cumsum(np.full(65536, 1 / 65536)) - 0.5 / 65536
    normals = np.array([_NORMAL.inv_cdf(share) for share in shares])
    below = np.array([_NORMAL.cdf(x) for x in np.linspace(-FAR, FAR, KNOTS)])
    stored, tables = [], []
    for axis in range(3):
        normal = np.clip(np.interp(_ranks(values[..., axis]), shares, normals), -LIMIT, LIMIT)
        deviation = 255 * float(values[..., axis].std())
        stored.append(_coefficients(joined(normal), STEP / max(deviation, 1e-3)))
        tables.append(np.quantile(values[..., axis], below))
    coefficients, steps = (np.stack(part) for part in zip(*stored, strict=True))
    return Example(coefficients, steps, np.array(tables, np.float32), turned.astype(np.float32))


def joined(plane: Picture) -> Picture:
    """Return a plane of normal numbers of SIDE px a side that wraps, from one that has more and doesn't.

    What lies beyond the end is blended over the beginning, so that the deviation stays what it is.
    """
    for axis in (0, 1):
        more = plane.shape[axis] - SIDE
        begin, middle, beyond = np.split(plane, [more, SIDE], axis=axis)
        share = (np.arange(more) + 0.5) / max(more, 1)
        share = share.reshape((-1, 1) if axis == 0 else (1, -1))
        mixed = (begin * share + beyond * (1 - share)) / np.sqrt(share**2 + (1 - share) ** 2)
        plane = np.concatenate((mixed, middle), axis=axis)
    return plane


def _axes(picture: Picture) -> npt.NDArray[np.float64]:
    """Return the principal axes of the colors, as columns; signs that any two photographs share, so that they morph."""
    colors = picture.reshape(-1, 3)
    _, axes = np.linalg.eigh(np.cov(colors.T))
    axes = axes[:, ::-1]
    signs = np.where((axes * np.array([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 2.0, -1.0]]).T).sum(axis=0) < 0, -1, 1)
    turned: npt.NDArray[np.float64] = axes * signs
    return turned


def _ranks(plane: Picture) -> Picture:
    """Return the share of pixels below each, those alike counted half."""
    whole = np.round(plane * VALUES).astype(np.int64)
    _, place, counts = np.unique(whole, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    found: Picture = ((upto - counts / 2) / whole.size)[place.reshape(whole.shape)]
    return found


def basis() -> Picture:
    """Return the cosine transform of a block `[px,coefficient]`: its columns are orthonormal, rows of px after rows."""
    place, wave = np.meshgrid(np.arange(BLOCK), np.arange(BLOCK), indexing="ij")
    line = np.cos(np.pi * (2 * place + 1) * wave / (2 * BLOCK)) * np.where(wave == 0, 1, np.sqrt(2)) / np.sqrt(BLOCK)
    found: Picture = np.kron(line, line)
    return found


def _coefficients(plane: Picture, step: float) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return the coefficients of a plane's blocks, `[BLOCK²,SIDE/BLOCK,SIDE/BLOCK]`, and the step of each `[BLOCK²]`.

    Steps are larger where a byte would not hold the largest one.
    """
    count = SIDE // BLOCK
    blocks = plane.reshape(count, BLOCK, count, BLOCK).transpose(1, 3, 0, 2).reshape(BLOCK**2, -1)
    exact = basis().T @ blocks
    steps = np.maximum(step, np.abs(exact).max(axis=1) / MOST)
    rounded = np.round(exact / steps[:, None]).astype(np.int8).reshape(BLOCK**2, count, count)
    return rounded, steps.astype(np.float32)
