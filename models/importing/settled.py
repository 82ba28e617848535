"""Outputs of a third-party network after they were seen: their shapes, layouts and ranges, or that they are other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..cards.port import MAX_STRIDE, Port
from ..errors import GeneratorError
from ..inference import arrays
from ..inference.arrays import AnyArray
from . import flat, roles
from .clues import is_sound
from .feeds import CELLS
from .known_models import Guess
from .ranges import BYTES, ranged

#: Shortest side of a picture, px, and of a sound, samples: a row of scores is neither.
LEAST, SHORTEST = 4, 256


@dataclass(frozen=True)
class Seen:
    """What a network returned: all of the first run's, some numbers of all, and the seconds of the fastest run.

    `invalid` names the outputs that held NaN or infinity.
    """

    first: dict[str, AnyArray]
    numbers: dict[str, AnyArray]
    seconds: float
    invalid: frozenset[str]


def settled(guess: Guess, seen: Seen) -> tuple[Port, ...]:
    """Return the outputs after they were seen: their shapes, where their channels are, and their ranges."""
    return tuple(_output(port, guess, seen) for port in guess.outputs)


def _output(port: Port, guess: Guess, seen: Seen) -> Port:
    first, numbers, certain = seen.first[port.name], seen.numbers[port.name], guess.certain
    if port.role in ("image", "mask", "sound") and port.name in seen.invalid:
        raise GeneratorError(f"The output {port.name[:64]!r} holds invalid numbers (NaN or infinity).")
    if port.role == "sound" or (port.role == "image" and not certain and is_sound(first.shape)):
        return _heard(port, first)
    if certain or port.role not in ("image", "mask"):
        return port
    if not first.size:
        raise GeneratorError(f"The output {port.name[:64]!r} is not a picture: it is empty.")
    if not numbers.size:
        return replace(port, role="other", channels=1)  # texts, or something else that is no number
    from_footage = guess.kind in roles.FROM_FOOTAGE
    port = _laid_out(port, first.shape[1:] if first.ndim == 4 else first.shape)
    if port.role == "other":
        return port
    if not port.shape and port.channels == 1 and from_footage:
        port = replace(port, role="mask")
    if first.dtype == np.uint8:
        return replace(BYTES.on(port), dtype="uint8")
    if port.activation != "none":
        return port
    if port.role == "mask" and (port.low, port.high) == (0.0, 1.0) and numbers.min() < -0.1 and numbers.max() < 64.0:
        return replace(port, activation="sigmoid")  # what a mask's last sigmoid is left out of: logits
    return ranged(numbers, port, from_footage).on(port)


def _laid_out(port: Port, shape: tuple[int, ...]) -> Port:
    """Return an output with its channels where they are found; it is something else where no picture has that shape."""
    if len(shape) == 2:
        port = replace(port, channels=1, layout="nchw")
    elif len(shape) == 3 and shape[0] in (1, 3, 4) and (port.layout == "nchw" or shape[-1] not in (1, 3, 4)):
        port = replace(port, channels=shape[0], layout="nchw")
    elif len(shape) == 3 and shape[-1] in (1, 3, 4):
        port = replace(port, channels=shape[-1], layout="nhwc")
    else:
        return replace(port, role="other", channels=1)
    is_small = min(shape[-2:] if port.layout == "nchw" else shape[:2]) < LEAST
    return replace(port, role="other", channels=1) if is_small else port


def _heard(port: Port, samples: AnyArray) -> Port:
    """Return a sound after it was seen."""
    if samples.size < SHORTEST:
        raise GeneratorError(f"The output {port.name[:64]!r} is not a sound: it has {samples.size} samples.")
    flat.check(port.name, samples)
    last = samples.ndim == 3 and samples.shape[-1] in (1, 2) and samples.shape[1] not in (1, 2)
    port = replace(port, role="sound", low=-1.0, high=1.0, layout="nhwc" if last else "nchw", shape=samples.shape)
    return replace(port, channels=len(arrays.sound(port, samples)))


def stride(port: Port, outputs: tuple[Port, ...], seen: Mapping[str, AnyArray]) -> Port:
    """How many px of the picture a cell of a map of latents covers."""
    if port.role != "latent_field" or len(port.shape) not in (3, 4):
        return port
    if len(port.shape) == 3:
        last = port.layout == "nhwc"
        steps = port.shape[1 if last else 2] if port.shape[1 if last else 2] > 0 else CELLS
        samples = max((max(seen[each.name].shape) for each in outputs if each.role == "sound"), default=1)
        return replace(port, stride=min(max(1, round(samples / steps)), MAX_STRIDE))
    for output in outputs:
        if output.role in ("image", "mask"):
            array = np.asarray(seen[output.name])
            rows = array.shape[-2] if output.layout == "nchw" else array.shape[-3]
            cells = port.shape[2] if port.shape[2] > 0 else CELLS
            return replace(port, stride=min(max(1, math.floor(rows / cells)), 1024))
    return port
