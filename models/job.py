"""Make the frames of a recipe that are missing: the one job behind every button, script and command."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from .cache import Folder, placeholders
from .cache.mark import marked
from .cards.card import Card
from .errors import Canceled, RecipeError
from .kinds import Array, Take, kind
from .recipe import Recipe

if TYPE_CHECKING:  # Blender's process plans jobs but never loads the runtime
    from .inference.session import Session

#: Frames between the network and the disk: one being encoded, one waiting.
IN_FLIGHT = 2
#: What the name of a folder of frames may be: nothing that leads elsewhere.
_WORDS = re.compile(r"[a-z0-9_-]{1,100}")
#: Where frames stand in for those after them: one of so many is made first in each stretch of that many frames, then
#: one of half as many, and so on. A motion is then seen in steps long before the last frame is there.
STEP, STRETCH = 8, 128


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
        held: Callable[[int, int], None] | None = None,
    ) -> int:
        """Make what is missing and return how many frames that were.

        `progress(frame, done, total)` is called from this thread as frames become whole. Frames from `start` on come
        first. `only` limits the work to those frames, for a farm. `progress` and `tick`, which is called while old
        files are read, may raise to stop. With `held` every eighth frame comes first and stands in for those after it;
        `held(frame, last)` says so. Raises LatentStripsError; what is made stays.
        """
        self.folder.create(self.recipe.canonical())
        keys = self.keys()
        missing, changed = self.folder.check(keys, tick)
        wanted = set(range(len(keys)) if only is None else only)
        todo = sorted({*missing, *changed} & wanted, key=self._order(start, held is not None))
        waiting = set(todo)  # not yet begun: no encoder is about to write one of them

        def there(frame: int, done: int) -> None:
            progress(frame, done, len(todo))
            if held and (last := self._hold(frame, waiting, start)) > frame:
                held(frame, last)

        others = self.folder.neighbors(keys[frame] for frame in todo) if todo else {}
        others |= self.folder.intact(keys[frame] for frame in set(range(len(keys))) - {*missing, *changed})
        done, rest, twins = 0, [], []
        seen: set[str] = set()
        for frame in todo:
            if self.folder.adopt(frame, keys[frame], others):
                done += 1
                waiting.discard(frame)
                progress(frame, done, len(todo))
            elif keys[frame] in seen:  # as in a loop, which shows the same frames again
                twins.append(frame)
            else:
                rest.append(frame)
                seen.add(keys[frame])
                tick()
        if rest:
            self._pipeline(open_session(), rest, keys, lambda frame, n: there(frame, done + n), waiting.discard)
        mine = self.folder.intact(seen)
        for number, frame in enumerate(twins, done + len(rest) + 1):
            if not self.folder.adopt(frame, keys[frame], mine):
                self._pipeline(open_session(), [frame], keys, lambda *_: None)
            waiting.discard(frame)
            there(frame, number)
        return len(todo)

    def _order(self, start: int, in_steps: bool) -> Callable[[int], tuple[int, ...]]:
        """Return the place of a frame in the order of making: from `start` on first; `in_steps`, some before others.

        Footage is gone through as it comes: a frame out of order may cost a dozen others.
        """
        if not in_steps or self.take.in_order:
            return lambda n: (n < start, n)
        return lambda n: (n < start, (n - start) // STRETCH, -_step(n - start), n)

    def _hold(self, frame: int, waiting: Container[int], start: int) -> int:
        """Let a frame stand in for those after it that are yet to be made, up to the next step; return the last one."""
        last = frame
        while last + 1 < frame + _step(frame - start) and last + 1 in waiting:
            last += 1
        if last - frame > 1:  # for one alone it takes too long
            with suppress(OSError):  # they keep the picture that they have
                picture = (self.folder.path / self.folder.name(frame)).read_bytes()
                placeholders.replace(self.folder, marked(picture), range(frame + 1, last + 1))
                return last
        return frame

    def _pipeline(
        self,
        session: Session,
        frames: Sequence[int],
        keys: Sequence[str],
        progress: Callable[[int, int], None],
        begin: Callable[[int], None] = lambda frame: None,
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
                    begin(frame)
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
    """Where the frames of a checked recipe belong. The name says what it is; its end is the recipe's hash.

    Raises RecipeError.
    """
    words = [recipe.settings.get("style"), recipe.seed]
    name = "-".join(str(word) for word in words if word is not None)
    made = kind(recipe.kind)
    if not _WORDS.fullmatch(name):
        raise RecipeError(f"{name[:80]!r} can't be part of a folder's name. Choose another style.")
    return Folder(root / f"{name}-{recipe.sha256()[:12]}", made.count(recipe), made.suffix)


def _step(place: int) -> int:
    """Return how many frames it is from one at `place`, counted from the first that was made, to the next step."""
    return next(step for step in (STEP, STEP // 2, STEP // 4, 1) if place % step == 0)
