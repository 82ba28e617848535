"""Picture files: encoding and checking, by FFmpeg through PyAV."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from .errors import MediaError

Array = npt.NDArray[np.float32]

_FORMATS = {(3, 8): "rgb24", (4, 8): "rgba", (3, 16): "rgb48be", (4, 16): "rgba64be"}


def png(image: Array, depth: int = 8) -> bytes:
    """A PNG file of `image [C,H,W]`, 3 or 4 channels, display-referred sRGB in 0…1 (clipped), alpha straight.

    `depth` is 8 or 16 bits a channel. Raises MediaError for other shapes.
    """
    try:
        pixels = _FORMATS[image.shape[0], depth]
    except KeyError:
        raise MediaError(f"A picture of {image.shape[0]} channels and {depth} bits can't be written as PNG.") from None
    frame = av.VideoFrame.from_ndarray(_quantised(image, depth), format=pixels)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, pixels
    encoder.time_base = Fraction(1, 25)
    encoder.thread_count = 1
    # Stored, not deflated: deflating at its fastest took a third as long as the network itself, on one core, to save
    # 30 to 45 % of a texture's bytes. Blender reads stored files faster, too.
    encoder.options = {"compression_level": "0"}
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


def read_image(path: str) -> npt.NDArray[np.uint8]:
    """An image file as `uint8 [H,W,C]`, C = 3 or 4. Raises MediaError."""
    try:
        with av.open(path) as container:
            frame = next(container.decode(video=0))
            pixels = "rgba" if "a" in frame.format.name else "rgb24"
            return np.asarray(frame.to_ndarray(format=pixels), np.uint8)
    except (av.FFmpegError, StopIteration, OSError, IndexError) as error:
        raise MediaError(f"{path}: can't be read as a picture ({error}).") from error


def _quantised(image: Array, depth: int) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """`[C,H,W]` in 0…1 → `[H,W,C]` integers, rounded to nearest."""
    top = 2**depth - 1
    channels, height, width = image.shape
    shape = (height, width, channels)
    result: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    result = np.empty(shape, np.uint8) if depth == 8 else np.empty(shape, np.uint16)
    for channel in range(channels):
        plane = image[channel] * np.float32(top)
        plane += np.float32(0.5)
        np.clip(plane, 0, top, out=plane)
        result[..., channel] = plane  # truncation of what was rounded up by a half
    return result
