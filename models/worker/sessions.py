"""The networks that a worker has loaded: on which provider they run, and which stay loaded between jobs."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path

from ..errors import GeneratorOverrun
from ..inference.fallback import Steady
from ..inference.guarded import Guarded, reading
from ..inference.limits import Limits
from ..inference.session import Session, available, version
from ..library import user
from ..library.catalog import SHIPPED, Entry
from ..onnx.metadata import digest
from .provider import AUTO, CPU, ChosenProvider, chosen, remembered, sample

#: Sessions kept loaded.
WARM = 2


class Sessions:
    """Loads networks: those that ship as they are, all others read first and held to `limits`.

    `note` is told when the provider fails and the processor takes over; `end` when a network neither ends nor stops
    (see `guard`).
    """

    def __init__(
        self,
        threads: int,
        provider: str,
        limits: Limits,
        note: Callable[[str], None],
        end: Callable[[GeneratorOverrun], None],
    ) -> None:
        self.threads, self.provider, self.limits = threads, provider, limits
        #: Why this provider.
        self.reason = ""
        self._note, self._end = note, end
        self._remember: Path | None = None
        self._loaded: OrderedDict[str, Steady | Guarded] = OrderedDict()

    def choose(self, remember: Path | None) -> None:
        """Let a trial choose the provider, unless one was asked for; keep the choice in the file `remember`."""
        found, self._remember = available(), remember
        if self.provider != AUTO:
            self.reason = "chosen in the preferences"
            if self.provider not in found:
                self.provider, self.reason = CPU, f"{self.provider}, chosen in the preferences, is not there"
            return

        def choose() -> ChosenProvider:
            return chosen(found, lambda name: sample(name, self.threads))

        choice = remembered(remember, version, found, choose) if remember else choose()
        self.provider, self.reason = choice.provider, choice.reason

    def of(self, entry: Entry) -> Steady | Guarded:
        """Return the network of a generator, loaded once.

        Raises GeneratorRefused, GeneratorError or GeneratorOverrun.
        """
        user.check_released(entry)
        allow = () if entry.path.parent == SHIPPED else user.about(entry).allow
        return self._warm(entry.card.digest, entry.path, allow)

    def critic(self, path: Path) -> Steady | Guarded:
        """Return the network of a critic, likewise."""
        return self._warm(digest(path), path, ())

    def guarded(self, path: Path, allow: Collection[str]) -> Guarded:
        """Return a third-party network, which is not kept."""
        return Guarded(path, self._open, self.limits, self._end, allow)

    def reading(self) -> AbstractContextManager[Callable[[], None]]:
        """Hold what is done to an untrusted file before it is loaded to the limits (see `reading`)."""
        return reading(self.limits, self._end)

    def _warm(self, digest: str, path: Path, allow: Collection[str]) -> Steady | Guarded:
        session = self._loaded.pop(digest, None)
        if session is None:
            session = self._open(path) if path.parent == SHIPPED else self.guarded(path, allow)
        self._loaded[digest] = session
        while len(self._loaded) > WARM:
            self._loaded.popitem(last=False)
        return session

    def _open(self, path: Path) -> Steady:
        return Steady(path, lambda each, provider: Session(each, self.threads, provider), self.provider, self._fell)

    def _fell(self, text: str) -> None:
        """Report that the provider failed, and measure it again before it is trusted."""
        self._note(text)
        if self._remember:
            with contextlib.suppress(OSError):
                self._remember.unlink(missing_ok=True)
