"""Small pictures that stand for what can be chosen: written as WebP, checked before Blender reads them.

A WebP file is a tenth of a PNG, and every Blender from 4.2 on reads it.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from ..errors import MediaError
from ..plain_files import read

Array = npt.NDArray[np.float32]
#: Longest side, px, and size, bytes, of a picture that is shown of a file that others may have written.
LARGEST, HEAVIEST = 1024, 300_000
_QUALITY = "80"


def webp(image: Array) -> bytes:
    """Return a WebP file of `image [3,H,W]`, display-referred sRGB in 0…1 (clipped). H and W are even."""
    pixels = (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0)
    encoder = av.CodecContext.create("libwebp", "w")
    encoder.height, encoder.width, encoder.pix_fmt = *pixels.shape[:2], "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"quality": _QUALITY, "compression_level": "6"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


def decoded(data: bytes) -> Array:
    """Return a picture file's pixels `[4,H,W]` in 0…1, alpha straight. Raises MediaError."""
    try:
        with av.open(BytesIO(data), "r") as file:
            pixels = next(file.decode(video=0)).to_ndarray(format="rgba")
    except (av.FFmpegError, StopIteration, IndexError) as error:
        raise MediaError(f"A picture of {len(data)} bytes can't be read ({error}).") from error
    return np.asarray(pixels.transpose(2, 0, 1) / np.float32(255), np.float32)


def is_whole(path: Path) -> bool:
    """Whether there is a plain file that is a whole WebP or PNG picture of a size that can be shown.

    Others may write where it lies: Blender's readers need not meet anything else.
    """
    try:
        data = read(path, HEAVIEST)
        width, height = _png_size(data) if data[:4] == b"\x89PNG" else _webp_size(data)
    except (OSError, ValueError, struct.error):
        return False
    return 0 < width <= LARGEST and 0 < height <= LARGEST


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height (RFC 9649; RFC 6386, 9.1). Raises ValueError or struct.error."""
    form, total, name, chunk, _tag, key, width, height = struct.unpack_from("<4sI8sI3s3sHH", data)
    if (form, name, key) != (b"RIFF", b"WEBPVP8 ", b"\x9d\x01\x2a") or total + 8 != len(data):
        raise ValueError("not a WebP picture, or a part of one")
    if chunk + chunk % 2 + 20 != len(data):
        raise ValueError("more than one picture")
    return width & 0x3FFF, height & 0x3FFF


def _png_size(data: bytes) -> tuple[int, int]:
    """Return width and height when every chunk is whole, up to the last. Raises ValueError or struct.error."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG picture")
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        (check,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(data[at + 4 : at + 8 + length]) != check:
            raise ValueError("a damaged chunk")
        at += 12 + length
    width, height = struct.unpack_from(">II", data, 16)
    return width, height
