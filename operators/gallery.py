"""The gallery: every style of a kind with its picture, in a popup. A click on one sets generator and style at once."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.errors import CacheError, StripError
from ..models.gallery.categories import CATEGORIES
from ..models.gallery.tiles import Key
from ..models.kinds import kind, kinds
from .audition import play_settings
from .blender import compat
from .blender.gallery import grid, liked, shown, target
from .blender.languages.catalog import translated
from .blender.reporting import report, reporting

_KINDS = [(made.name, made.label, made.description) for made in kinds().values()]


class _OfTile:
    """What operators on one tile have in common."""

    @property
    def key(self) -> Key:
        """The generator's identifier and the style."""
        return self.generator, self.style  # type: ignore[attr-defined]


class LATENT_STRIPS_OT_gallery(bpy.types.Operator):
    """Choose a style by its picture, from all generators"""

    bl_idname = "latent_strips.gallery"
    bl_label = "Style Gallery"
    bl_options = {"REGISTER"}

    kind: bpy.props.EnumProperty(name="Kind", description="Kind of strip", items=_KINDS, default="texture")
    target: bpy.props.EnumProperty(
        name="For", description="What the style is chosen for", items=target.ITEMS, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether settings can be changed: a linked scene's can't."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Open the popup on all styles. It stays open, so that several can be tried."""
        shown.load(self.kind, *shown.fitting(context))
        state = context.window_manager.latent_strips_gallery
        state.search, state.category, state.page = "", shown.ALL, 1
        opened: set[str] = context.window_manager.invoke_popup(self, width=grid.width())
        return opened

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the grid."""
        grid.draw(self.layout, context, self.kind, self.target)

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Do nothing: what is chosen is set by the tiles' own operator."""
        raise StripError("The gallery needs a window. A script sets generator and style by their names.")


class LATENT_STRIPS_OT_gallery_pick(_OfTile, bpy.types.Operator):
    """Choose this style and its generator"""

    bl_idname = "latent_strips.gallery_pick"
    bl_label = "Choose Style"
    bl_options = {"UNDO", "INTERNAL"}

    kind: bpy.props.EnumProperty(name="Kind", description="Kind of strip", items=_KINDS)
    target: bpy.props.EnumProperty(name="For", description="What the style is chosen for", items=target.ITEMS)
    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator")
    style: bpy.props.StringProperty(name="Style", description="Name of the style")

    @classmethod
    def description(cls, _context: bpy.types.Context, given: Any) -> str:
        """Return what is known of the tile."""
        key = given.generator, given.style
        tile = next((tile for tile in shown.opened().tiles if tile.key == key), None)
        if tile is None:
            return translated(str(cls.__doc__))
        label, maker, heading = (translated(text) for text in (tile.label, tile.maker, CATEGORIES[tile.category]))
        if kind(given.kind).medium == "sound":
            return translated(f"{label}, made by {maker} ({heading}). Click to hear it")
        return translated(f"{label}, made by {maker} ({heading})")

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set both; a sound is played, too."""
        tile = target.set_to(context, self.kind, self.target, self.key)
        try:
            liked.use(self.kind, self.key)
        except CacheError as error:  # the style was set all the same
            report(self, {"WARNING"}, str(error))
        compat.redraw()
        if kind(self.kind).medium == "sound" and not bpy.app.background:
            of, prefix = target.owner(context, self.kind, self.target)
            play_settings(compat.sequencer_scene(context), kind(self.kind), of, prefix)
        report(self, {"INFO"}, f"{tile.label}, made by {tile.maker}")
        return {"FINISHED"}


class LATENT_STRIPS_OT_gallery_favorite(_OfTile, bpy.types.Operator):
    """Make this style a favorite, or no longer one. Favorites come first"""

    bl_idname = "latent_strips.gallery_favorite"
    bl_label = "Favorite"
    bl_options = {"REGISTER", "INTERNAL"}

    kind: bpy.props.EnumProperty(name="Kind", description="Kind of strip", items=_KINDS)
    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator")
    style: bpy.props.StringProperty(name="Style", description="Name of the style")

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Keep it in the user's folder. The tiles move when the gallery is opened next, not under the mouse."""
        liked.toggle(self.kind, self.key)
        shown.opened().favorites[:] = liked.favorites(shown.opened().kind)
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_gallery, LATENT_STRIPS_OT_gallery_pick, LATENT_STRIPS_OT_gallery_favorite)
