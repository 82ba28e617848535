"""A generated strip as scripts hold it: an identity, by which Blender's own strip is found again at every use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy

from ..models.errors import LatentStripsError, SceneLinked, SettingError, StripError, StripGone
from ..models.kinds import Kind, kind
from ..models.parameters import Value
from ..models.recipe import Recipe
from ..operators.blender import compat, properties
from ..operators.blender.jobs import make
from ..operators.blender.reporting import progress
from ..operators.blender.timeline import recipes, state, strips
from . import settings
from .verification import Verification


class Strip:
    """A strip that Latent Strips made. Its settings are attributes, by the names that the functions take.

    Blender moves strips in memory, so none is kept: `blender` finds it again at each use, by an identity that survives
    renaming, undo and saving. Raises StripGone where it was deleted.

    >>> strip = latent_strips.texture(style="slate", length=4, width=64, height=48)
    >>> strip.style_b = "rust"
    >>> strip.key("mix", {1: 0, 4: 1})
    >>> strip.is_stale
    True
    >>> strip.regenerate()
    4
    >>> strip.verify().is_up_to_date
    True
    """

    __slots__ = ("id",)
    id: str

    def __init__(self, id: str) -> None:
        object.__setattr__(self, "id", id)

    @classmethod
    def of(cls, strip: Any) -> Strip:
        """Return the strip of this api for one of Blender's. Raises StripError for one that was not generated."""
        if not strips.is_latent(strip):
            raise StripError(f"{strip.name} was not made by Latent Strips.")
        return cls(strips.owned_id(strip))

    @property
    def blender(self) -> Any:
        """Blender's own strip, as it lies in memory now. Raises StripGone."""
        return self._found()[1]

    @property
    def scene(self) -> Any:
        """The scene that the strip lies in. Raises StripGone."""
        return self._found()[0]

    @property
    def name(self) -> str:
        """The strip's name on the timeline."""
        return str(self.blender.name)

    @name.setter
    def name(self, name: str) -> None:
        self.blender.name = name

    @property
    def kind(self) -> str:
        """What the strip is: `texture`, `matte`, `sound` and so on."""
        return self.recipe.kind

    @property
    def start(self) -> int:
        """The scene frame that the strip is seen from."""
        return compat.left(self.blender)

    @property
    def length(self) -> int:
        """Frames between the strip's handles."""
        return compat.length(self.blender)

    @property
    def channel(self) -> int:
        """The strip's channel."""
        return int(self.blender.channel)

    @property
    def recipe(self) -> Recipe:
        """All that decided the files that the strip shows, as they were made."""
        return recipes.stored(self.blender)

    @property
    def files(self) -> list[Path]:
        """The files that the strip shows or plays, whether they are there or not."""
        strip = self.blender
        return [strips.directory(strip) / name for name in strips.file_names(strip)]

    @property
    def is_stale(self) -> bool:
        """Whether the settings or keyframes say something else than what the files were made from."""
        return state.is_stale(*self._found())

    @property
    def unfollowed(self) -> str:
        """What of the strip's animation its frames don't follow, such as a driver; "" when there is nothing."""
        return state.unfollowed(*self._found())

    def key(self, name: str, keys: Mapping[int, float]) -> None:
        """Keyframe a setting, with straight lines between: values by scene frame. Raises SettingError.

        >>> strip = latent_strips.texture(length=4, width=64, height=48)
        >>> strip.key("scale", {1: 1.0, 4: 1.5})
        """
        made = self._kind()
        parameter = settings.named(made, name)
        if not parameter.animatable:
            able = ", ".join(each.name for each in made.parameters if each.animatable)
            raise SettingError(f"{parameter.label} can't be keyframed in a {made.name}. These can: {able}.")
        if not keys:
            raise SettingError(f"{parameter.label}: no keyframes were given. Give values by frame, such as 1: 0.5.")
        checked = {frame: float(settings.checked(made, parameter, value)) for frame, value in keys.items()}
        scene, strip = self._editable()
        compat.animate(scene, strip, properties.PREFIX + name, checked)

    def regenerate(self, fit: bool = True, wait: bool = True) -> int:
        """Make what the settings and keyframes say now: the missing files, and those that they change.

        The strip goes on where it was: what its handles hide stays hidden, and isn't made. With `fit`, handles that
        were drawn out beyond its content get frames. Returns how many files were made, 0 without waiting.
        """
        job = make.remake(*self._editable(), fit, not wait, progress)
        return job.total if wait else 0

    def fit_to_handles(self, wait: bool = True) -> int:
        """Let the content begin and end where the strip does: a loop closes, a score ends with its last frame.

        Keyframes stay where they are on the timeline. Returns how many files were made, 0 without waiting. Raises
        RecipeError for a strip that was retimed.

        >>> strip = latent_strips.texture(length=4, width=64, height=48)
        >>> strip.fit_to_handles()  # it is as long already
        0
        """
        job = make.remake(*self._editable(), is_live=not wait, progress=progress, to_handles=True)
        return job.total if wait else 0

    def verify(self, wait: bool = True) -> Verification:
        """Look for files that are missing, damaged, or made from other settings, of those that the strip shows.

        >>> strip = latent_strips.texture(length=4, width=64, height=48)
        >>> strip.files[2].unlink()
        >>> strip.verify().missing
        (2,)
        """
        job = make.verify(*self._found(), not wait)
        found = state.Frames(frozenset(job.missing), frozenset(job.changed)).needed_by(self.blender)
        numbers = tuple(sorted(found.missing)), tuple(sorted(found.changed))
        return Verification(*numbers, self.is_stale, wait, self.unfollowed)

    def __getattr__(self, name: str) -> Value:
        """Return a setting. Raises UnknownSetting, which is an AttributeError, too."""
        if name.startswith("__"):  # asked for by copy, pickle and the like
            raise AttributeError(name)
        settings.named(self._kind(), name, _names())
        value: Value = getattr(self.blender, properties.PREFIX + name)
        return "" if value == properties.SAME else value

    def __setattr__(self, name: str, value: Any) -> None:
        """Change a setting; `regenerate` makes what it changes. Raises SettingError."""
        if name in _names():
            known = getattr(Strip, name)
            if not getattr(known, "fset", None):
                raise SettingError(f"{name} can't be set. Change it on Blender's own strip: strip.blender.")
            known.fset(self, value)
            return
        made = self._kind()
        parameter = settings.named(made, name, _names())
        checked = settings.checked(made, parameter, value, str(self.generator) if name != "generator" else "")
        empty = parameter.type == "style" and not checked
        try:
            setattr(self._editable()[1], properties.PREFIX + name, properties.SAME if empty else checked)
        except TypeError as error:  # of a menu, such as that of generators
            raise SettingError(f"{parameter.label}: {str(value)[:64]!r} can't be chosen here ({error}).") from None

    def __dir__(self) -> list[str]:
        """Return what completion offers: the settings, too."""
        return [*super().__dir__(), *settings.parameters(self._kind())]

    def __eq__(self, other: object) -> bool:
        """Whether two are the same strip on the timeline."""
        return isinstance(other, Strip) and other.id == self.id

    def __hash__(self) -> int:
        """Return what dictionaries go by."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Return such as `<Strip 'Marble', texture, frames 1 to 100, channel 2>`."""
        try:
            last = self.start + self.length - 1
            return f"<Strip {self.name!r}, {self.kind}, frames {self.start} to {last}, channel {self.channel}>"
        except LatentStripsError as error:
            return f"<Strip: {error}>"

    def _kind(self) -> Kind:
        return kind(self.recipe.kind)

    def _found(self) -> tuple[Any, Any]:
        found = strips.find(self.id)
        if found is None:
            raise StripGone("The strip is gone: it was deleted, its making was undone, or another file was opened.")
        return found

    def _editable(self) -> tuple[Any, Any]:
        scene, strip = self._found()
        if scene.library:
            raise SceneLinked(f"{strip.name} lies in {scene.name}, which is linked from another file. Open that file.")
        compat.show(bpy.context, scene)
        return scene, strip


def _names() -> list[str]:
    return [name for name in vars(Strip) if not name.startswith("_")]
