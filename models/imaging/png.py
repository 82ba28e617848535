"""Picture and sound files: encoding, decoding and measuring, by FFmpeg through PyAV.

But PNG is written here, after its specification (W3C, third edition): its pixels are stored as they are, so there is
little to it, and FFmpeg's encoder took a tenth of the time that a network takes for a frame.
"""

from __future__ import annotations

import math
import struct
import wave
import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
import numpy.typing as npt

from ..errors import MediaError

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

#: PNG's colour type, by channels and bits a channel.
_COLOURS = {(1, 8): 0, (2, 8): 4, (3, 8): 2, (4, 8): 6, (1, 16): 0, (2, 16): 4, (3, 16): 2, (4, 16): 6}
#: Rows of a band.
_ROWS = 16


def png(image: Array, depth: int = 8, packed: bool = False) -> bytes:
    """A PNG file of `image [C,H,W]`, display-referred sRGB in 0…1 (clipped), alpha straight.

    1 to 4 channels are grey, grey with alpha, colour, and colour with alpha. `depth` is 8 or 16 bits a channel; for
    `packed` see `png_of_bands`. Raises MediaError for other shapes.
    """
    bands = (image[:, first : first + _ROWS] for first in range(0, image.shape[1], _ROWS))
    return b"".join(png_of_bands(bands, image.shape[1:], len(image), depth, packed))


def png_of_bands(
    bands: Iterable[Array], size: tuple[int, ...], channels: int, depth: int = 8, packed: bool = False
) -> Iterator[bytes]:
    """The pieces of a PNG file as `png` makes it, of bands `[C,rows,W]` from the top.

    Each is finished while the processor's cache still holds it. `size` is (height, width). `packed` deflates: for
    masks, which are mostly flat, that takes less time than to hash and write what it saves, a twentieth or less of the
    bytes being left. Raises MediaError.
    """
    if (channels, depth) not in _COLOURS:
        raise MediaError(f"A picture of {channels} channels and {depth} bits can't be written as PNG.")
    header = struct.pack(">IIBBBBB", size[1], size[0], depth, _COLOURS[channels, depth], 0, 0, 0)
    rows = (_rows(band, depth) for band in bands)
    return _pieces(header, _differences(rows) if packed else rows, 1 if packed else 0)


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


def read_image(path: str) -> npt.NDArray[np.uint8]:
    """An image file as `uint8 [H,W,C]`, C = 3 or 4. Raises MediaError."""
    try:
        with av.open(path) as container:
            frame = next(container.decode(video=0))
            pixels = "rgba" if "a" in frame.format.name else "rgb24"
            return np.asarray(frame.to_ndarray(format=pixels), np.uint8)
    except (av.FFmpegError, StopIteration, OSError, IndexError) as error:
        raise MediaError(f"{path}: can't be read as a picture ({error}).") from error


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
