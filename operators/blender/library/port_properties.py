"""A generator's inputs and outputs as a dialog shows and corrects them: properties, and what was changed in them."""

from __future__ import annotations

from typing import Any

import bpy

from ....models.cards.port import RATES, WORDS, Port
from ....models.errors import GeneratorError
from ....models.printable import printable
from ..languages.catalog import CONTEXT, translated

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
    input_role: bpy.props.EnumProperty(
        name="Role", description="What the input is for", items=_INPUT_ROLES, translation_context=CONTEXT
    )
    output_role: bpy.props.EnumProperty(name="Role", description="What the output is for", items=_OUTPUT_ROLES)
    low: bpy.props.FloatProperty(name="Lowest", description="Value that stands for black, or a knob's lowest")
    high: bpy.props.FloatProperty(name="Highest", description="Value that stands for white, or a knob's highest")
    default: bpy.props.FloatProperty(name="Usual", description="Value that a knob has at 0")
    layout: bpy.props.EnumProperty(name="Layout", description="Where the channels are", items=_words("layout"))
    order: bpy.props.EnumProperty(name="Colors", description="Order in which colors come", items=_words("order"))
    activation: bpy.props.EnumProperty(
        name="Activation", description="What the network leaves to be done to its output", items=_words("activation")
    )
    multiple: bpy.props.IntProperty(
        name="Size Rule", description="What an image's sides must be whole multiples of", default=1, min=1, max=1024
    )
    rate: bpy.props.IntProperty(
        name="Sample Rate", description="Samples a second of a sound", default=0, min=0, max=RATES[1]
    )
    mean: bpy.props.StringProperty(name="Mean", description="Subtracted from each channel, such as 0.485 0.456 0.406")
    std: bpy.props.StringProperty(name="Deviation", description="Each channel is divided by it")


def show(shown: Any, port: Port, is_output: bool) -> None:
    """Show a port."""
    shown.name, shown.is_output = port.name, is_output
    for key in ("low", "high", "default", "layout", "order", "activation", "multiple", "rate"):
        setattr(shown, key, getattr(port, key))
    shown.mean, shown.std = (" ".join(f"{n:g}" for n in numbers) for numbers in (port.mean, port.std))
    names = {item[0] for item in (_OUTPUT_ROLES if is_output else _INPUT_ROLES)}
    if port.role in names:
        setattr(shown, "output_role" if is_output else "input_role", port.role)


def changed(shown: Any, port: Port) -> dict[str, Any]:
    """Return what was changed of a port. Raises GeneratorError."""
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


def draw(shown: Any, layout: bpy.types.UILayout) -> None:
    """Draw what can be corrected."""
    role = shown.output_role if shown.is_output else shown.input_role
    column = layout.box().column()
    side = translated("Output" if shown.is_output else "Input")
    column.label(text=f"{side} {printable(shown.name)[:40]}", translate=False)
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
