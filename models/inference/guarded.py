"""A third-party network, loaded and run only after it was read, and within limits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import Canceled, GeneratorOverrun
from ..onnx import reader, wire
from ..onnx.shapes.estimate import estimate
from .arrays import AnyArray
from .limits import READING, Limits, held
from .protocol import Runs

#: What a graph may make of its constants alone, bytes: a small file can ask for gigabytes of zeros.
FOLDED = 512 * 2**20


@contextmanager
def reading(limits: Limits, end: Callable[[GeneratorOverrun], None]) -> Iterator[Callable[[], None]]:
    """Hold the reading of an untrusted file to `limits`. Gives what to call now and then, to be ended in time.

    `end` is called as that of `Guarded` is. Raises GeneratorOverrun.
    """
    is_late = threading.Event()

    def tick() -> None:
        if is_late.is_set():
            raise Canceled("Stopped.")

    with held(limits, is_late.set, end, READING), wire.watched(tick):
        yield tick


class Guarded:
    """A session like that of `runtime`, but the file is read first, and every call is held to `limits`.

    `open` loads it. `end` is called, on another thread, when the network neither ends nor stops: it should end the
    process. Raises GeneratorRefused, GeneratorError or GeneratorOverrun.
    """

    def __init__(
        self,
        path: Path,
        open: Callable[[Path], Runs],
        limits: Limits,
        end: Callable[[GeneratorOverrun], None],
        allow: Collection[str] = (),
    ) -> None:
        self.limits, self._end = limits, end
        with reading(limits, end):
            self.graph = reader.read(path, allow)
            # What needs no input is worked out as the file is loaded, so its size must be known before.
            given = sum(weight.bytes for weight in self.graph.weights.values())
            estimate(self.graph, {}, min(given + FOLDED, limits.memory), "That is not a generator of pictures.")
        self._sized: set[tuple[tuple[int, ...], ...]] = set()
        with held(limits, lambda: None, end):
            self._session = open(path)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped: work that leads to the next run is in vain."""
        return self._session.stopped

    def sizes(self, inputs: Mapping[str, AnyArray]) -> dict[str, tuple[int, ...] | None]:
        """Return the shapes of the outputs for such inputs, as far as they can be known. Raises TooLarge."""
        found = estimate(self.graph, {name: array.shape for name, array in inputs.items()}, self.limits.memory)
        return {tensor.name: found.shapes.get(tensor.name) for tensor in self.graph.outputs}

    def run(self, inputs: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
        """All outputs by name. What the inputs' sizes lead to is worked out first. Raises as the class does."""
        shapes = {name: tuple(array.shape) for name, array in inputs.items()}
        if tuple(shapes.values()) not in self._sized:
            estimate(self.graph, shapes, self.limits.memory)
            self._sized.add(tuple(shapes.values()))
        try:
            with held(self.limits, self._session.stop, self._end):
                return self._session.run(inputs)
        except GeneratorOverrun:
            self._session.restart()
            raise

    def stop(self) -> None:
        """End the run in progress, and every later one until `restart`."""
        self._session.stop()

    def restart(self) -> None:
        """Allow runs again."""
        self._session.restart()
