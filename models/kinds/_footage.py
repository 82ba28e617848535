"""What is made from footage, frame by frame: reading it, running a network over it, carrying its state along.

The card alone says how the network is driven: layout, range, mean and deviation, fixed sides or multiples of some
number, what its outputs still need, and its states, which go from each frame into the next.

A network with a state, and smoothing over time, make a frame depend on those before it. So that any frame can still be
made on its own, and always comes out the same, footage is gone through in blocks: each begins with an empty state a
few frames early. At a cut the state is emptied, too.
"""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..cards.card import Card
from ..cards.port import Port
from ..errors import MediaError
from ..footage import fingerprint
from ..footage.placed_frame import PlacedFrame
from ..footage.placement import Place
from ..imaging.resample import resized
from ..inference import arrays
from ..recipe import Recipe
from ._base import Array, Take, shrunk
from ._footage_settings import NAMES, SOURCE
from ._latent_inputs import knobs, turned

if TYPE_CHECKING:
    from ..footage.movie import Footage
    from ..footage.rendered import Rendered
    from ..inference.session import Session

#: Frames of a block, and frames before it with which its state is warmed up.
BLOCK, WARM = 96, 12
#: Mean difference of two thumbnails' brightness, 0…1, from which there is a cut between them.
CUT = 0.15
_THUMBNAIL = 18, 32
_Read = tuple[Array, dict[str, Array]]


class FootageTake(Take):
    """A recipe over footage, ready to be made. The files come from whoever asks for the frames: see `attach`."""

    result: ClassVar[str]
    in_order = True

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.size = recipe.height, recipe.width
        (self.image,) = card.ports("image")
        made = [port for port in card.outputs if port.role in ("mask", "image")]
        self.made = min(made, key=lambda port: port.role != self.result)  # Robust Video Matting has both
        self.states = list(
            zip(card.ports("state"), (port for port in card.outputs if port.role == "state"), strict=True)
        )
        self.stateful = bool(self.states) or float(recipe.settings.get("smoothing", 0)) > 0
        self._files: tuple[Path, ...] = ()
        self._footage: Footage | Rendered | None = None
        self._running: list[Session] = []
        self._reader = ThreadPoolExecutor(1, "decode")
        self._ahead: tuple[int, Future[_Read]] | None = None
        self._facts = [hashlib.sha256(json.dumps(self._fact(n)).encode()).digest() for n in range(recipe.frames)]
        self._block, self._done = -1, -1
        self._empty()

    def attach(self, files: Sequence[Path]) -> None:
        """Return the footage's files. Raises MediaError when they are not those of the recipe."""
        rendered = self.recipe.settings["medium"] == "rendered"  # named by what Blender knows of it, not by a file
        if not rendered and fingerprint.of(files) != self.recipe.settings["source"]:
            raise MediaError(
                f"{files[0] if files else 'The footage'}: has changed since the recipe was made. Regenerate the strip."
            )
        self._files = tuple(files)

    def key(self, frame: int) -> str:
        r = self.recipe
        first = self._first(frame) if self.stateful else frame
        facts = hashlib.sha256(b"".join(self._facts[first : frame + 1])).hexdigest()
        named = {name: value for name, value in r.settings.items() if name not in ("pivot_x", "pivot_y")}
        tracks = {name: r.track(name, frame) for name in r.tracks if name not in NAMES and name[:5] != "knob_"}
        turns = [[value for _, value in self._turns(n)] for n in range(first, frame + 1)]
        own = [r.kind, r.digest, r.width, r.height, self.stateful and frame - first, sorted(named.items())]
        own += [turns] if any(map(any, turns)) else []
        return json.dumps([*own, sorted(tracks.items()), facts], separators=(",", ":"))

    def _fact(self, frame: int) -> list[Any]:
        """Which picture a frame shows, and where."""
        r = self.recipe
        return [r.settings[p.name] if not p.animatable else r.track(p.name, frame) for p in SOURCE]

    def warning(self) -> str:
        return self._footage.warning if self._footage else ""

    def inputs(self, frame: int) -> dict[str, Array]:
        return self._feeds(self._read(frame)[0], frame)

    def run(self, session: Session, frame: int) -> dict[str, Array]:
        self._running[:] = [session]
        first = self._first(frame)
        begin = frame
        if self.stateful:
            begin = self._done + 1 if self._block == first and first <= self._done + 1 <= frame else first
            if begin == first:
                self._forget()
                self._block = first
        returned: dict[str, Array] = {}
        for n in range(begin, frame + 1):
            returned = self._step(session, n)
        return returned

    def small(self, session: Session, frame: int, size: tuple[int, int]) -> Array:
        """As of all kinds, but without what the frames before leave behind: going through them takes seconds."""
        self._running[:] = [session]
        self._forget()
        picture = shrunk(self.finish(frame, self._step(session, frame)), size)
        self._forget()
        return picture

    def _first(self, frame: int) -> int:
        """Return the frame with which the state that `frame` needs begins."""
        if not self.stateful:
            return frame
        number = frame + self.recipe.origin  # blocks are counted in the content, and none reaches across its beginning
        first = number // BLOCK * BLOCK - WARM
        return max(0, (max(0, first) if number >= 0 else first) - self.recipe.origin)

    def _forget(self) -> None:
        self._block, self._done = -1, -1
        self._empty()

    def _empty(self) -> None:
        """Begin a new shot."""
        self._state: dict[str, Any] = {}
        self._before: Array | None = None
        self._thumbnail: Array | None = None

    def _step(self, session: Session, frame: int) -> dict[str, Array]:
        picture, beside = self._next(frame)
        if self.stateful:
            thumbnail = resized(picture, _THUMBNAIL).mean(axis=0)
            if self._thumbnail is not None and float(np.abs(thumbnail - self._thumbnail).mean()) > CUT:
                self._empty()
            self._thumbnail = thumbnail
        returned: dict[str, Any] = session.run(self._feeds(picture, frame))
        self._state = {given.name: returned[kept.name] for given, kept in self.states}
        result = arrays.picture(self.made, returned[self.made.name])
        keep = np.float32(self.recipe.settings.get("smoothing", 0))
        if keep and self._before is not None and self._before.shape == result.shape:
            result = result * (1 - keep) + self._before * keep
        self._before, self._done = result, frame
        return {self.result: result, **beside}

    def _next(self, frame: int) -> _Read:
        """`_read`, while the frame after it is already being read on another thread, which alone touches the files."""
        ahead = self._ahead
        reading = ahead[1] if ahead and ahead[0] == frame else self._reader.submit(self._read, frame)
        found = reading.result()
        self._ahead = (
            (frame + 1, self._reader.submit(self._read, frame + 1)) if frame + 1 < self.recipe.frames else None
        )
        return found

    def _read(self, frame: int) -> _Read:
        """Return what the network sees of a frame, `[3,h,w]`, and what `finish` needs of it besides.

        Raises MediaError.
        """
        placed_frame = self.placed_frame(frame)
        return placed_frame.small(self.work_size()), self.beside(placed_frame, frame)

    @abstractmethod
    def beside(self, placed_frame: PlacedFrame, frame: int) -> dict[str, Array]:
        """Return what `finish` needs of a frame besides the network's result."""

    def placed_frame(self, frame: int) -> PlacedFrame:
        """Return what the strip shows at a frame. Raises MediaError."""
        r = self.recipe
        footage = self._open()
        position = r.track("position", frame)
        # A strip that takes another number of scene frames than it has itself is played at its own rate.
        if footage.rate and abs(footage.count - int(r.settings["content"])) > 2:
            position *= footage.rate / r.fps

        def number(name: str) -> float:
            return r.track(name, frame) if name in r.tracks else float(r.settings[name])

        place = Place(
            (number("scale_x"), number("scale_y")),
            (number("offset_x"), number("offset_y")),
            number("rotation"),
            (number("pivot_x"), number("pivot_y")),
            tuple(int(r.settings[f"crop_{side}"]) for side in ("left", "right", "bottom", "top")),  # type: ignore[arg-type]
            (bool(r.settings["flip_x"]), bool(r.settings["flip_y"])),
        )
        return PlacedFrame(footage.decoded(round(position)), place, self.size)

    def _open(self) -> Footage | Rendered:
        from ..footage import movie, rendered  # only the worker decodes; Blender's own process never loads the codecs

        if self._footage is None:
            if not self._files:
                raise MediaError(
                    "The recipe names no footage file. Regenerate the strip in the .blend file that shows the footage."
                )
            settings = self.recipe.settings
            if settings["medium"] == "rendered":
                running = self._running  # not this take itself: what it opens must end when nobody holds it any more
                self._footage = rendered.Rendered(self._files[0], lambda: any(each.stopped for each in running))
            elif settings["medium"] in ("movie", "stored"):
                upright = settings["medium"] == "movie"
                self._footage = movie.Movie(self._files[0], int(settings["stream"]), upright)
            else:
                self._footage = movie.Pictures(self._files)
        return self._footage

    def _feeds(self, picture: Array, frame: int) -> dict[str, Any]:
        feeds: dict[str, Any] = {self.image.name: arrays.given(self.image, picture)}
        for given, _ in self.states:
            zeros = np.zeros(arrays.shape(given), given.dtype)
            feeds[given.name] = self._state.get(given.name, zeros)
        for port in self.card.inputs:
            if port.role == "number" or port.role == "switch":
                feeds[port.name] = arrays.number(port, port.default)
            elif port.role == "style":
                style = self.card.style(str(self.recipe.settings["style"]))
                feeds[port.name] = np.array([style.vector], np.float32)
        feeds |= {port.name: arrays.number(port, turned(port, value)) for port, value in self._turns(frame)}
        return feeds

    def _turns(self, frame: int) -> list[tuple[Port, float]]:
        """Return the numbers that the network takes, and how far their knobs are turned."""
        given = [(port, f"knob_{n}") for n, port in enumerate(knobs(self.card), 1)]
        return [(port, self.recipe.track(name, frame)) for port, name in given if name in self.recipe.tracks]

    def work_size(self) -> tuple[int, int]:
        """Height and width of what the network is given: its own where fixed, else by the detail asked for."""
        sides = _fixed(self.image)
        factor = min(1.0, int(self.recipe.settings["sight"]) / min(self.size))
        unit = self.image.multiple

        def side(fixed: int, whole: int) -> int:
            return fixed if fixed > 0 else max(1, round(whole * factor / unit)) * unit

        return side(sides[0], self.size[0]), side(sides[1], self.size[1])


def _fixed(port: Port) -> tuple[int, int]:
    """Height and width that a port insists on; −1 where it takes any."""
    if len(port.shape) != 4:
        return -1, -1
    rows, columns = port.shape[2:] if port.layout == "nchw" else port.shape[1:3]
    return rows, columns
