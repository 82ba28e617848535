"""How operators report errors, and how whoever waits for a job hears of its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import bpy

from ...models.errors import LatentStripsError

Execute = Callable[[Any, Any], set[str]]
Watcher = Callable[[Any], None]

#: Who hears of the progress of jobs that a script waits for.
_watchers: list[Watcher] = []
#: Errors that operators reported while somebody watched: Blender hands on their text alone.
_reported: list[LatentStripsError] = []


def reporting(execute: Execute) -> Execute:
    """Turn the errors that Latent Strips raises on purpose into the operator's report; all others go on up.

    A report of an error becomes a RuntimeError in the script that called the operator.
    """

    @wraps(execute)
    def wrapper(operator: Any, context: Any) -> set[str]:
        try:
            return execute(operator, context)
        except LatentStripsError as error:
            _reported[:] = [error]
            operator.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    return wrapper


def reporting_invoke(invoke: Callable[[Any, Any, Any], set[str]]) -> Callable[[Any, Any, Any], set[str]]:
    """As `reporting`, for an operator's `invoke`: Blender counts the arguments of both."""

    @wraps(invoke)
    def wrapper(operator: Any, context: Any, event: Any) -> set[str]:
        return reporting(lambda self, context: invoke(self, context, event))(operator, context)

    return wrapper


def is_live(operator: Any) -> bool:
    """Whether a person started the operator and Blender must stay alive. For scripts it blocks until all is made."""
    options = operator.options
    return not bpy.app.background and (options.is_invoke or options.is_repeat or options.is_repeat_last)


def progress(job: Any) -> None:
    """Pass on how far a job is that a script waits for."""
    for watcher in _watchers:
        watcher(job)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Let `watcher` hear of the progress of every job that is waited for within."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def take_reported() -> LatentStripsError | None:
    """Return the error that an operator reported last, and forget it."""
    return _reported.pop() if _reported else None
