"""The first run of a third-party network: are the guesses about it right, what do its outputs hold, how fast is it?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..cards.port import Port
from ..errors import GeneratorError, GeneratorOverrun, GeneratorRefused
from ..imaging.resample import resized
from ..inference import arrays
from ..inference.arrays import AnyArray, Array
from ..inference.guarded import Guarded
from . import flat, roles
from .feeds import FED, RUNS, check_numbers, feeds, test_picture
from .known_models import Guess
from .ranges import STANDARD, UNIT, Range, looked_at
from .settled import Seen, settled, stride

#: The most numbers that a trial's outputs may hold together: a picture of 8K has fewer.
RETURNED = 2**27
#: The deviation of a picture, 0…1, below which it is of one color; and the likeness above which two show the same.
PLAIN, SAME = 0.02, 0.95

Run = Callable[[Mapping[str, AnyArray]], dict[str, AnyArray]]


@dataclass(frozen=True)
class Trial:
    """The guess as it was found to hold, seconds a run, and what it made of the test picture (None: no picture)."""

    guess: Guess
    seconds: float
    picture: Array | None


class Small:
    """A session that is given, and returns, no more than a trial needs. Raises TooLarge before it would run."""

    def __init__(self, session: Guarded) -> None:
        self._session, self.graph = session, session.graph

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._session.stopped

    def run(self, inputs: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
        """All outputs by name. Raises as `Guarded.run`, and TooLarge."""
        check_numbers("is given", [array.shape for array in inputs.values()], FED)
        known = [size for size in self._session.sizes(inputs).values() if size is not None]
        check_numbers("returns", known, RETURNED)
        made = self._session.run(inputs)
        check_numbers("returns", [np.shape(array) for array in made.values()], RETURNED)
        return made


def tried(guess: Guess, run: Run) -> Trial:
    """Run a network on what it seems to take. Raises GeneratorError when that makes no sense."""
    guess, seen = _agreed(guess, run)
    made = {port.role for port in guess.outputs}
    if guess.kind == "image" and "sound" in made and not made & {"image", "mask"}:
        guess = roles.in_time(replace(guess, kind="clip"))
    guess = replace(guess, inputs=tuple(stride(port, guess.outputs, seen.first) for port in guess.inputs))
    shown = _shown(guess)
    if guess.kind != "clip" and shown is None:
        shapes = ", ".join(f"{name[:48]} {list(array.shape)[:8]}" for name, array in seen.first.items())
        taken = "a picture" if guess.kind in roles.FROM_FOOTAGE else "a latent vector"
        raise GeneratorError(
            f"This network takes {taken}, but none of its outputs is a picture: {shapes}. {_advice(seen.first)}"
        )
    picture = arrays.picture(shown, seen.first[shown.name]) if shown else None
    if guess.kind in roles.FROM_FOOTAGE and shown and picture is not None:
        _check_enlarger(guess, shown, picture)
        guess = replace(guess, kind="footage_mask") if shown.role == "mask" else guess
    return Trial(guess, seen.seconds, picture)


def _advice(made: Mapping[str, AnyArray]) -> str:
    """Return what to do about a network that returned no picture."""
    if found := next(filter(None, (flat.advice(name, array.shape) for name, array in made.items())), ""):
        return found
    if all(array.squeeze().ndim <= 1 for array in made.values()):
        return "Networks that recognize things return such scores, which no strip shows. Import one that draws."
    return "Write a card for it if one of them is."


def _agreed(guess: Guess, run: Run) -> tuple[Guess, Seen]:
    """Return a guess with its outputs as they are found, and what was seen.

    What restyles pictures is given colors in the range of those that it returns: ranges are tried until both agree.
    """
    seen = _tried(run, guess)
    first = replace(guess, outputs=settled(guess, seen))
    if guess.kind != "restyle" or guess.certain:
        return first, seen
    found, saw, given, left = first, seen, UNIT, [each for each in STANDARD if each != UNIT]
    while (shown := _shown(found)) is not None and shown.role == "image":
        made = Range.of(shown)
        if made == given and float(made.shown(saw.numbers[shown.name]).std()) > PLAIN:
            return found, replace(saw, seconds=seen.seconds)
        if not left or all(port.dtype == "uint8" for port in guess.inputs if port.role == "image"):
            break
        given = left.pop(left.index(made) if made in left else 0)
        tuned = replace(guess, inputs=tuple(_given(port, given) for port in guess.inputs))
        try:
            saw = _tried(run, tuned, 1)
            found = replace(tuned, outputs=settled(tuned, saw))
        except (GeneratorOverrun, GeneratorRefused):
            raise
        except GeneratorError:  # such as halves that can't hold what becomes of 0…255
            continue
    return first, seen


def _given(port: Port, colors: Range) -> Port:
    """Return an input that is a picture with another range, where it can have it."""
    if port.role != "image" or port.dtype == "uint8" or (colors.mean and port.channels != len(colors.mean)):
        return port
    return colors.on(port)


def _shown(guess: Guess) -> Port | None:
    """Return the output that a strip shows, if there is one."""
    made = [port for port in guess.outputs if port.role in ("image", "mask")]
    return next((port for port in made if port.role == "image"), made[0] if made else None)


def _check_enlarger(guess: Guess, made: Port, picture: Array) -> None:
    """Raise GeneratorError for what takes the brightness of a picture alone, and returns it finer or cleaner."""
    taken = next(port for port in guess.inputs if port.role == "image")
    if taken.channels != 1 or made.channels != 1:
        return
    given = test_picture(taken, 0)
    height, width = given.shape[1:]
    gray = resized(arrays.luma(given), (32, 32)).ravel(), resized(picture, (32, 32)).ravel()
    is_larger = picture.shape[1] > height and picture.shape[2] > width
    if is_larger or (min(map(np.std, gray)) > PLAIN and float(np.corrcoef(*gray)[0, 1]) > SAME):
        raise GeneratorError(
            f"This network takes {width}×{height} px of brightness (one channel) and returns "
            f"{picture.shape[2]}×{picture.shape[1]} px of it, as super-resolution and noise reduction of one channel "
            "do. Strips have colors. Import a network that takes and returns three channels."
        )


def _tried(run: Run, guess: Guess, runs: int = RUNS) -> Seen:
    first: dict[str, AnyArray] = {}
    numbers: dict[str, list[AnyArray]] = {port.name: [] for port in guess.outputs}
    took, invalid = [], set()
    for seed in range(runs):
        given = feeds(guess, seed)
        begin = time.perf_counter()
        made = _run(run, guess, given)
        took.append(time.perf_counter() - begin)
        first = first or {name: np.asarray(array) for name, array in made.items()}
        for name in numbers:
            array = np.asarray(made[name])
            numbers[name].append(looked_at(array) if array.dtype.kind in "iufb" else np.zeros(0))
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                invalid.add(name)
    # The first run prepares, and others may be slowed by what else the machine does.
    every = {name: np.concatenate(some) for name, some in numbers.items()}
    return Seen(first, every, min(took), frozenset(invalid))


def _run(run: Run, guess: Guess, given: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    """Run a network. An error says what it was tried with, since some of that may be guessed wrongly."""
    try:
        return run(given)
    except (GeneratorOverrun, GeneratorRefused):
        raise
    except GeneratorError as error:
        tried = ", ".join(f"{port.name[:48]} {list(given[port.name].shape)} as {port.role}" for port in guess.inputs)
        raise type(error)(f"Tried with {tried[:300]}. {error}") from error
