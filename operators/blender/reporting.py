"""How operators tell errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import bpy

from ...models.errors import LatentStripsError

Execute = Callable[[Any, Any], set[str]]


def reporting(execute: Execute) -> Execute:
    """Turn the errors that Latent Strips raises on purpose into the operator's report; all others go on up.

    A report of an error becomes a RuntimeError in the script that called the operator.
    """

    @wraps(execute)
    def wrapper(operator: Any, context: Any) -> set[str]:
        try:
            return execute(operator, context)
        except LatentStripsError as error:
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
