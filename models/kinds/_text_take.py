"""A text recipe as it is made: letters, the distances around them and noise that rises, and what the network returns.

A loop closes exactly; its frames are made once, however long the text stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cards.card import Card
from ..errors import GeneratorError
from ..imaging.png import png
from ..latents import Walk
from ..recipe import Recipe
from ..text.spec import Spec
from ._base import Array, Placement, Take

if TYPE_CHECKING:  # the layout engine is loaded when a text is made, not when Blender starts
    from ..text.layout import Layout
    from ..text.raster import Box

#: How fast the noise rises, ems a second.
RISE = 0.9
#: The contrast outline: solid to this distance from the letters, gone at the other, in parts of the outside field, and
#: by how many ems it is blurred, or it would show creases half way between letters.
SOLID, GONE, BLUR = 0.15, 0.72, 0.07


@lru_cache(maxsize=512)
def measured(text: str) -> tuple[Spec, Layout, Box]:
    """Return a layout's JSON, read and measured once. Raises RecipeError or TextError."""
    from ..text.layout import lay_out
    from ..text.raster import box_of

    spec = Spec.from_json(text)
    layout = lay_out(spec)
    return spec, layout, box_of(spec, layout)


def with_all_fonts(text: str) -> str:
    """Return a layout's JSON with the fonts that the chosen one is short of. Raises RecipeError or TextError."""
    from ..text.fonts import completed

    spec = Spec.from_json(text)
    return replace(spec, fonts=completed(spec.fonts, spec.text)).json()


class TextTake(Take):
    """A text recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        from ..text.raster import coverage

        self.recipe, self.card = recipe, card
        self.style = card.style(str(recipe.settings["style"]))
        self.spec, self.layout, self.box = measured(str(recipe.settings["layout"]))
        self.cell = card.stride
        rows, columns = (-(-side // self.cell) for side in (self.box.height, self.box.width))
        self.size = rows * self.cell, columns * self.cell
        padded = replace(self.box, height=self.size[0], width=self.size[1])
        self.mask = coverage(self.spec, self.layout, padded)
        self.shape = hashlib.sha256(self.mask.tobytes()).hexdigest()
        period = max(1, round(float(recipe.settings["period"]) * recipe.fps))
        self.period = period if self.style.rate else 1
        (port,) = card.ports("latent_field")
        self._walk = Walk(recipe.seed, [(port.channels, rows, columns, 1)], 6)

    @cached_property
    def _fields(self) -> Array:
        """Coverage and distances `[3,H,W]`."""
        from ..text.field import distances

        return np.concatenate((self.mask[None], distances(self.mask, self.spec.size)))

    @cached_property
    def _noise(self) -> Any:
        from ..text.field import CELL, LoopNoise

        rise = max(1, round(RISE * float(self.recipe.settings["period"]) / CELL))
        return LoopNoise(self.recipe.seed, self.size, self.spec.size, rise)

    @cached_property
    def _halo(self) -> Array:
        """The contrast outline `[H,W]`, solid in and at the letters."""
        from ..text.field import blurred

        near = np.clip((GONE - self._fields[2]) / (GONE - SOLID), 0, 1)
        return blurred(near, round(BLUR * self.spec.size))

    @cached_property
    def _edge(self) -> Array:
        """The strip's own outline `[H,W]`, behind the letters too: whole px wide, and one more that fades."""
        from ..text.field import OUTSIDE

        away = self._fields[2]
        distance = away * np.float32(OUTSIDE * self.spec.size) + self.mask - 0.5
        near: Array = np.clip(int(self.spec.outline) - distance + 1, 0, 1) * (away < 1)
        return near

    @cached_property
    def _shadow(self) -> Array:
        """The shadow of the letters and their outline `[H,W]`."""
        from ..text.shadow import cast

        alpha = self.mask * np.float32(self.spec.color[3])
        if self.spec.outline > 0:
            alpha = alpha + self._edge * np.float32(self.spec.outline_color[3]) * (1 - alpha)
        return cast(alpha, self.spec, self.layout.line_height)

    def _phase(self, frame: int) -> float:
        return (frame % self.period) / self.period

    def _shown(self, frame: int) -> tuple[str, float]:
        """(way, part) of the text that is shown at a frame: ("none", 1.0) while it stands."""
        s, fps, last = self.recipe.settings, self.recipe.fps, self.recipe.frames - 1
        parts = [("none", 1.0)]
        for way, time, step in ((s["appear"], s["appear_time"], frame), (s["vanish"], s["vanish_time"], last - frame)):
            steps = min(round(float(time) * fps), self.recipe.frames // 2)
            if way != "none" and step < steps:
                parts.append((str(way), (step + 1) / (steps + 1)))
        return min(parts, key=lambda part: part[1])

    def key(self, frame: int) -> str:
        r, spec = self.recipe, self.spec
        looks = [spec.color, spec.outline, spec.outline_color, spec.box, spec.box_color if spec.box >= 0 else 0]
        looks += [spec.shadow, spec.shadow_color] if spec.shadow else []
        where = [self.layout.rect[0] - self.box.left, self.layout.rect[1] - self.box.top, self.layout.line_height]
        shared = [r.kind, r.digest, r.seed, self.style.name, self.shape, spec.size, r.width, r.height, looks]
        own = [
            round(self._phase(frame), 9),
            r.settings["period"],
            r.track("strength", frame),
            r.settings["outline"],
            r.settings["legibility"],
        ]
        shown = self._shown(frame)
        return json.dumps([*shared, *own, shown, where if shown[0] == "write" else 0], separators=(",", ":"))

    @property
    def frame_size(self) -> tuple[int, int]:
        return self.spec.frame

    def placement(self) -> Placement:
        spec, box = self.spec, self.box
        center = box.left + box.width / 2 - spec.frame[0] / 2, spec.frame[1] / 2 - box.top - box.height / 2
        return Placement(str(self.recipe.settings["layout"]), box.width, box.height, center, self.layout.missing)

    def inputs(self, frame: int) -> dict[str, Array]:
        phase = self._phase(frame)
        fields = np.concatenate((self._fields, self._noise.at(phase)))[None]
        # Only what glows flows; other surfaces stand still, as materials do.
        (z,) = self._walk.at(6 * phase if self.style.emissive else 0.0)
        values = {
            "latent_field": z[None],
            "text_fields": fields,
            "style": np.array([self.style.vector], np.float32),
            "strength": np.array([[self.recipe.track("strength", frame)]], np.float32),
        }
        return {port.name: values[port.role] for port in self.card.inputs}

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        from ..text.legible import GLOWING, LIT, LUMA, legible

        (port,) = self.card.outputs
        picture = outputs[port.name][0]
        if not np.isfinite(picture).all():
            raise GeneratorError(
                f"{self.card.label} returned invalid numbers (NaN or infinity) at frame {frame + 1}. "
                "Choose another generator."
            )
        picture = np.clip(picture, 0, 1)
        color = np.array(self.spec.color, np.float32)
        picture[:3] *= color[:3, None, None]
        picture *= color[3]
        if amount := float(self.recipe.settings["legibility"]):
            line = min(1.0, 2 * float(self.recipe.settings["outline"])) * self.spec.color[3]
            solid = self.mask * np.float32(color[3])
            tint = 1.0 if self._is_dark else float(color[:3] @ LUMA)
            kept = GLOWING if self.style.emissive else LIT
            picture = legible(picture, solid, self._fields[2], amount, line, self._is_dark, tint, kept)
        picture = self._over_ground(picture)
        picture = self._revealed(frame, picture)[:, : self.recipe.height, : self.recipe.width]
        alpha = picture[3:]
        return [png(np.concatenate((picture[:3] / np.maximum(alpha, 1e-6), alpha)))]

    @property
    def _is_dark(self) -> bool:
        """Dark letters are seen before light, all others before dark."""
        return sum(self.spec.color[:3]) <= 0.6

    def _over_ground(self, picture: Array) -> Array:
        """Return the letters over the contrast outline, the strip's own outline and its box."""
        spec, strength = self.spec, float(self.recipe.settings["outline"])
        under = np.zeros_like(picture)
        if spec.box >= 0:
            left, top, right, bottom = spec_box(spec, self.layout, self.box)
            red, green, blue, alpha = spec.box_color
            paint = np.array([red * alpha, green * alpha, blue * alpha, alpha], np.float32)
            under[:, top:bottom, left:right] = paint[:, None, None]
        if spec.shadow:
            red, green, blue, alpha = spec.shadow_color
            shade = self._shadow * np.float32(alpha)
            under = _over(np.stack([shade * red, shade * green, shade * blue, shade]), under)
        if strength:
            halo = self._halo * np.float32(strength * spec.color[3])
            tone = 1.0 if self._is_dark else 0.0
            under = _over(np.stack([halo * tone, halo * tone, halo * tone, halo]), under)
        if spec.outline > 0:
            red, green, blue, alpha = spec.outline_color
            edge = self._edge * np.float32(alpha)
            under = _over(np.stack([edge * red, edge * green, edge * blue, edge]), under)
        return _over(picture, under)

    def _revealed(self, frame: int, picture: Array) -> Array:
        from ..text.reveal import WAYS, opened, order

        way, part = self._shown(frame)
        if way == "none":
            return picture
        from ..text.bidirectional import is_rtl

        turn = order(way, self._noise.at(0.0), self.layout, self.box, is_rtl(self.spec.text))
        mask, edge = opened(way, turn, part)
        picture = picture * mask
        glow = WAYS[way][1]
        if glow:
            light = edge * self.mask
            picture[:3] += light * np.array(glow, np.float32)[:, None, None] * (picture[3:] * 0.5 + 0.5)
            picture[3] = np.maximum(picture[3], light)
            picture[:3] = np.minimum(picture[:3], picture[3:])
        return picture


def spec_box(spec: Spec, layout: Layout, box: Box) -> tuple[int, int, int, int]:
    """Return the strip's own box (left, top, right, bottom) in px of the picture."""
    left, top, right, bottom = layout.rect
    return (
        max(left - spec.box - box.left, 0),
        max(top - spec.box - box.top, 0),
        max(right + spec.box - box.left, 0),
        max(bottom + spec.box - box.top, 0),
    )


def _over(top: Array, below: Array) -> Array:
    """Premultiplied RGBA over premultiplied RGBA, `[4,H,W]`."""
    return np.asarray(top + below * (1 - top[3:]), np.float32)
