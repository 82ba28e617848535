"""What a third-party network is given in its trial: something for every input."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from ..cards.port import Port
from ..errors import TooLarge
from ..imaging.resample import resized
from ..inference import arrays
from ..inference.arrays import AnyArray, Array
from . import pictures
from .known_models import Guess

#: Sides of the picture, in px, that a network of open size is tried with, and cells of its latent map.
SIDE, CELLS = 256, 8
#: Runs of a trial. The last one is given noise.
RUNS = 3
#: The most numbers that all inputs may hold together in a trial: a picture of 4K has fewer.
FED = 2**25


def feeds(guess: Guess, seed: int) -> dict[str, AnyArray]:
    """Something for every input: normal latents, the first class, usual numbers, a test picture, states of zeros."""
    check_size(guess.inputs)
    rng = np.random.Generator(np.random.Philox(seed))
    made: dict[str, AnyArray] = {}
    for port in guess.inputs:
        if port.role in ("latent", "one_hot"):
            values = rng.standard_normal(port.channels, np.float32)
            if port.role == "one_hot":
                values = np.eye(1, port.channels, dtype=np.float32)[0]
            made[port.name] = arrays.vector(port, values)
        elif port.role in ("latent_layers", "latent_field", "noise"):
            made[port.name] = rng.standard_normal(_size(port), np.float32).astype(port.dtype)
        elif port.role in ("image", "mask"):
            made[port.name] = arrays.given(port, test_picture(port, seed))
        elif port.role == "state":
            made[port.name] = np.zeros(arrays.shape(port), port.dtype)
        elif port.role == "class":
            made[port.name] = arrays.number(port, 0)
        else:
            made[port.name] = arrays.number(port, port.default)
    return made


def check_size(ports: Iterable[Port]) -> None:
    """Raise TooLarge for inputs that hold more than a trial gives to a network."""
    check_numbers("is given", map(_size, ports), FED)


def check_numbers(what: str, shapes: Iterable[tuple[int, ...]], most: int) -> None:
    """Raise TooLarge when these shapes hold more than `most` numbers together; `what` says whose they are."""
    total = sum(map(math.prod, shapes))
    if total > most:
        raise TooLarge(
            f"In its trial this network {what} {total:,} numbers; at most {most:,} are allowed. Export it for smaller "
            "pictures, or with sides that are open."
        )


def _size(port: Port) -> tuple[int, ...]:
    """Return the shape of what a port is given. Raises GeneratorError when it is too much for any use."""
    side = -(-SIDE // port.multiple) * port.multiple if port.role in ("image", "mask") else CELLS
    return arrays.shape(port, port.channels, (side, side))


def test_picture(port: Port, seed: int) -> Array:
    """Return a landscape, or for the last run noise, in the size that the port wants."""
    full = _size(port)
    height, width = full[-2:] if port.layout == "nchw" else full[-3:-1]
    if seed == RUNS - 1:
        image = pictures.noise(height, width, seed)
    else:
        image = pictures.landscape(min(height, 2 * SIDE), min(width, 2 * SIDE), seed)
        if image.shape[1:] != (height, width):
            image = np.clip(resized(image, (height, width)), 0, 1)
    return np.concatenate((image, np.ones_like(image[:1]))) if port.channels == 4 else image
