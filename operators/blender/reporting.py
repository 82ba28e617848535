"""How operators report errors, and how whoever waits for a job hears of its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Protocol

import bpy

from ...models.errors import LatentStripsError
from .languages.catalog import translated

Execute = Callable[[Any, Any], set[str]]


class Watcher(Protocol):
    """Who hears what operators report, and how far the jobs are that a script waits for."""

    def report(self, level: str, text: str) -> None:
        """Take in a report: its level, such as INFO, and what it says."""

    def progress(self, job: Any) -> None:
        """Take in how far a job is."""


#: Who hears of reports and progress now.
_watchers: list[Watcher] = []
#: Errors that operators reported while somebody watched: Blender hands on their text alone.
_reported: list[LatentStripsError] = []


def reporting(execute: Execute) -> Execute:
    """Turn the errors that Latent Strips raises on purpose into the operator's report; all others go on up.

    A report of an error becomes a RuntimeError in the script that called the operator.
    """

    @wraps(execute)
    def wrapper(operator: Any, context: bpy.types.Context) -> set[str]:
        try:
            return execute(operator, context)
        except LatentStripsError as error:
            _reported[:] = [error]
            report(operator, {"ERROR"}, str(error))
            return {"CANCELLED"}

    return wrapper


def reporting_invoke(invoke: Callable[[Any, Any, Any], set[str]]) -> Callable[[Any, Any, Any], set[str]]:
    """As `reporting`, for an operator's `invoke`: Blender counts the arguments of both."""

    @wraps(invoke)
    def wrapper(operator: Any, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return reporting(lambda self, context: invoke(self, context, event))(operator, context)

    return wrapper


def is_live(operator: Any) -> bool:
    """Whether a person started the operator and Blender must stay alive. For scripts it blocks until all is made."""
    options = operator.options
    return not bpy.app.background and (options.is_invoke or options.is_repeat or options.is_repeat_last)


def report(operator: Any, level: set[str], text: str) -> None:
    """Report something, and tell whoever watches: Blender prints reports in some of its versions only."""
    operator.report(level, translated(text))
    for watcher in _watchers:
        watcher.report(max(level), text)


def progress(job: Any) -> None:
    """Pass on how far a job is that a script waits for."""
    for watcher in _watchers:
        watcher.progress(job)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Let `watcher` hear what is reported within, and of the progress of every job that is waited for."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def take_reported() -> LatentStripsError | None:
    """Return the error that an operator reported last, and forget it."""
    return _reported.pop() if _reported else None
