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
