"""Stars in front of a soft background: found in photographs of the night sky, and drawn from white noise.

No Gaussian texture has a star in it, and a network that is shown only what is soft has nothing that tells where one
should be. So stars are a shot noise of their own: each pixel of a white noise that is far enough out in its upper tail
is a pinpoint of light, each one as far out in its lower tail a star with the telescope's point spread, the mean of the
brighter stars found. How many there are, and how bright, is fitted to those in the pictures: sorted by brightness,
against the normal quantiles of their ranks. Fluxes of stars follow such power laws.

After Stetson, "DAOPHOT" (PASP, 1987), for finding stars and their point spread; shot noise with a given spot after
van Wijk, "Spot noise" (SIGGRAPH 1991).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

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
#: Standard deviations within which a star rises from nothing to its faintest: it twinkles, but doesn't jump.
RISE = 0.05


def parted(pictures: list[Array]) -> tuple[list[Array], Array, Array]:
    """Stars and what is behind them, of pictures `[C,H,W]` in 0…1.

    Returns the backgrounds, the point spread `[C,1,2·REACH+1,2·REACH+1]` of the brighter stars, and the laws of
    pinpoints and of these, `[2,4]`: see `law_of`.
    """
    skies = [background(picture) for picture in pictures]
    pixels = sum(picture[0].size for picture in pictures)
    points: list[Array] = []
    stars: list[Array] = []
    for picture, sky in zip(pictures, skies, strict=True):
        for stamp in _stamps(picture - sky):
            (stars if _spread(stamp) else points).append(stamp)
    around = _point_spread(stars, len(pictures[0]))
    faint = law_of([float(stamp[:, REACH, REACH].mean()) for stamp in points], pixels)
    bright = law_of([_strength(stamp, around) for stamp in stars], pixels)
    return skies, around[:, None], np.array([faint, bright])


def law_of(lights: list[float], pixels: int) -> tuple[float, float, float, float]:
    """Threshold, least brightness, growth and most brightness of so many stars on so many pixels; 0 of one or two.

    A pixel whose white noise is x above the threshold lights up by `least · exp(growth · x)`, but never by more than
    the brightest star that was found; one below it not at all.
    """
    if len(lights) < 3:
        return 0.0, 0.0, 0.0, 0.0
    normal, ordered = NormalDist(), np.maximum(np.sort(lights)[::-1], 1e-3)
    threshold = normal.inv_cdf(1 - len(lights) / pixels)
    ranks = np.array([normal.inv_cdf(1 - (place + 0.5) / pixels) for place in range(len(lights))])
    growth, least = np.polyfit(ranks - threshold, np.log(ordered), 1)
    return threshold, float(np.exp(least)), max(float(growth), 0.0), float(ordered[0])


def background(picture: Array) -> Array:
    """`picture [C,H,W]` without what is small and bright: medians of squares."""
    half = AROUND // 2
    wide = np.pad(picture, ((0, 0), (half, half), (half, half)), mode="reflect")
    squares = (_squares(plane, AROUND)[..., ::EVERY, ::EVERY] for plane in wide)
    return np.stack([np.median(each.reshape(*picture.shape[1:], -1), axis=2) for each in squares])


def _stamps(light: Array) -> list[Array]:
    """The light `[C,2·REACH+1,2·REACH+1]` around each star of `light [C,H,W]`, in 0…1."""
    grey = light.mean(axis=0)
    # Discs that are clipped have their middle where a little blur has its highest place.
    soft = _smoothed(grey)
    highest = _squares(np.pad(soft, 2, mode="reflect"), 5).max(axis=(2, 3))
    wide = np.pad(np.clip(light, 0, 1), ((0, 0), (REACH, REACH), (REACH, REACH)), mode="reflect")
    side = 2 * REACH + 1
    return [wide[:, y : y + side, x : x + side] for y, x in np.argwhere((soft >= highest) & (grey > LEAST))]


def _smoothed(grey: Array) -> Array:
    """By 1, 2, 1 in both directions."""
    for axis in (0, 1):
        wide = np.pad(grey, [(1, 1) if axis == each else (0, 0) for each in (0, 1)], mode="reflect")
        grey = np.apply_along_axis(np.convolve, axis, wide, (0.25, 0.5, 0.25), "valid")
    return grey


def _squares(plane: Array, side: int) -> Array:
    return np.lib.stride_tricks.sliding_window_view(plane, (side, side))


def _spread(stamp: Array) -> bool:
    """Whether a star is more than one pixel."""
    middle = stamp[:, REACH - 1 : REACH + 2, REACH - 1 : REACH + 2].mean(axis=0).ravel()
    return bool(np.median(np.delete(middle, 4)) > SPREAD * middle[4])


def _point_spread(stars: list[Array], channels: int) -> Array:
    """The median of the brighter half of the stars, `[C,2·REACH+1,2·REACH+1]`; other stars beside one are left out."""
    if not stars:
        return np.zeros((channels, 2 * REACH + 1, 2 * REACH + 1))
    light = np.array([stamp.mean() for stamp in stars])
    return np.median(np.stack(stars)[light >= np.median(light)], axis=0)


def _strength(stamp: Array, around: Array) -> float:
    """How many times the point spread a star is, where it isn't clipped: by least squares."""
    weight = around * (stamp < CLIPPED)
    return float((weight * stamp).sum() / max((weight * around).sum(), 1e-9))
