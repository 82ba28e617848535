"""Rename a generator of the user's own, or correct its card."""

from __future__ import annotations

import json
from typing import Any

import bpy

from ..models.cards.card import Card
from ..models.errors import GeneratorError
from ..models.library import user
from ..models.library.catalog import Entry
from .blender.library import imports, port_properties
from .blender.library.port_properties import LatentStripsPort
from .blender.preferences import library
from .blender.reporting import report, reporting, reporting_invoke


class LATENT_STRIPS_OT_generator_edit(bpy.types.Operator):
    """Rename an imported generator, or edit its card"""

    bl_idname = "latent_strips.generator_edit"
    bl_label = "Edit Generator"
    bl_description = (
        "Rename an imported generator, or correct what was found out about it. Strips that it made keep their frames "
        "until they are regenerated"
    )
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator", options={"HIDDEN"})
    label: bpy.props.StringProperty(name="Name", description="What the generator is called in menus")
    license: bpy.props.StringProperty(name="License", description="Under which its pictures or sounds may be used")
    classes: bpy.props.StringProperty(name="Classes", description="Names of the classes, with commas between")
    before: bpy.props.StringProperty(
        name="Classes Before", description="What the dialog was opened with", options={"HIDDEN", "SKIP_SAVE"}
    )
    changes: bpy.props.StringProperty(
        name="Changes",
        description="Corrections from a script, as JSON: what to change, by the name of an input or output",
        options={"HIDDEN", "SKIP_SAVE"},
    )
    ports: bpy.props.CollectionProperty(
        name="Inputs and Outputs", description="What the dialog shows", type=LatentStripsPort,
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip

    @reporting_invoke
    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Show what is known of the generator."""
        card = _imported(self.generator).card
        self.label, self.license = card.label, card.license
        self.classes = ", ".join(style.label.replace(",", " ") for style in card.styles) if _has_classes(card) else ""
        self.before = self.classes
        self.ports.clear()
        for port, is_output in (*((p, False) for p in card.inputs), *((p, True) for p in card.outputs)):
            port_properties.show(self.ports.add(), port, is_output)
        return context.window_manager.invoke_props_dialog(self, width=440)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the dialog."""
        self.layout.use_property_split = True
        self.layout.prop(self, "label")
        self.layout.prop(self, "license")
        if self.classes:
            self.layout.prop(self, "classes")
        for port in self.ports:
            port_properties.draw(port, self.layout)

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Write the card, and try it: a correction that doesn't work is reported and undone."""
        entry = _imported(self.generator)
        changes = self._changes(entry.card)
        named = [name for name in self.classes.split(",") if name.strip()] if self.classes != self.before else []
        if changes or named:
            imports.corrected(entry, changes, named)
        if self.label or self.license:
            user.rename(_imported(self.generator), self.label or entry.card.label, self.license)
        report(self, {"INFO"}, f"{_imported(self.generator).card.label} is corrected")
        return {"FINISHED"}

    def _changes(self, card: Card) -> dict[str, dict[str, Any]]:
        if self.changes:
            try:
                raw = json.loads(self.changes)
                return {str(name): dict(values) for name, values in raw.items()}
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                raise GeneratorError(f"The changes are not a JSON object of objects ({str(error)[:80]}).") from error
        known = {port.name: port for port in (*card.inputs, *card.outputs)}
        found = {
            port.name: port_properties.changed(port, known[port.name]) for port in self.ports if port.name in known
        }
        return {name: values for name, values in found.items() if values}


def _imported(id: str) -> Entry:
    return user.changeable(library().latest(id))


def _has_classes(card: Card) -> bool:
    return bool(card.styles) and not card.ports("style")


CLASSES = (LatentStripsPort, LATENT_STRIPS_OT_generator_edit)
