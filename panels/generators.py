"""The library: which generators there are, and what can be done with the user's own."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from ..models.library import user
from ..models.library.catalog import Entry
from ..models.plain_files import is_plain
from ..operators.blender.library import doctor, imports, thumbnails
from ..operators.blender.preferences import library
from ..operators.doctor import FIXES
from .sidebar import Sidebar

_STATES = {"fine": "CHECKMARK", "warning": "ERROR", "error": "CANCEL"}


class LATENT_STRIPS_PT_generators(Sidebar, bpy.types.Panel):
    """The generators at hand. Drop an ONNX file on the Sequencer to add one"""

    bl_label = "Generators"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw a box for each generator."""
        layout = self.layout
        if names := imports.importing():
            for line in textwrap.wrap(f"Importing {', '.join(names)}", 40)[:4]:
                layout.label(text=line, icon="TIME")
        layout.operator("latent_strips.generator_import", icon="IMPORT")
        for entry in library().entries():
            _draw_entry(layout.box().column(align=True), entry)
        for error in library().problems():
            for number, line in enumerate(textwrap.wrap(str(error), 40)):
                layout.label(text=line, icon="BLANK1" if number else "ERROR")
        layout.operator("latent_strips.doctor", icon="HEART")
        for finding in doctor.last:
            text = f"{finding.text}. {finding.fix}" if finding.fix else finding.text
            for number, line in enumerate(textwrap.wrap(text, 40)):
                layout.label(text=line, icon="BLANK1" if number else _STATES[finding.state])
            if finding.action:
                label, icon, _ = FIXES[finding.action]
                button = layout.operator("latent_strips.doctor_fix", text=label, icon=icon)
                button.action = finding.action
                button.target = f"{finding.name}: {text}" if finding.action == "copy" else finding.target


def _draw_entry(column: Any, entry: Entry) -> None:
    card, mine = entry.card, user.is_imported(entry)
    if mine and (icon := thumbnails.icon(entry)):
        column.template_icon(icon_value=icon, scale=4.0)
    column.label(text=card.label, icon="USER" if mine else "PACKAGE")
    about = user.about(entry) if mine else user.ImportNotes()
    words = [card.kind.replace("_", " "), f"{entry.path.stat().st_size / 1e6:.1f} MB", f"license {card.license}"]
    words += [about.size] if about.size else []
    words += [f"{about.seconds * 1000:.3g} ms a run"] if about.seconds else []
    for line in textwrap.wrap(", ".join(words), 40):
        column.label(text=line)
    if not mine:
        return
    found = ", ".join(f"{port.label} is {port.role.replace('_', ' ')}" for port in (*card.inputs, *card.outputs[:2]))
    for line in textwrap.wrap(f"{about.why}: {found}" if about.why else found, 40)[:5]:
        column.label(text=line)
    row = column.row(align=True)
    if reason := user.quarantined(entry):
        for line in textwrap.wrap(f"In quarantine: {reason}", 40)[:4]:
            column.label(text=line, icon="ERROR")
        row.operator("latent_strips.generator_release", icon="UNLOCKED").generator = card.id
    if is_plain(user.heard(entry)):
        row.operator("latent_strips.generator_play", text="", icon="PLAY").generator = card.id
    row.operator("latent_strips.generator_edit", text="Edit", icon="GREASEPENCIL").generator = card.id
    row.operator("latent_strips.generator_export_card", text="Card", icon="EXPORT").generator = card.id
    row.operator("latent_strips.generator_remove", text="Remove", icon="TRASH").generator = card.id


CLASSES = (LATENT_STRIPS_PT_generators,)
