"""What all panels share: the place, and rows for parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ..models.parameters import Parameter


class Sidebar:
    """A panel in the Sequencer's sidebar, tab "Latent Strips"."""

    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Latent Strips"


def draw_parameters(
    layout: bpy.types.UILayout,
    owner: Any,
    parameters: tuple[Parameter, ...],
    prefix: str = "",
    shown: Callable[[Parameter], str] = lambda parameter: parameter.label,
) -> None:
    """Draw a row for each parameter that is `shown`; those labeled as the other axis stand close to the first."""
    column = layout.column()
    for parameter in parameters:
        if parameter.type == "text" or not (label := shown(parameter)):  # texts are for the program alone
            continue
        if parameter.label not in ("Y", "Height", "Time"):
            column = layout.column(align=True)
        if parameter.type == "choice" and len(parameter.choices) == 2:
            column.row(align=True).prop(owner, prefix + parameter.name, expand=True)
        else:
            column.prop(owner, prefix + parameter.name, text=label)


def groups(parameters: tuple[Parameter, ...]) -> list[str]:
    """Return the sub-panels that parameters name, in order."""
    return list(dict.fromkeys(parameter.group for parameter in parameters if parameter.group))


def in_group(parameters: tuple[Parameter, ...], group: str) -> tuple[Parameter, ...]:
    """Return the parameters of one sub-panel; "" is the panel itself."""
    return tuple(parameter for parameter in parameters if parameter.group == group)
