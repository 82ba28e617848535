"""Picture and sound files: encoding, decoding and measuring, by FFmpeg through PyAV."""

from __future__ import annotations

import math
import wave
from collections.abc import Iterable
from fractions import Fraction
from io import BytesIO
from typing import Any

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
    return png_of_bands([(0, image)], image.shape[1:], image.shape[0], depth)


def png_of_bands(bands: Iterable[tuple[int, Array]], size: tuple[int, ...], channels: int, depth: int = 8) -> bytes:
    """A PNG file as `png` makes it, of bands `[C,rows,W]` and the number of the first row of each.

    Each is rounded to integers as it comes, while the processor's cache still holds it. `size` is (height, width).
    Raises MediaError as `png` does.
    """
    try:
        pixels = _FORMATS[channels, depth]
    except KeyError:
        raise MediaError(f"A picture of {channels} channels and {depth} bits can't be written as PNG.") from None
    whole: npt.NDArray[Any] = np.empty((*size, channels), np.uint8 if depth == 8 else np.uint16)
    for first, band in bands:
        _quantise(band, whole[first : first + band.shape[1]], depth)
    frame = av.VideoFrame.from_ndarray(whole, format=pixels)
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


def _quantise(image: Array, pixels: npt.NDArray[Any], depth: int) -> None:
    """Write `[C,H,W]` in 0…1 to `pixels [H,W,C]` as integers, rounded to nearest."""
    top = 2**depth - 1
    for channel in range(len(image)):
        plane = image[channel] * np.float32(top)
        plane += np.float32(0.5)
        np.clip(plane, 0, top, out=plane)
        pixels[..., channel] = plane  # truncation of what was rounded up by a half


def wav(samples: npt.NDArray[np.float64], rate: int) -> bytes:
    """A WAV file, 24 bit, of `samples [channels, count]` in −1…1 (clipped), one or two channels.

    Raises MediaError for other shapes.
    """
    if samples.ndim != 2 or samples.shape[0] not in _LAYOUTS or not samples.shape[1]:
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


def loudness(samples: npt.NDArray[np.float64], rate: int) -> tuple[float, float]:
    """(integrated loudness in LUFS, true peak in dBTP) of `samples [channels, count]`, after ITU-R BS.1770-4.

    Sounds shorter than the 0.4 s that loudness is gated by are measured between silences. −inf for silence.
    """
    least = round(0.5 * rate)
    short = least - samples.shape[1]
    if short > 0:
        samples = np.pad(samples, ((0, 0), (0, short)))
    graph = av.filter.Graph()
    layout = _LAYOUTS[len(samples)]
    source = graph.add_abuffer(format="flt", sample_rate=rate, layout=layout, time_base=Fraction(1, rate))
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    told: dict[str, str] = {}
    for start in range(0, samples.shape[1], rate):
        source.push(_audio_frame(samples[:, start : start + rate].astype(np.float32), "flt", rate, start))
        told = _drained(sink) or told
    source.push(None)
    told = _drained(sink) or told
    peak = float(told.get("lavfi.r128.true_peak", "0"))
    integrated = float(told.get("lavfi.r128.I", "-inf"))
    return (
        integrated if math.isfinite(integrated) and integrated > -70 else -math.inf,
        20 * math.log10(peak) if peak > 0 else -math.inf,
    )


_LAYOUTS = {1: "mono", 2: "stereo"}


def _audio_frame(samples: npt.NDArray[np.generic], layout: str, rate: int, start: int = 0) -> av.AudioFrame:
    """`samples [channels, count]` as an interleaved frame of sample format `layout`."""
    packed = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format=layout, layout=_LAYOUTS[len(samples)])
    frame.sample_rate, frame.pts = rate, start
    return frame


def _drained(sink: av.filter.context.FilterContext) -> dict[str, str]:
    """The metadata of the last frame that `sink` has ready; {} when there is none."""
    told: dict[str, str] = {}
    while True:
        try:
            told = dict(sink.pull().metadata)
        except (av.BlockingIOError, EOFError):
            return told
