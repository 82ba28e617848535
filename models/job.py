"""Make the frames of a recipe that are missing: the one job behind every button, script and command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from .cache import Folder
from .cards.card import Card
from .errors import Canceled
from .kinds import Array, Take, kind
from .recipe import Recipe

if TYPE_CHECKING:  # Blender's process plans jobs but never loads the runtime
    from .inference.session import Session

#: Frames between the network and the disk: one being encoded, one waiting.
IN_FLIGHT = 2


@dataclass(frozen=True)
class Generation:
    """A recipe, checked against its generator, and the folder for its frames."""

    recipe: Recipe
    card: Card
    folder: Folder
    take: Take

    @classmethod
    def of(cls, recipe: Recipe, card: Card, root: Path) -> Generation:
        """Prepare `recipe` for the cache at `root`. Raises RecipeError or GeneratorError; writes nothing."""
        take = kind(recipe.kind).take(recipe, card)
        return cls(take.recipe, card, folder(take.recipe, root), take)

    def keys(self) -> list[str]:
        """Return the key of every frame."""
        return [self.take.key(frame) for frame in range(self.folder.count)]

    def check(self, tick: Callable[[], None]) -> tuple[list[int], list[int]]:
        """(missing, changed) frames. Reads every file, and calls `tick` after each."""
        return self.folder.check(self.keys(), tick)

    def make(
        self,
        open_session: Callable[[], Session],
        progress: Callable[[int, int, int], None],
        tick: Callable[[], None],
        start: int = 0,
        only: Sequence[int] | None = None,
    ) -> int:
        """Make what is missing and return how many frames that were.

        `progress(frame, done, total)` is called from this thread as frames become whole. Frames from `start` on come
        first. `only` limits the work to those frames, for a farm. `progress` and `tick`, which is called while old
        files are read, may raise to stop. Raises LatentStripsError; what is made stays.
        """
        self.folder.create(self.recipe.canonical())
        keys = self.keys()
        missing, changed = self.folder.check(keys, tick)
        wanted = set(range(len(keys)) if only is None else only)
        todo = sorted({*missing, *changed} & wanted, key=lambda n: (n < start, n))
        others = self.folder.neighbors(keys[frame] for frame in todo) if todo else {}
        others |= self.folder.intact(keys[frame] for frame in set(range(len(keys))) - {*missing, *changed})
        done, rest, twins = 0, [], []
        seen: set[str] = set()
        for frame in todo:
            if self.folder.adopt(frame, keys[frame], others):
                done += 1
                progress(frame, done, len(todo))
            elif keys[frame] in seen:  # as in a loop, which shows the same frames again
                twins.append(frame)
            else:
                rest.append(frame)
                seen.add(keys[frame])
                tick()
        if rest:
            self._pipeline(open_session(), rest, keys, lambda frame, n: progress(frame, done + n, len(todo)))
        mine = self.folder.intact(seen)
        for number, frame in enumerate(twins, done + len(rest) + 1):
            if not self.folder.adopt(frame, keys[frame], mine):
                self._pipeline(open_session(), [frame], keys, lambda *_: None)
            progress(frame, number, len(todo))
        return len(todo)

    def _pipeline(
        self, session: Session, frames: Sequence[int], keys: Sequence[str], progress: Callable[[int, int], None]
    ) -> None:
        """Run the network here, while another thread encodes and writes the frame before."""
        finished, stopped = 0, Event()
        running: dict[Future[None], int] = {}

        def settle(keep: int) -> None:
            nonlocal finished
            while len(running) > keep:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    frame = running.pop(future)
                    future.result()
                    finished += 1
                    progress(frame, finished)

        def going(pieces: Iterable[bytes]) -> Iterator[bytes]:
            for piece in pieces:
                if stopped.is_set():
                    raise Canceled("Stopped.")
                yield piece

        def store(frame: int, outputs: dict[str, Array]) -> None:
            self.folder.put(frame, keys[frame], going(self.take.finish(frame, outputs)))

        with ThreadPoolExecutor(IN_FLIGHT, "encode") as pool:
            try:
                for frame in frames:
                    # No name is kept for the outputs: they are large, and would outlive their encoding.
                    running[pool.submit(store, frame, self.take.run(session, frame))] = frame
                    settle(IN_FLIGHT)
            except Canceled:
                stopped.set()  # a large frame takes longer to finish than one waits
                for future in wait(running).done:
                    with suppress(Canceled):
                        future.result()
                raise
            settle(0)


def folder(recipe: Recipe, root: Path) -> Folder:
    """Where the frames of a checked recipe belong. The name says what it is; its end is the recipe's hash."""
    words = [recipe.settings.get("style"), recipe.seed]
    name = "-".join(str(word) for word in words if word is not None)
    made = kind(recipe.kind)
    return Folder(root / f"{name}-{recipe.sha256()[:12]}", made.count(recipe), made.suffix)
