"""A Gaussian texture model of a photograph: three textons and a histogram, fitted in closed form, without training.

A stationary Gaussian texture is white noise convolved with a kernel whose power spectrum is that of the picture. After
Galerne, Leclaire & Moisan, "Texton noise" (Computer Graphics Forum, 2017), the kernels are small. Grain, middle and
coarse structure have one each, on grids of 1, 4 and 16 px, with independent noise: powers add up, so the sum of the
three is still the wanted Gaussian texture, at a fraction of the cost of one large kernel. (What is finer than 9 px can
be no longer than 17 px: brushed metal is about the limit.) It is fitted to the picture's *Gaussianised* channels and
mapped back by their quantiles (Heitz & Neyret, "High-performance by-example noise", 2018), so that each channel has
the photograph's histogram, not a bell curve.

Of a night sky, what is behind the stars is such a texture; the stars are a shot noise (see `stars.py`), which draws on
the same white noise as grain does elsewhere.

All spectra live on a torus of `SIZE` px; frequencies are in cycles per px.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np
import numpy.typing as npt

from .stars import KNOTS, parted

Array = npt.NDArray[np.float64]
Spectrum = npt.NDArray[np.complex128]

SIZE = 384
#: Grids of the middle and the coarse kernel, px.
MIDDLE, COARSE = 4, 16
#: Radii of the kernels in steps of their own grids: they reach 8, 48 and 96 px.
RADII = (8, 12, 6)
#: The lag, in px, from which on correlations are taken for chance.
REACH = 160
#: How often a truncated kernel is put right.
ROUNDS = 4
#: Points of the histogram's quantiles, evenly spaced from −LIMIT to LIMIT standard deviations.
QUANTILES, LIMIT = 256, 4.0


@dataclass(frozen=True)
class Texton:
    """A fitted style of C channels. Kernels are `[out, in, rows, columns]`, quantiles `[C, QUANTILES]` in 0…1.

    Where there are stars, `lights [2,KNOTS]` are the tables of pinpoints and of larger ones (see `stars.py`; 0 where
    there are none), and `grain` is what light spreads to from one of these; it isn't part of the field then.
    """

    grain: Array
    middle: Array
    coarse: Array
    quantiles: Array
    lights: Array = dataclasses.field(default_factory=lambda: np.zeros((2, KNOTS)))


def fit(pictures: list[Array], soft: float = 0.0, stars: bool = False) -> Texton:
    """Return the model of one or several pictures `[C,H,W]` in 0…1, each side at least 64 px. C is 3, or 1 or 4.

    Of what has flat areas (a sky, the dark of space) details below `soft` px are left out, and flat areas are ordered
    by what lies around them. By chance, as a photograph's grain is, they would become noise as strong as all the rest.
    A night sky is parted into `stars` and what is behind them, which has no up and down.
    """
    if stars:
        skies, spread, lights = parted(pictures)
        skies = [turned for sky in skies for way in (sky, np.swapaxes(sky, 1, 2)) for turned in (way, way[..., ::-1])]
        return replace(_field(skies, soft, behind=True), grain=spread, lights=lights)
    return _field(pictures, soft)


def _field(pictures: list[Array], soft: float, behind: bool = False) -> Texton:
    """Return the Gaussian texture of all that is in `pictures`; what is `behind` stars has large forms alone, and no
    grain.
    """
    # Photographs come in 256 steps. Unless those are filled, what moves slowly would jump from step to step.
    rng = np.random.default_rng(0)
    pictures = [
        softened(picture, soft) if soft else picture + rng.uniform(-0.5, 0.5, picture.shape) / 255
        for picture in pictures
    ]
    quantiles = np.clip(histogram(pictures), 0, 1)
    target = spectrum([gaussianised(picture, quantiles) for picture in pictures], faded=behind)
    radius = np.maximum(*np.abs(np.meshgrid(*[np.fft.fftfreq(SIZE)] * 2, indexing="ij")))

    # From fine to coarse, each kernel takes its band of what the ones before have left over.
    fine = _grain_kernel(target * (_rise(radius, 1 / 20, 1 / 9) * (not behind)))
    made = _power(fine, 1)
    rest = _positive(target - made)
    middle = _fitted(rest * (_rise(radius, 1 / 96, 1 / 48) * _fall(radius, 1 / 11, 1 / 8)), MIDDLE, RADII[1])
    made = made + _power(middle, MIDDLE)
    rest = _positive(target - made)
    coarse = _fitted(rest * _fall(radius, 1 / 56, 1 / 36), COARSE, RADII[2])
    made = made + _power(coarse, COARSE)

    # What truncation took is given back: the channels have a variance of 1 again.
    variance = np.einsum("ccyx->c", made.real) / SIZE**2
    gain = 1 / np.sqrt(np.maximum(variance, 1e-12))[:, None, None, None]
    return Texton(fine * gain, middle * gain, coarse * gain, quantiles)


def softened(picture: Array, soft: float) -> Array:
    """`picture [C,H,W]` in 0…1 without its details below `soft` px, and with its flat areas slightly curved."""
    around = blurred(picture, 10) + blurred(picture, 30)
    return blurred(picture, soft) + around / 255


def blurred(picture: Array, sigma: float) -> Array:
    """`picture [C,H,W]` through a Gaussian filter of `sigma` px, mirrored at its edges."""
    height, width = picture.shape[1:]
    mirrored = np.pad(picture, ((0, 0), (0, height), (0, width)), mode="symmetric")
    rows, columns = np.fft.fftfreq(2 * height)[:, None], np.fft.rfftfreq(2 * width)
    response = np.exp(-2 * (np.pi * sigma) ** 2 * (rows**2 + columns**2))
    return np.fft.irfft2(np.fft.rfft2(mirrored) * response, mirrored.shape[1:])[:, :height, :width]


def histogram(pictures: list[Array]) -> Array:
    """Return the channels' values at the quantiles of evenly spaced standard deviations: `[C, QUANTILES]`, rising."""
    values = np.concatenate([picture.reshape(len(picture), -1) for picture in pictures], axis=1)
    places = [(1 + erf(x / sqrt(2))) / 2 for x in np.linspace(-LIMIT, LIMIT, QUANTILES)]
    return np.quantile(values, places, axis=1).T


def gaussianised(picture: Array, quantiles: Array) -> Array:
    """`picture [C,H,W]` with each channel mapped, monotonously, to a standard normal one."""
    scale = np.linspace(-LIMIT, LIMIT, QUANTILES)
    rising = np.arange(QUANTILES) * 1e-9  # equal values need an order
    channels = zip(picture, quantiles, strict=True)
    return np.stack([np.interp(channel, values + rising, scale) for channel, values in channels])


def spectrum(fields: list[Array], faded: bool = False) -> Spectrum:
    """Return the cross power spectrum `[C,C,SIZE,SIZE]` of normal fields `[C,H,W]`: a Blackman-Tukey estimate.

    Covariances over lags are averaged over all pairs of pixels, faded out towards `REACH`, and transformed. Of what is
    all large forms, the step from one edge of a picture to the other would be the strongest fine detail, and weave a
    cloth of rows and columns: such pictures are `faded` out towards their edges first.
    """
    total = np.zeros((len(fields[0]), len(fields[0]), SIZE, SIZE))
    pairs = np.zeros((SIZE, SIZE))
    for field in fields:
        window = _window(*field.shape[1:]) if faded else np.ones(field.shape[1:])
        mean = (field * window).sum(axis=(1, 2), keepdims=True) / window.sum()
        total += _correlated((field - mean) * window)
        pairs += _correlated(window[None])[0, 0]
    lags = np.abs(np.fft.fftfreq(SIZE, 1 / SIZE))
    taper = np.cos(np.clip(lags / REACH, 0, 1) * np.pi / 2) ** 2
    covariance = total / np.maximum(pairs, 1) * (taper[:, None] * taper)
    return _positive(np.fft.fft2(covariance))


def _window(height: int, width: int) -> Array:
    """1 in the middle, and 0 at the edges: Hann's, along both sides."""
    return np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[1:-1]


def _correlated(field: Array) -> Array:
    """Return sums over all pairs of pixels by lag (up to SIZE/2 both ways): `[C,H,W]` → `[C,C,SIZE,SIZE]`."""
    height, width = field.shape[1:]
    shape = (height + SIZE // 2, width + SIZE // 2)
    transformed = np.fft.rfft2(field, shape)
    product = transformed[:, None] * transformed[None].conj()
    sums = np.fft.irfft2(product, shape)
    rows, columns = (np.fft.fftfreq(SIZE, 1 / SIZE).astype(int) for _ in range(2))
    usable = [np.abs(lags) < min(side, SIZE // 2) for lags, side in ((rows, height), (columns, width))]
    return sums[:, :, rows[:, None], columns] * (usable[0][:, None] & usable[1])


def _rise(radius: Array, low: float, high: float) -> Array:
    """0 below `low`, 1 above `high`, smooth between them."""
    return np.sin(np.clip((radius - low) / (high - low), 0, 1) * np.pi / 2) ** 2


def _fall(radius: Array, low: float, high: float) -> Array:
    return 1 - _rise(radius, low, high)


def _positive(power: Spectrum) -> Spectrum:
    """Return the nearest spectrum that is one: no frequency has negative power in any mixture of channels."""
    values, vectors = np.linalg.eigh(np.moveaxis(power, (0, 1), (2, 3)))
    fixed = (vectors * np.maximum(values, 0)[..., None, :]) @ vectors.conj().swapaxes(-1, -2)
    return np.moveaxis(fixed, (2, 3), (0, 1))


def _grain_kernel(power: Spectrum) -> Array:
    """Return the kernel `[C,1,k,k]` on one white noise: every channel's power, in step with the strongest color."""
    _, vectors = np.linalg.eigh(np.moveaxis(power, (0, 1), (2, 3)))
    color = vectors[..., -1]
    color = color * np.exp(-1j * np.angle(color.sum(axis=-1, keepdims=True)))
    own = np.sqrt(np.maximum(np.einsum("ccyx->yxc", power).real, 0))
    kernel = np.fft.ifft2(own * np.exp(1j * np.angle(color)), axes=(0, 1)).real
    return _cropped(np.moveaxis(kernel, 2, 0)[:, None], RADII[0])


def _fitted(wanted: Spectrum, step: int, radius: int) -> Array:
    """Return the kernel whose spectrum is nearest after truncation: what is missing is asked for again, a few times."""
    asked = wanted
    for _ in range(ROUNDS):
        kernel = _kernel(asked, step, radius)
        asked = asked + wanted - _power(kernel, step)
    return kernel


def _kernel(power: Spectrum, step: int, radius: int) -> Array:
    """Return the kernel `[C,C,k,k]` on C white noises on a grid of `step` px: the Hermitian root of the spectrum."""
    inside = np.fft.fftfreq(SIZE, 1 / SIZE).astype(int)[: SIZE // step // 2]
    inside = np.concatenate((inside, inside - SIZE // step // 2))
    power = power[:, :, inside[:, None], inside] * step**2
    power = power / _enlarging(step)[inside[:, None], inside]
    values, vectors = np.linalg.eigh(np.moveaxis(power, (0, 1), (2, 3)))
    root = (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ vectors.conj().swapaxes(-1, -2)
    return _cropped(np.fft.ifft2(np.moveaxis(root, (2, 3), (0, 1))).real, radius)


def _cropped(kernel: Array, radius: int) -> Array:
    """Return the middle of a kernel that is centerd at 0, faded out at its edge."""
    window = np.cos(np.clip((np.abs(np.arange(-radius, radius + 1)) - radius / 2) / (radius / 2 + 1), 0, 1) * np.pi / 2)
    size = 2 * radius + 1
    return np.roll(kernel, (radius, radius), (-2, -1))[..., :size, :size] * (window[:, None] * window)


def _power(kernel: Array, step: int) -> Spectrum:
    """Return the spectrum `[C,C,SIZE,SIZE]` of what a kernel on a grid of `step` px makes, its images included."""
    radius = kernel.shape[-1] // 2
    placed = np.zeros((*kernel.shape[:2], SIZE // step, SIZE // step))
    placed[..., : 2 * radius + 1, : 2 * radius + 1] = kernel
    answer = np.fft.fft2(np.roll(placed, (-radius, -radius), (-2, -1)))
    power = np.einsum("aiyx,biyx->abyx", answer, answer.conj())
    return np.asarray(np.tile(power, (step, step)) * _enlarging(step) / step**2, np.complex128)


def _enlarging(step: int) -> Array:
    """Return the power `[SIZE,SIZE]` that repeated fourfold enlargement by cubic B-splines passes, 1 px being the
    finest.
    """
    line = np.ones(SIZE)
    grid = 1
    while grid < step:
        spline = enlargement()
        placed = np.zeros(SIZE)
        for offset, weight in zip(range(-len(spline) // 2 + 1, len(spline) // 2 + 1), spline, strict=True):
            placed[offset * grid % SIZE] += weight
        line *= np.abs(np.fft.fft(placed)) ** 2
        grid *= 4
    return line[:, None] * line


def enlargement() -> Array:
    """Return the fourfold enlargement's taps along one axis, from −8 to 8 px: a cubic B-spline, its phases sum to 1."""
    x = np.abs(np.arange(-8, 9) / 4)
    return np.where(x < 1, (4 - 6 * x**2 + 3 * x**3) / 6, np.where(x < 2, (2 - x) ** 3 / 6, 0.0))
