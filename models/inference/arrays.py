"""Arrays for the inputs of a third-party network, and pictures from its outputs: types, batches, layouts, ranges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ..cards.port import Port
from ..errors import GeneratorError

Array = npt.NDArray[np.float32]
#: What a network takes and returns: any type that ONNX knows.
AnyArray = npt.NDArray[Any]
#: The most numbers that one input is given: those of two pictures of 8K. What is made for it is under no other limit.
MAX_NUMBERS = 2**28


def shape(port: Port, channels: int | None = None, sides: tuple[int, int] | None = None) -> tuple[int, ...]:
    """Return the whole shape to give to a port: open sizes become 1, `channels` and the last two `sides` where they are
    open.

    A fixed batch stays: what it is given is repeated. Raises GeneratorError when it is too much to be given.
    """
    full = list(port.shape)
    axis = channel_axis(port)
    if channels is not None and axis is not None and full[axis] == -1:
        full[axis] = channels
    if sides and len(full) >= 3:
        first = len(full) - 2 if port.layout == "nchw" else len(full) - 3
        for place, side in enumerate(sides, first):
            full[place] = side if full[place] == -1 else full[place]
    whole = tuple(1 if n == -1 else n for n in full)
    if math.prod(whole) > MAX_NUMBERS:
        raise GeneratorError(
            f"The input {port.name[:64]!r} takes {' × '.join(map(str, whole))} numbers; at most {MAX_NUMBERS:,} are "
            "given to one."
        )
    return whole


def channel_axis(port: Port) -> int | None:
    """Return the dimension of a port's channels, None for a number without dimensions."""
    rank = len(port.shape)
    if rank == 0:
        return None
    if port.role == "latent_layers" or port.layout == "nhwc":
        return rank - 1
    if port.role in ("image", "mask"):
        return rank - 3
    return 1 if rank > 1 else 0


def vector(port: Port, values: Array) -> AnyArray:
    """Return a vector `[channels]` in the shape and type of a port: [N,Z], [Z], [N,Z,1,1] or [N,layers,Z]."""
    full = shape(port, len(values))
    axis = channel_axis(port)
    single = [1] * len(full)
    if axis is not None:
        single[axis] = len(values)
    if axis is None or full[axis] != len(values):
        raise GeneratorError(f"The input {port.name[:64]!r} takes {full}, not {len(values)} numbers. Correct its card.")
    return _typed(port, np.broadcast_to(values.reshape(single), full))


def layers(port: Port, values: Array) -> AnyArray:
    """Return a vector for each layer `[layers,channels]` in the shape and type of a port."""
    full = shape(port)
    return _typed(port, np.broadcast_to(values, (*full[:-2], *values.shape)))


def field(port: Port, values: Array) -> AnyArray:
    """Return a map `[channels,h,w]` in the shape and type of a port."""
    return _typed(port, np.broadcast_to(values, (shape(port)[0], *values.shape)))


def sequence(port: Port, values: Array) -> AnyArray:
    """Latents that change as a sound lasts, `[channels,steps]`, in the shape and type of a port of three dimensions."""
    full = shape(port, len(values))
    each = values if port.layout == "nchw" else values.T
    if port.shape[-1 if port.layout == "nchw" else 1] != -1:  # a fixed number of steps, given as many or one
        each = np.broadcast_to(each, full[1:])
    return _typed(port, np.broadcast_to(each, (full[0], *each.shape)))


def number(port: Port, value: float) -> AnyArray:
    """One number in the shape and type of a port; whole ones are rounded, switches are on above 0."""
    if port.dtype == "bool":
        return np.full(shape(port), value > 0)
    whole = port.dtype in ("int64", "int32", "uint8")
    return _typed(port, np.full(shape(port), round(value) if whole else value))


def filled(port: Port, values: Array) -> AnyArray:
    """As many of the numbers `values` as the port takes, in its shape and type."""
    return _typed(port, np.resize(values, shape(port)))


def given(port: Port, image: Array) -> AnyArray:
    """Return a picture `[C,H,W]` in 0…1 as a port takes it: channels, order, range, mean, deviation, layout, type."""
    if port.channels == 1 and len(image) > 1:
        image = luma(image)
    image = image[:: -1 if port.order == "bgr" else 1][: port.channels]
    if port.mean:
        image = (image - np.array(port.mean, np.float32)[:, None, None]) / np.array(port.std, np.float32)[:, None, None]
    else:
        image = image * np.float32(port.high - port.low) + np.float32(port.low)
    whole = image[None] if port.layout == "nchw" else image.transpose(1, 2, 0)[None]
    return _typed(port, np.broadcast_to(whole, (shape(port)[0], *whole.shape[1:])))


def luma(image: Array) -> Array:
    """Return the brightness `[1,H,W]` of a picture of three channels or more."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)[:, None, None]
    return np.asarray((image[:3] * weights).sum(axis=0, keepdims=True), np.float32)


def picture(port: Port, array: AnyArray) -> Array:
    """Return what a port returned as a picture `[C,H,W]` in about 0…1. Raises GeneratorError when it is none."""
    image = np.asarray(array).astype(np.float32)
    while image.ndim > 3:
        image = image[0]
    if image.ndim == 2:
        image = image[None]
    if image.ndim != 3 or 0 in image.shape:
        raise GeneratorError(
            f"The output {port.name[:64]!r} is not a picture: its shape is {list(np.shape(array))[:8]}."
        )
    if port.layout == "nhwc":
        image = image.transpose(2, 0, 1)
    if len(image) not in (1, 3, 4):
        raise GeneratorError(
            f"The output {port.name[:64]!r} has {len(image)} channels; pictures have 1, 3 or 4. Correct its layout."
        )
    if not np.isfinite(image).all():
        raise GeneratorError(f"The output {port.name[:64]!r} holds invalid numbers (NaN or infinity).")
    image = _activated(port, image)
    if port.mean:
        image = image * np.resize(port.std, len(image))[:, None, None] + np.resize(port.mean, len(image))[:, None, None]
    if port.order == "bgr":
        image = np.concatenate((image[2::-1], image[3:]))
    return np.ascontiguousarray(image, np.float32)


def sound(port: Port, array: AnyArray) -> npt.NDArray[np.float64]:
    """Return what a port returned as samples `[1 or 2, count]`; whole numbers become −1…1. Raises GeneratorError.

    Taken are [T], [N,T], [N,C,T], [N,T,C] and [N,C,1,T]; of a batch the first.
    """
    samples = np.asarray(array)
    if samples.dtype.kind in "iu":
        limits = np.iinfo(samples.dtype)
        samples = (samples - (limits.max + limits.min + 1) / 2) / (limits.max / 2 - limits.min / 2)
    samples = samples.astype(np.float64)
    if samples.ndim == 4 and 1 in samples.shape[1:]:
        samples = samples.squeeze(1 + samples.shape[1:].index(1))
    samples = samples[0] if samples.ndim == 3 else samples[:1] if samples.ndim == 2 else samples
    samples = samples[None] if samples.ndim == 1 else samples
    if samples.ndim != 2 or not samples.size:
        raise GeneratorError(f"The output {port.name[:64]!r} is not a sound: its shape is {list(np.shape(array))[:8]}.")
    if port.layout == "nhwc" and len(port.shape or np.shape(array)) >= 3:
        samples = samples.T
    if len(samples) > 2:
        raise GeneratorError(
            f"The output {port.name[:64]!r} has {len(samples)} channels; sounds have 1 or 2. Correct its layout."
        )
    if not np.isfinite(samples).all():
        raise GeneratorError(f"The output {port.name[:64]!r} holds invalid numbers (NaN or infinity).")
    return samples


def _activated(port: Port, image: Array) -> Array:
    if port.activation == "sigmoid":
        return np.asarray(0.5 * (np.tanh(0.5 * image) + 1), np.float32)
    if port.activation == "minmax":
        return np.asarray((image - image.min()) / max(float(image.max() - image.min()), 1e-6), np.float32)
    if port.activation == "tanh":
        return np.asarray(0.5 * np.tanh(image) + 0.5, np.float32)
    return np.asarray((image - port.low) / (port.high - port.low), np.float32)


def _typed(port: Port, values: AnyArray) -> AnyArray:
    return np.ascontiguousarray(values, np.dtype(port.dtype)).reshape(values.shape)
