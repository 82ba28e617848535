"""Read one image file, by FFmpeg through PyAV."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from ..errors import MediaError
from .container import opened


def read_image(path: str) -> npt.NDArray[np.uint8]:
    """Return an image file as `uint8 [H,W,C]`, C = 3 or 4. Raises MediaError."""
    try:
        with opened(Path(path)) as container:
            frame = next(container.decode(video=0))
            pixels = "rgba" if "a" in frame.format.name else "rgb24"
            return np.asarray(frame.to_ndarray(format=pixels), np.uint8)
    except (av.FFmpegError, StopIteration, OSError, IndexError) as error:
        raise MediaError(f"{path}: can't be read as a picture ({error}).") from error


def read_colors(path: Path, most: int) -> npt.NDArray[np.float32]:
    """Return an image file of up to `most` px as `float32 [C,H,W]` in 0…1, C = 3 or 4, of whatever depth.

    Floating point is light: it is encoded for the screen, so that all but the brightest 0.5 % is below white. Raises
    MediaError.
    """
    try:
        with opened(path) as container:
            container.streams.video[0].codec_context.options = {"max_pixels": str(most)}
            frame = next(container.decode(video=0))
    except (av.FFmpegError, StopIteration, OSError, IndexError, ValueError) as error:
        raise MediaError(
            f"{path.name}: can't be read as a picture of up to {most / 1e6:.0f} million px ({str(error)[:200]})."
        ) from error
    parts = frame.format.components
    if "f32" in frame.format.name or "f16" in frame.format.name:
        light = np.nan_to_num(frame.to_ndarray(format="gbrpf32le").astype(np.float32))
        colors = np.clip(light / max(float(np.percentile(light, 99.5)), 1e-6), 0, 1) ** np.float32(1 / 2.2)
    elif max(part.bits for part in parts) > 8:
        colors = frame.to_ndarray(format="rgb48le").astype(np.float32) / np.float32(65535)
    else:
        colors = frame.to_ndarray(format="rgb24").astype(np.float32) / np.float32(255)
    if any(part.is_alpha for part in parts):
        alpha = frame.to_ndarray(format="rgba")[..., 3:].astype(np.float32) / np.float32(255)
        colors = np.concatenate((colors, alpha), axis=2)
    return colors.transpose(2, 0, 1)
