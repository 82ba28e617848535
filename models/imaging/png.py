"""Write PNG files, after the specification (W3C, third edition), with NumPy and zlib alone.

Pixels are stored uncompressed, so there is little to it; FFmpeg's encoder took a tenth of the time that a network
takes for a frame.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from ..errors import MediaError

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

#: PNG's color type, by channels and bits a channel.
_COLORS = {(1, 8): 0, (2, 8): 4, (3, 8): 2, (4, 8): 6, (1, 16): 0, (2, 16): 4, (3, 16): 2, (4, 16): 6}
#: Rows of a band.
_ROWS = 16


def png(image: Array, depth: int = 8, packed: bool = False) -> bytes:
    """Return a PNG file of `image [C,H,W]`, display-referred sRGB in 0…1 (clipped), alpha straight.

    1 to 4 channels are gray, gray with alpha, color, and color with alpha. `depth` is 8 or 16 bits a channel; for
    `packed` see `png_of_bands`. Raises MediaError for other shapes.
    """
    bands = (image[:, first : first + _ROWS] for first in range(0, image.shape[1], _ROWS))
    return b"".join(png_of_bands(bands, image.shape[1:], len(image), depth, packed))


def png_of_bands(
    bands: Iterable[Array], size: tuple[int, ...], channels: int, depth: int = 8, packed: bool = False
) -> Iterator[bytes]:
    """Yield the pieces of a PNG file as `png` makes it, of bands `[C,rows,W]` from the top.

    Each is finished while the processor's cache still holds it. `size` is (height, width). `packed` deflates: for
    masks, which are mostly flat, that takes less time than to hash and write what it saves, a twentieth or less of the
    bytes being left. Raises MediaError.
    """
    if (channels, depth) not in _COLORS:
        raise MediaError(f"A picture of {channels} channels and {depth} bits can't be written as PNG.")
    header = struct.pack(">IIBBBBB", size[1], size[0], depth, _COLORS[channels, depth], 0, 0, 0)
    rows = (_rows(band, depth) for band in bands)
    return _pieces(header, _differences(rows) if packed else rows, 1 if packed else 0)


def enlarged(pixels: Bytes, size: tuple[int, int]) -> bytes:
    """Return a PNG file of `pixels` (uint8 [h,w,C], C = 1 to 4), each a rectangle, in a `size` of (height, width).

    Nothing but the file is ever as large: that takes a tenth of the time of enlarging and encoding.
    """
    height, width = size
    down, across = (np.arange(side) * small // side for side, small in zip(size, pixels.shape, strict=False))
    header = struct.pack(">IIBBBBB", width, height, 8, _COLORS[pixels.shape[2], 8], 0, 0, 0)
    counts = np.bincount(down, minlength=len(pixels))

    def bands() -> Iterator[Bytes]:
        above = np.zeros((width, pixels.shape[2]), np.uint8)
        same = np.zeros((int(counts.max()), 1 + above.size), np.uint8)
        same[:, 0] = 2  # as the row above (PNG 9.2)
        for row in np.flatnonzero(counts):
            wide = pixels[row, across]
            first = same[:1].copy()
            first[0, 1:] = (wide - above).ravel()
            above = wide
            yield first
            yield same[: counts[row] - 1]

    return b"".join(_pieces(header, bands(), 1))


def pixels(data: bytes) -> Bytes:
    """Return what `png`, `png_of_bands` or `enlarged` wrote as uint8 `[H,W,C]`; of 16 bits the upper eight."""
    width, height, depth, color = struct.unpack(">IIBB", data[16:26])
    channels = next(channels for (channels, bits), known in _COLORS.items() if (known, bits) == (color, depth))
    body, place = [], 33
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            body.append(memoryview(data)[place + 8 : place + 8 + length])
        place += 12 + length
    rows = np.frombuffer(zlib.decompress(b"".join(body)), np.uint8).reshape(height, -1)
    found = rows[:, 1:] if not rows[-1, 0] else np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return found.reshape(height, width, channels, depth // 8)[..., 0]


def _pieces(header: bytes, bands: Iterable[Bytes], level: int) -> Iterator[bytes]:
    yield b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
    # Level 0 is stored, not deflated: deflating at its fastest took a third as long as a texture's network itself, on
    # one core, to save 30 to 45 % of its bytes. Blender reads stored files faster, too.
    # What repeats in differences of rows are single values: looking for more took half as long again, and the Huffman
    # code was the worse for it (masks were nearly twice as large, mattes by a tenth).
    deflate = zlib.compressobj(level, strategy=zlib.Z_RLE)
    for rows in bands:
        if data := deflate.compress(rows.data):
            yield _chunk(b"IDAT", data)
    yield _chunk(b"IDAT", deflate.flush()) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    """Length, name, data, CRC (PNG 5.3)."""
    return b"".join((struct.pack(">I", len(data)), name, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))))


def _rows(band: Array, depth: int) -> Bytes:
    """`[C,rows,W]` in 0…1 as the rows of a PNG file: integers, rounded to nearest, after the filter's number: none."""
    channels, height, width = band.shape
    rows = np.zeros((height, 1 + width * channels * depth // 8), np.uint8)
    pixels = rows[:, 1:].view(">u2" if depth == 16 else np.uint8).reshape(height, width, channels)
    top = 2**depth - 1
    levels = band * np.float32(top)
    levels += np.float32(0.5)
    np.clip(levels, 0, top, out=levels)
    for channel, plane in enumerate(levels):
        pixels[..., channel] = plane  # truncation of what was rounded up by a half
    return rows


def _differences(bands: Iterable[Bytes]) -> Iterator[Bytes]:
    """Rows of a PNG file, filtered: each as its difference from the one above (PNG 9.2, "Up")."""
    above: Bytes | None = None
    for rows in bands:
        found = rows.copy()
        found[1:] -= rows[:-1]
        if above is not None:
            found[:1] -= above
        found[:, 0], above = 2, rows[-1:]
        yield found
