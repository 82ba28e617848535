"""Measure loudness and true peak, by FFmpeg's `ebur128` through PyAV."""

from __future__ import annotations

import math
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

_LAYOUTS = {1: "mono", 2: "stereo"}


def measure(samples: npt.NDArray[np.float64], rate: int) -> tuple[float, float]:
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


def _audio_frame(samples: npt.NDArray[np.generic], layout: str, rate: int, start: int = 0) -> av.AudioFrame:
    """Return `samples [channels, count]` as an interleaved frame of sample format `layout`."""
    packed = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format=layout, layout=_LAYOUTS[len(samples)])
    frame.sample_rate, frame.pts = rate, start
    return frame


def _drained(sink: av.filter.context.FilterContext) -> dict[str, str]:
    """Return the metadata of the last frame that `sink` has ready; {} when there is none."""
    told: dict[str, str] = {}
    while True:
        try:
            told = dict(sink.pull().metadata)
        except (av.BlockingIOError, EOFError):
            return told
