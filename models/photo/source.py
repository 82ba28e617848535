"""A user's photograph, read for what a texture can be made of; what it is not fit for is said.

Any picture that FFmpeg reads: 8 or 16 bits, gray or color, or floating point (OpenEXR, Radiance), which is light and is
encoded for the screen. What has no color to show or can't be a texture is refused with what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import MediaError
from ..footage.still import read_colors
from ..imaging.resample import resized
from .example import JOIN, SIDE

Picture = npt.NDArray[np.float64]

#: The shorter side of what is read, px; and the most px in all.
LEAST, MOST = 128, 100_000_000
#: Deviation of the colors, of 1, below which there is nothing to be seen; share of px that may be transparent.
PLAIN, CLEAR = 0.004, 0.01
#: Share of what varies in brightness that a slope of light may be, before it is taken away.
SLOPE = 0.1
#: Share of what varies in brightness that may lie in forms larger than a patch, and the likeness to itself that a
#: pattern may have at a distance, before it is said that these will not hold.
LARGE, COURSES = 0.35, 0.45


@dataclass(frozen=True)
class Source:
    """A photograph `[H,W,3]` in 0…1, SIDE + JOIN px a side, and what is to be said of it, each a short sentence."""

    picture: Picture
    remarks: tuple[str, ...]


def read(path: Path) -> Source:
    """Read the middle of a photograph. Raises MediaError."""
    image, remarks = _decoded(path), []
    height, width = image.shape[1:]
    side = min(height, width)
    if side < LEAST:
        raise MediaError(f"{path.name}: is {width}×{height} px. Use a picture of at least {LEAST} px a side.")
    top, left = (height - side) // 2, (width - side) // 2
    square = image[:, top : top + side, left : left + side]
    if side < SIDE + JOIN:
        remarks.append(f"it is enlarged from {side} px, so it is soft")
    small = np.clip(resized(square, (SIDE + JOIN, SIDE + JOIN)), 0, 1).transpose(1, 2, 0).astype(np.float64)
    if small.std(axis=(0, 1)).max() < PLAIN:
        raise MediaError(f"{path.name}: is of one color. Use a picture of a material.")
    picture, sloped = _leveled(small)
    remarks += ["light that falls off across it was evened out"] if sloped else []
    return Source(picture, (*remarks, *_unfit(picture)))


def _decoded(path: Path) -> npt.NDArray[np.float32]:
    """Return a picture `[3,H,W]` in 0…1. Raises MediaError."""
    _check_header(path)
    image = read_colors(path, MOST)
    clear = (image[3:] < 0.98).mean() if len(image) > 3 else 0.0
    if clear > CLEAR:
        raise MediaError(f"{path.name}: {clear:.0%} of it is transparent. Crop it, or fill it with the material.")
    return image[:3]


def _check_header(path: Path) -> None:
    """Raise MediaError for a PNG or JPEG file whose header tells of what can't be used, before it is decoded."""
    try:
        with path.open("rb") as file:
            data = file.read(1 << 20)
    except OSError as error:
        raise MediaError(f"{path.name}: can't be read ({error.strerror}). Choose an image file.") from error
    width = height = channels = 0
    if data.startswith(b"\x89PNG"):
        width, height = (int.from_bytes(data[place : place + 4], "big") for place in (16, 20))
    place = 2
    while data.startswith(b"\xff\xd8") and place + 10 <= len(data) and data[place] == 0xFF:
        kind, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if kind in range(0xC0, 0xD0) and kind not in (0xC4, 0xC8, 0xCC):  # the frame's header
            height, width = (int.from_bytes(data[place + n : place + n + 2], "big") for n in (5, 7))
            channels = data[place + 9]
            break
        place += 2 + max(length, 2)
    if channels == 4:
        raise MediaError(f"{path.name}: has the colors of print (CMYK). Save it as RGB.")
    if width * height > MOST:
        raise MediaError(
            f"{path.name}: is {width}×{height} px; at most {MOST / 1e6:.0f} million are read. Make it smaller."
        )


def _leveled(picture: Picture) -> tuple[Picture, bool]:
    """Return a picture whose light doesn't slope to a side, and whether it did."""
    gray = picture.mean(axis=2)
    y, x = (np.linspace(-1, 1, side) for side in gray.shape)
    slope = 3 * ((gray * y[:, None]).mean() * y[:, None] + (gray * x).mean() * x)
    if slope.var() < SLOPE * gray.var():
        return picture, False
    gain = gray.mean() / np.maximum(gray.mean() + slope, 0.1 * gray.mean())
    return np.clip(picture * gain[..., None], 0, 1), True


def _unfit(picture: Picture) -> list[str]:
    """Return what tile and blend can't hold of a picture."""
    gray = picture.mean(axis=2)
    gray = gray - gray.mean()
    side = len(gray)
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side))
    power = np.abs(np.fft.fft2(gray)) ** 2
    found = []
    if power[wave < 1 / 256].sum() > LARGE * power.sum():
        found.append("forms larger than a patch will not hold together")
    # Of what varies faster: a lawn is like itself nowhere, a wall of bricks one course further on.
    fine = np.where((wave > 1 / 128), power, 0)
    likeness = np.fft.ifft2(fine).real
    far = np.hypot(*np.meshgrid(*(np.minimum(np.arange(side), side - np.arange(side)),) * 2, indexing="ij"))
    if likeness[(far > 24) & (far < 200)].max() > COURSES * likeness[0, 0]:
        found.append("it repeats like bricks or weave, and its courses will not meet")
    return found
