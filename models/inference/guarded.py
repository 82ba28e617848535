"""A stranger's network, loaded and run only after it was read, and within limits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ..errors import GeneratorOverrun
from ..onnx import reader
from ..onnx.shapes.estimate import estimate
from .arrays import AnyArray
from .limits import Limits, held
from .protocol import Runs

#: What a graph may make of its constants alone, bytes: a small file can ask for gigabytes of zeros.
FOLDED = 512 * 2**20


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
