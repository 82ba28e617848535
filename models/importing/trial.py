"""The first run of a stranger's network: does what was guessed of it hold, what do its outputs hold, how fast is it?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..cards.port import MAX_STRIDE, Port
from ..errors import GeneratorError, GeneratorOverrun, GeneratorRefused
from ..inference import arrays
from ..inference.arrays import AnyArray, Array
from . import roles
from .clues import is_sound
from .known_models import Guess

#: Sides of the picture, in px, that a network of open size is tried with, and cells of its latent map.
SIDE, CELLS = 256, 8
#: Shortest side of a picture, px, and of a sound, samples: a row of scores is neither.
LEAST, SHORTEST = 4, 256

Run = Callable[[Mapping[str, AnyArray]], dict[str, AnyArray]]


@dataclass(frozen=True)
class Trial:
    """The guess as it was found to hold, seconds a run, and what it made of the test picture (None: no picture)."""

    guess: Guess
    seconds: float
    picture: Array | None


def tried(guess: Guess, run: Run) -> Trial:
    """Run a network three times on what it seems to take. Raises GeneratorError when that makes no sense."""
    seen, took = [], []
    for seed in range(3):
        given = feeds(guess, seed)
        begin = time.perf_counter()
        seen.append(_run(run, guess, given))
        took.append(time.perf_counter() - begin)
    seconds = min(took)  # the first run prepares, and others may be slowed by what else the machine does
    outputs = tuple(_settled(port, [each[port.name] for each in seen], guess.certain) for port in guess.outputs)
    made = {port.role for port in outputs}
    if guess.kind == "image" and "sound" in made and not made & {"image", "mask"}:
        guess = roles.in_time(replace(guess, kind="clip"))
    inputs = tuple(_stride(port, outputs, seen[0]) for port in guess.inputs)
    if guess.kind == "image" and not any(port.role in ("image", "mask") for port in outputs):
        shapes = ", ".join(f"{name[:48]} {list(array.shape)[:8]}" for name, array in seen[0].items())
        raise GeneratorError(f"This network takes a latent vector, but none of its outputs is a picture: {shapes}.")
    shown = next((port for port in outputs if port.role in ("image", "mask")), None)
    if guess.kind == "restyle" and shown and not guess.certain:
        alike = tuple(_alike(port, shown) for port in inputs)
        if alike != inputs:
            guess, inputs = replace(guess, inputs=alike), alike
            seen[0] = _run(run, guess, feeds(guess, 0))
    picture = arrays.picture(shown, seen[0][shown.name]) if shown else None
    return Trial(replace(guess, inputs=inputs, outputs=outputs), seconds, picture)


def _run(run: Run, guess: Guess, given: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    """Run a network. An error says what it was tried with, since some of that may be guessed wrongly."""
    try:
        return run(given)
    except (GeneratorOverrun, GeneratorRefused):
        raise
    except GeneratorError as error:
        tried = ", ".join(f"{port.name[:48]} {list(given[port.name].shape)} as {port.role}" for port in guess.inputs)
        raise type(error)(f"Tried with {tried[:300]}. {error}") from error


def _alike(port: Port, made: Port) -> Port:
    """Return an input that is a picture, of the range of the picture that is made of it: colors in −1…1 or 0…255."""
    if port.role != "image" or port.dtype == "uint8" or (made.low, made.high) not in ((-1.0, 1.0), (0.0, 255.0)):
        return port
    return replace(port, low=made.low, high=made.high)


def feeds(guess: Guess, seed: int) -> dict[str, AnyArray]:
    """Something for every input: normal latents, the first class, usual numbers, a test picture, states of zeros."""
    rng = np.random.Generator(np.random.Philox(seed))
    made: dict[str, AnyArray] = {}
    for port in guess.inputs:
        if port.role in ("latent", "one_hot"):
            values = rng.standard_normal(port.channels, np.float32)
            if port.role == "one_hot":
                values = np.eye(1, port.channels, dtype=np.float32)[0]
            made[port.name] = arrays.vector(port, values)
        elif port.role in ("latent_layers", "latent_field", "noise"):
            size = arrays.shape(port, port.channels, (CELLS, CELLS))
            made[port.name] = rng.standard_normal(size, np.float32).astype(port.dtype)
        elif port.role in ("image", "mask"):
            made[port.name] = arrays.given(port, _test_picture(port))
        elif port.role == "state":
            made[port.name] = np.zeros(arrays.shape(port), port.dtype)
        elif port.role == "class":
            made[port.name] = arrays.number(port, 0)
        else:
            made[port.name] = arrays.number(port, port.default)
    return made


def _test_picture(port: Port) -> Array:
    """Return a disc before a gradient, in the size that the port wants."""
    side = -(-SIDE // port.multiple) * port.multiple
    full = arrays.shape(port, port.channels, (side, side))
    height, width = full[-2:] if port.layout == "nchw" else full[-3:-1]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    disc = ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.09).astype(np.float32)
    return np.stack((disc, x, y, np.ones_like(x))[: 3 if port.channels != 4 else 4])


def _settled(port: Port, made: list[AnyArray], certain: bool) -> Port:
    """Return an output after it was seen: its shape, where its channels are, and its range."""
    first = np.asarray(made[0])
    numbers = [np.asarray(array) for array in made]
    if port.role in ("image", "mask", "sound") and not all(
        np.isfinite(array.astype(np.float64)).all() for array in numbers
    ):
        raise GeneratorError(f"The output {port.name[:64]!r} holds invalid numbers (NaN or infinity).")
    if port.role == "sound" or (port.role == "image" and not certain and is_sound(first.shape)):
        return _heard(port, first)
    if certain or port.role not in ("image", "mask"):
        return port
    if not first.size:
        raise GeneratorError(f"The output {port.name[:64]!r} is not a picture: it is empty.")
    shape = first.shape[1:] if first.ndim == 4 else first.shape
    if len(shape) == 2:
        port = replace(port, channels=1, layout="nchw")
    elif len(shape) == 3 and shape[0] in (1, 3, 4) and (port.layout == "nchw" or shape[-1] not in (1, 3, 4)):
        port = replace(port, channels=shape[0], layout="nchw")
    elif len(shape) == 3 and shape[-1] in (1, 3, 4):
        port = replace(port, channels=shape[-1], layout="nhwc")
    else:
        return replace(port, role="other", channels=1)
    if min(shape[-2:] if port.layout == "nchw" else shape[:2]) < LEAST:
        return replace(port, role="other", channels=1)
    if first.dtype == np.uint8:
        return replace(port, dtype="uint8", low=0.0, high=255.0)
    if port.activation != "none":
        return port
    low, high = min(float(a.min()) for a in numbers), max(float(a.max()) for a in numbers)
    if port.role == "mask" and (port.low, port.high) == (0.0, 1.0) and low < -0.1 and high < 64.0:
        return replace(port, activation="sigmoid")  # what a mask's last sigmoid is left out of: logits
    usual = max(float(np.percentile(np.abs(a.astype(np.float32)), 99)) for a in numbers)
    low, high = ranged(low, high, port, usual)
    return replace(port, low=low, high=high)


def _heard(port: Port, samples: AnyArray) -> Port:
    """Return a sound after it was seen."""
    if samples.size < SHORTEST:
        raise GeneratorError(f"The output {port.name[:64]!r} is not a sound: it has {samples.size} samples.")
    last = samples.ndim == 3 and samples.shape[-1] in (1, 2) and samples.shape[1] not in (1, 2)
    port = replace(port, role="sound", low=-1.0, high=1.0, layout="nhwc" if last else "nchw", shape=samples.shape)
    return replace(port, channels=len(arrays.sound(port, samples)))


def ranged(low: float, high: float, port: Port, usual: float = 0.0) -> tuple[float, float]:
    """Return the range that values between `low` and `high` were made for: 0…1, −1…1 or 0…255, else what they are.

    99 of 100 are between −`usual` and `usual`: networks that end without a `tanh` pass −1 and 1 here and there.
    """
    slack = 0.05 * (port.high - port.low)
    if (port.low, port.high) != (0.0, 1.0) and port.low - slack <= low and high <= port.high + slack:
        return port.low, port.high
    if low >= -0.1 and -2 * low <= high <= 1.1:
        return 0.0, 1.0
    if (low >= -1.5 and high <= 1.5) or (0.0 < usual <= 1.5 and max(-low, high) <= 4.0):
        return -1.0, 1.0
    if low >= -64.0 and 8.0 < high <= 320.0:
        return 0.0, 255.0
    most = max(abs(low), abs(high))
    return -most, most


def _stride(port: Port, outputs: tuple[Port, ...], seen: Mapping[str, AnyArray]) -> Port:
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
