"""Stars in front of a soft background: found in photographs of the night sky, and drawn from white noise.

No Gaussian texture has a star in it. So stars are a shot noise of their own: each pixel of a white noise that is far
enough out in its upper tail is a pinpoint of light, each one as far out in its lower tail a star with the telescope's
point spread, the median of the brighter stars found. How bright they are by how far out the noise is, is a table each:
the lights of the pictures, sorted, at the normal quantiles of their ranks. So there are as many of each brightness.

After Stetson, "DAOPHOT" (PASP, 1987), for finding stars and their point spread; shot noise with a given spot after
van Wijk, "Spot noise" (SIGGRAPH 1991).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Px around a star that its light reaches; the same as the kernels of a texton's grain.
REACH = 8
#: Side of the square, px, whose median is the background behind stars, and the step at which it is looked at.
AROUND, EVERY = 21, 3
#: The faintest star that is told from what is behind it, as a step of light of 1.
LEAST = 0.06
#: A star has a point spread if what is beside its middle is at least this share of that.
SPREAD = 0.25
#: Where a sum of light is taken for clipped.
CLIPPED = 0.97
#: The tables: evenly spaced standard deviations, from none of which a star is further in.
KNOTS, NEAR, FAR = 128, 1.5, 5.0
#: Px around a larger star in which nothing is taken for a pinpoint.
APART = 5


def parted(pictures: list[Array]) -> tuple[list[Array], Array, Array]:
    """Stars and what is behind them, of pictures `[C,H,W]` in 0…1.

    Returns the backgrounds, the point spread `[C,1,2·REACH+1,2·REACH+1]` of the larger stars, and the tables of
    pinpoints and of these, `[2,KNOTS]`: see `table`.
    """
    skies = [background(picture) for picture in pictures]
    points: list[Array] = []
    stars: list[tuple[Array, Mask]] = []
    left = 0
    for picture, sky in zip(pictures, skies, strict=True):
        gray = (picture - sky).mean(axis=0)
        for y, x, light, clipped in _large(picture, sky):
            stars.append((light, clipped))
            gray[max(y - APART, 0) : y + APART + 1, max(x - APART, 0) : x + APART + 1] = np.nan
        left += int(np.isfinite(gray).sum())
        points.append(gray[gray > LEAST])
    around = _point_spread([light for light, _ in stars], len(pictures[0]))
    strengths = np.array([_strength(light, clipped, around) for light, clipped in stars])
    pixels = sum(picture[0].size for picture in pictures)
    return skies, around[:, None], np.stack([table(np.concatenate(points), left), table(strengths, pixels)])


def table(lights: Array, pixels: int) -> Array:
    """Return the brightness of a pixel of white noise that is NEAR … FAR out in its tail, if so many `pixels` have
    `lights`.

    `[KNOTS]`, rising from 0; never more than the brightest. One or two stars are none.
    """
    if len(lights) < 3:
        return np.zeros(KNOTS)
    normal = NormalDist()
    ranks = np.array([pixels * (1 - normal.cdf(out)) for out in np.linspace(NEAR, FAR, KNOTS)])
    found = np.interp(ranks, np.arange(len(lights)) + 0.5, np.sort(lights)[::-1], right=0.0)
    found[0] = 0.0
    return found


def background(picture: Array) -> Array:
    """`picture [C,H,W]` without what is small and bright: medians of squares."""
    half = AROUND // 2
    wide = np.pad(picture, ((0, 0), (half, half), (half, half)), mode="reflect")
    squares = (_squares(plane, AROUND)[..., ::EVERY, ::EVERY] for plane in wide)
    return np.stack([np.median(each.reshape(*picture.shape[1:], -1), axis=2) for each in squares])


def _large(picture: Array, sky: Array) -> list[tuple[int, int, Array, Mask]]:
    """Stars of more than one pixel: where they are, their light, in 0…1, and where the picture is clipped there.

    The last two are `[C,2·REACH+1,2·REACH+1]`.
    """
    gray, side = (picture - sky).mean(axis=0), 2 * REACH + 1
    # Discs that are clipped have their middle where a little blur has its highest place.
    soft = _smoothed(gray)
    highest = _squares(np.pad(soft, 2, mode="reflect"), 5).max(axis=(2, 3))
    margins = ((0, 0), (REACH, REACH), (REACH, REACH))
    light = np.pad(np.clip(picture - sky, 0, 1), margins, mode="reflect")
    clipped = np.pad(picture, margins, mode="reflect") > CLIPPED
    stars = (
        (int(y), int(x), light[:, y : y + side, x : x + side], clipped[:, y : y + side, x : x + side])
        for y, x in np.argwhere((soft >= highest) & (gray > LEAST))
    )
    return [star for star in stars if _spread(star[2])]


def _smoothed(gray: Array) -> Array:
    """By 1, 2, 1 in both directions."""
    for axis in (0, 1):
        wide = np.pad(gray, [(1, 1) if axis == each else (0, 0) for each in (0, 1)], mode="reflect")
        gray = np.apply_along_axis(np.convolve, axis, wide, (0.25, 0.5, 0.25), "valid")
    return gray


def _squares(plane: Array, side: int) -> Array:
    return np.lib.stride_tricks.sliding_window_view(plane, (side, side))


def _spread(light: Array) -> bool:
    """Whether a star is more than one pixel."""
    middle = light[:, REACH - 1 : REACH + 2, REACH - 1 : REACH + 2].mean(axis=0).ravel()
    return bool(np.median(np.delete(middle, 4)) > SPREAD * middle[4])


def _point_spread(stars: list[Array], channels: int) -> Array:
    """Return the median of the brighter half of the stars, `[C,2·REACH+1,2·REACH+1]`; other stars beside one are left
    out.
    """
    if not stars:
        return np.zeros((channels, 2 * REACH + 1, 2 * REACH + 1))
    light = np.array([stamp.mean() for stamp in stars])
    return np.median(np.stack(stars)[light >= np.median(light)], axis=0)


def _strength(light: Array, clipped: Mask, around: Array) -> float:
    """How many times the point spread a star is, where it isn't clipped: by least squares."""
    weight = around * ~clipped
    return float((weight * light).sum() / max((weight * around).sum(), 1e-9))
