"""The library, in the add-on's preferences: which generators there are, and what can be done with imported ones."""

from __future__ import annotations

import bpy

from ..models.cards.port import Port
from ..models.kinds import kind
from ..models.library import user
from ..models.library.catalog import Entry
from ..models.plain_files import is_plain
from ..operators.blender import preferences
from ..operators.blender.languages import wrapping
from ..operators.blender.languages.catalog import translated
from ..operators.blender.library import doctor, imports, thumbnails
from ..operators.blender.preferences import seen_library
from ..operators.doctor import FIXES

_STATES = {"fine": "CHECKMARK", "warning": "ERROR", "error": "CANCEL"}
#: Characters in a line, and files with problems that are listed.
_WIDTH, _MOST = 80, 8


def draw(layout: bpy.types.UILayout) -> None:
    """Draw the generators below the preferences: one at a time, however many there are."""
    row = layout.row(align=True)
    row.operator("latent_strips.generator_import", icon="IMPORT")
    row.operator("latent_strips.texture_from_photo", icon="IMAGE_DATA")
    row.operator("latent_strips.doctor", icon="HEART")
    row.operator("latent_strips.cache_clean", icon="TRASH")
    if names := imports.importing():
        _draw_lines(layout, f"Importing {', '.join(names)}", "TIME")
    layout.prop(bpy.context.window_manager, "latent_strips_generator")
    chosen = bpy.context.window_manager.latent_strips_generator
    for entry in seen_library().entries():
        if entry.card.id == chosen:
            _draw_entry(layout.box().column(align=True), entry)
            break
    problems = seen_library().problems()
    for error in problems[:_MOST]:
        _draw_lines(layout, str(error), "ERROR")
    if more := len(problems[_MOST:]):
        layout.label(text=translated(f"{more} more files can't be used"), icon="BLANK1")
    _draw_findings(layout)


def _draw_lines(layout: bpy.types.UILayout, text: str, icon: str, most: int = 4) -> None:
    for number, line in enumerate(wrapping.lines(text, _WIDTH)[:most]):
        layout.label(text=line, icon="BLANK1" if number else icon)


def _draw_findings(layout: bpy.types.UILayout) -> None:
    """Draw what the doctor found, each with a button that mends it."""
    for finding in doctor.last:
        text = f"{finding.text}. {finding.fix}" if finding.fix else finding.text
        _draw_lines(layout, text, _STATES[finding.state], most=20)
        if finding.action:
            label, icon, _ = FIXES[finding.action]
            button = layout.operator("latent_strips.doctor_fix", text=label, icon=icon)
            button.action = finding.action
            button.target = f"{finding.name}: {text}" if finding.action == "copy" else finding.target


def _draw_entry(column: bpy.types.UILayout, entry: Entry) -> None:
    card, mine = entry.card, user.is_imported(entry)
    if mine and (icon := thumbnails.icon(entry)):
        column.template_icon(icon_value=icon, scale=4.0)
    column.label(text=card.label, icon="USER" if mine else "PACKAGE")
    about = user.about(entry) if mine else user.ImportNotes()
    words = [kind(card.kind).label, f"{entry.path.stat().st_size / 1e6:.1f} MB", f"license {card.license}"]
    words += [about.size] if about.size else []
    words += [f"{about.seconds * 1000:.3g} ms a run"] if about.seconds else []
    _draw_lines(column, ", ".join(words), "BLANK1")
    if not mine:
        return
    found = ", ".join(map(_port, (*card.inputs, *card.outputs[:2])))
    _draw_lines(column, f"{about.why}: {found}" if about.why else found, "BLANK1")
    row = column.row(align=True)
    if reason := user.quarantined(entry):
        _draw_lines(column, f"In quarantine: {reason}", "ERROR")
        row.operator("latent_strips.generator_release", icon="UNLOCKED").generator = card.id
    if is_plain(user.heard(entry)):
        row.operator("latent_strips.generator_play", text="", icon="PLAY").generator = card.id
    row.operator("latent_strips.generator_edit", text="Edit", icon="GREASEPENCIL").generator = card.id
    row.operator("latent_strips.generator_export_card", text="Export Card", icon="EXPORT").generator = card.id
    row.operator("latent_strips.generator_remove", text="Remove", icon="TRASH").generator = card.id


def _port(port: Port) -> str:
    return f"{port.label}: {port.role.replace('_', ' ')}"


def register() -> None:
    """Let the preferences draw it."""
    preferences.DRAWN.append(draw)


def unregister() -> None:
    """Take it away."""
    preferences.DRAWN.remove(draw)
