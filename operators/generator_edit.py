"""Keep the library of the user's own generators: correct, rename, release, remove, and export cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy

from ..models import own
from ..models.card import Card
from ..models.card_port import RATES, WORDS, Port
from ..models.errors import GeneratorError
from ..models.library import Entry
from .blender import imports, recipes, sounds, strips
from .blender.preferences import library
from .blender.report import reporting, reporting_invoke

_ID = "Identifier of the generator"
_INPUT_ROLES = [
    ("latent", "Latent vector", "Normal noise that the picture varies with"),
    ("latent_layers", "Latent layers", "A vector for each layer: W+ of a StyleGAN"),
    ("latent_field", "Latent map", "A map of normal noise, or a sequence of it in time"),
    ("class", "Class number", "A whole number that names a class"),
    ("one_hot", "Class vector", "A vector with a 1 at the class"),
    ("truncation", "Truncation", "How far pictures may stray from the average"),
    ("noise", "Noise", "Noise that stands still"),
    ("number", "Knob", "A number that is set by a slider"),
    ("switch", "Switch", "On or off"),
    ("image", "Image", "A picture that the network works on"),
    ("mask", "Mask", "One channel that the network works on"),
    ("state", "State", "An output of the frame before"),
]
_OUTPUT_ROLES = [
    ("image", "Image", "The picture"), ("mask", "Mask", "A matte"), ("state", "State", "Given to the next frame"),
    ("sound", "Sound", "Samples"), ("other", "Not used", "Left aside"),
]  # fmt: skip


def _words(key: str) -> list[tuple[str, str, str]]:
    labels = {"nchw": "Channels first", "nhwc": "Channels last", "rgb": "RGB", "bgr": "BGR", "minmax": "Stretch to 0–1"}
    return [(word, labels.get(word, word.capitalize()), "") for word in WORDS[key]]


class LatentStripsPort(bpy.types.PropertyGroup):
    """An input or output, in the dialog that corrects it.

    It has no methods: a property group that has any crashes Blender 4.2 as it ends.
    """

    is_output: bpy.props.BoolProperty(name="Output", description="Whether it is an output")
    input_role: bpy.props.EnumProperty(name="Role", description="What the input is for", items=_INPUT_ROLES)
    output_role: bpy.props.EnumProperty(name="Role", description="What the output is for", items=_OUTPUT_ROLES)
    low: bpy.props.FloatProperty(name="Lowest", description="Value that stands for black, or a knob's lowest")
    high: bpy.props.FloatProperty(name="Highest", description="Value that stands for white, or a knob's highest")
    default: bpy.props.FloatProperty(name="Usual", description="Value that a knob has at 0")
    layout: bpy.props.EnumProperty(name="Layout", description="Where the channels are", items=_words("layout"))
    order: bpy.props.EnumProperty(name="Colours", description="In which order colours come", items=_words("order"))
    activation: bpy.props.EnumProperty(
        name="Activation", description="What the network leaves to be done to its output", items=_words("activation")
    )
    multiple: bpy.props.IntProperty(
        name="Size rule", description="What an image's sides must be whole multiples of", default=1, min=1, max=1024
    )
    rate: bpy.props.IntProperty(
        name="Sample rate", description="Samples a second of a sound", default=0, min=0, max=RATES[1]
    )
    mean: bpy.props.StringProperty(name="Mean", description="Subtracted from each channel, such as 0.485 0.456 0.406")
    std: bpy.props.StringProperty(name="Deviation", description="Each channel is divided by it")


def _show(shown: Any, port: Port, is_output: bool) -> None:
    """Show a port."""
    shown.name, shown.is_output = port.name, is_output
    for key in ("low", "high", "default", "layout", "order", "activation", "multiple", "rate"):
        setattr(shown, key, getattr(port, key))
    shown.mean, shown.std = (" ".join(f"{n:g}" for n in numbers) for numbers in (port.mean, port.std))
    names = {item[0] for item in (_OUTPUT_ROLES if is_output else _INPUT_ROLES)}
    if port.role in names:
        setattr(shown, "output_role" if is_output else "input_role", port.role)


def _changed(shown: Any, port: Port) -> dict[str, Any]:
    """What was changed of a port. Raises GeneratorError."""
    try:
        mean, std = (tuple(float(n) for n in text.replace(",", " ").split()) for text in (shown.mean, shown.std))
    except ValueError as error:
        raise GeneratorError("Mean and deviation are numbers with spaces between, or empty.") from error
    found = {"role": shown.output_role if shown.is_output else shown.input_role, "mean": mean, "std": std}
    found |= {key: getattr(shown, key) for key in ("layout", "order", "activation", "multiple", "rate")}
    for key in ("low", "high", "default"):  # single precision here: what was not touched is kept as it was
        value = getattr(shown, key)
        found[key] = getattr(port, key) if abs(value - getattr(port, key)) <= 1e-6 * abs(value) else value
    return {key: value for key, value in found.items() if value != getattr(port, key)}


def _draw(shown: Any, layout: Any) -> None:
    """Draw what can be corrected."""
    role = shown.output_role if shown.is_output else shown.input_role
    column = layout.box().column()
    column.label(text=f"{'Output' if shown.is_output else 'Input'} {shown.name[:40]}")
    column.prop(shown, "output_role" if shown.is_output else "input_role")
    if role in ("image", "mask"):
        row = column.row(align=True)
        row.prop(shown, "low", text="Black")
        row.prop(shown, "high", text="White")
        names = ("layout", "order", "activation") if shown.is_output else ("layout", "order", "multiple")
        for key in (*names, "mean", "std"):
            column.prop(shown, key)
    elif role == "sound":
        for key in ("rate", "layout"):
            column.prop(shown, key)
    elif role == "number":
        for key in ("low", "default", "high"):
            column.prop(shown, key)


def _own(id: str) -> Entry:
    entry = library().latest(id)
    if not own.is_own(entry):
        raise GeneratorError(f"{entry.card.label} ships with the extension and stays as it is.")
    return entry


class LATENT_STRIPS_OT_generator_edit(bpy.types.Operator):
    """Rename a generator of your own, or correct its card."""

    bl_idname = "latent_strips.generator_edit"
    bl_label = "Edit generator"
    bl_description = (
        "Rename a generator of your own, or correct what was found out about it. Strips that it made keep their frames "
        "until they are regenerated"
    )
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description=_ID, options={"HIDDEN"})
    label: bpy.props.StringProperty(name="Name", description="What the generator is called in menus")
    licence: bpy.props.StringProperty(name="Licence", description="Under which its pictures or sounds may be used")
    classes: bpy.props.StringProperty(name="Classes", description="Names of the classes, with commas between")
    before: bpy.props.StringProperty(
        name="Classes before", description="What the dialog was opened with", options={"HIDDEN", "SKIP_SAVE"}
    )
    changes: bpy.props.StringProperty(
        name="Changes",
        description='Corrections from a script, as JSON: {"output name": {"low": -1, "layout": "nhwc"}}',
        options={"HIDDEN", "SKIP_SAVE"},
    )
    ports: bpy.props.CollectionProperty(
        name="Inputs and outputs", description="What the dialog shows", type=LatentStripsPort,
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip

    @reporting_invoke
    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Show what is known of the generator."""
        card = _own(self.generator).card
        self.label, self.licence = card.label, card.licence
        self.classes = ", ".join(style.label.replace(",", " ") for style in card.styles) if _has_classes(card) else ""
        self.ports.clear()
        for port, is_output in (*((p, False) for p in card.inputs), *((p, True) for p in card.outputs)):
            _show(self.ports.add(), port, is_output)
        return context.window_manager.invoke_props_dialog(self, width=440)

    def draw(self, _context: Any) -> None:
        """Draw the dialog."""
        self.layout.use_property_split = True
        self.layout.prop(self, "label")
        self.layout.prop(self, "licence")
        if self.classes:
            self.layout.prop(self, "classes")
        for port in self.ports:
            _draw(port, self.layout)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Write the card anew, and try it: a correction that doesn't work is told and undone."""
        entry = _own(self.generator)
        changes = self._changes(entry.card)
        named = [name for name in self.classes.split(",") if name.strip()] if self.classes != self.before else []
        if changes or named:
            imports.corrected(entry, changes, named)
        if self.label or self.licence:
            own.rename(_own(self.generator), self.label or entry.card.label, self.licence)
        self.report({"INFO"}, f"{_own(self.generator).card.label} is corrected")
        return {"FINISHED"}

    def _changes(self, card: Card) -> dict[str, dict[str, Any]]:
        if self.changes:
            try:
                raw = json.loads(self.changes)
                return {str(name): dict(values) for name, values in raw.items()}
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                raise GeneratorError(f"The changes are no JSON object of objects ({str(error)[:80]}).") from error
        known = {port.name: port for port in (*card.inputs, *card.outputs)}
        found = {port.name: _changed(port, known[port.name]) for port in self.ports if port.name in known}
        return {name: values for name, values in found.items() if values}


def _has_classes(card: Card) -> bool:
    return bool(card.styles) and not card.ports("style")


class LATENT_STRIPS_OT_generator_remove(bpy.types.Operator):
    """Delete a generator of your own from the library. Strips that it made keep their frames"""

    bl_idname = "latent_strips.generator_remove"
    bl_label = "Remove generator"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description=_ID)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Remove it, and name the strips that used it."""
        entry = _own(self.generator)
        users = [strip.name for _, strip in strips.everywhere() if recipes.stored(strip).generator == entry.card.id]
        own.remove(entry)
        text = f"{entry.card.label} is removed"
        if users:
            text += f". {len(users)} strips of this file were made by it and keep their frames: {', '.join(users[:5])}"
        self.report({"WARNING" if users else "INFO"}, text)
        return {"FINISHED"}


class LATENT_STRIPS_OT_generator_release(bpy.types.Operator):
    """Let a generator be run again that has brought the worker down"""

    bl_idname = "latent_strips.generator_release"
    bl_label = "Release"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description=_ID)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Take it out of quarantine."""
        own.release(_own(self.generator))
        return {"FINISHED"}


class LATENT_STRIPS_OT_generator_play(bpy.types.Operator):
    """Play the sound that the generator made when it was imported"""

    bl_idname = "latent_strips.generator_play"
    bl_label = "Play"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description=_ID)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Play the file that lies beside it; where nothing can be played its path is told."""
        path = own.heard(_own(self.generator))
        if not path.is_file():
            raise GeneratorError("There is no sound of this generator. Edit it, or import it anew.")
        if not sounds.play(path):
            self.report({"INFO"}, f"Its sound is {path}")
        return {"FINISHED"}


class LATENT_STRIPS_OT_generator_export_card(bpy.types.Operator):
    """Write a generator's card to a file, for whoever has the same network"""

    bl_idname = "latent_strips.generator_export_card"
    bl_label = "Export card"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description=_ID, options={"HIDDEN"})
    filepath: bpy.props.StringProperty(name="File", description="Where to write the card", subtype="FILE_PATH")

    @reporting_invoke
    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask where."""
        self.filepath = f"{library().latest(self.generator).card.id}.json"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Write it."""
        entry = library().latest(self.generator)
        own.write(Path(bpy.path.abspath(self.filepath)), own.exported(entry))
        self.report({"INFO"}, f"The card of {entry.card.label} is written")
        return {"FINISHED"}


CLASSES = (
    LatentStripsPort,
    LATENT_STRIPS_OT_generator_edit,
    LATENT_STRIPS_OT_generator_remove,
    LATENT_STRIPS_OT_generator_release,
    LATENT_STRIPS_OT_generator_play,
    LATENT_STRIPS_OT_generator_export_card,
)
