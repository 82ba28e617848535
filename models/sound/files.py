"""Write sound files."""

from __future__ import annotations

import wave
from io import BytesIO

import numpy as np
import numpy.typing as npt

from ..errors import MediaError


def wav(samples: npt.NDArray[np.float64], rate: int) -> bytes:
    """Return a WAV file, 24 bit, of `samples [channels, count]` in −1…1 (clipped), one or two channels.

    Raises MediaError for other shapes.
    """
    if samples.ndim != 2 or samples.shape[0] not in (1, 2) or not samples.shape[1]:
        raise MediaError(f"A sound of shape {samples.shape} can't be written as WAV.")
    whole = np.clip(np.round(samples * (2**23 - 1)), -(2**23), 2**23 - 1).astype("<i4")
    data = np.ascontiguousarray(whole.T).view(np.uint8).reshape(-1, 4)[:, :3]  # the three low bytes of four
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(len(samples))
        out.setsampwidth(3)
        out.setframerate(rate)
        out.writeframes(data.tobytes())
    return file.getvalue()
