"""What each style of text should look like: procedural pictures of letters, functions of the network's own inputs.

No pair of plain and burning letters exists, so the targets are made: noise that rises bends the letters upwards into
flames, distances give bevels, crusts and glow, and a texture generator gives the surface. As nothing in a target is
random beside its inputs, a plain L1 loss teaches it. Everything works on one picture: fields `[9,H,W]` (coverage,
distance inside, outside, three rising noises, three still ones), surface `[3,H,W]` in 0…1, `em` in px; the result is
premultiplied RGBA `[4,H,W]` at strength 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Scene:
    """The fields of one picture, by name."""

    mask: Tensor
    inside: Tensor
    outside: Tensor
    rise: tuple[Tensor, Tensor, Tensor]
    still: tuple[Tensor, Tensor, Tensor]
    surface: Tensor
    em: float

    @classmethod
    def of(cls, fields: Tensor, surface: Tensor, em: float) -> Scene:
        """Name the channels of `fields [9,H,W]`."""
        mask, inside, outside, *noises = fields.split(1)
        return cls(mask, inside, outside, tuple(noises[:3]), tuple(noises[3:]), surface, em)

    def moved(self, image: Tensor, down: Tensor | float, right: Tensor | float) -> Tensor:
        """`image` at (y + down, x + right), in ems; nothing beyond the edge."""
        _, h, w = image.shape
        y = torch.arange(h, dtype=torch.float32)[:, None] + down * self.em
        x = torch.arange(w, dtype=torch.float32)[None] + right * self.em
        y, x = torch.broadcast_tensors(torch.as_tensor(y), torch.as_tensor(x))
        y, x = (v.reshape(h, w) if v.dim() == 2 else v[0] for v in torch.broadcast_tensors(y, x))
        grid = torch.stack((2 * (x + 0.5) / w - 1, 2 * (y + 0.5) / h - 1), dim=-1)
        return F.grid_sample(image[None], grid[None], align_corners=False)[0]

    def light(self, depth: float = 1.0) -> Tensor:
        """How the bevelled letters are lit from the upper left, about −1…1 `[1,H,W]`."""
        height = F.avg_pool2d(self.inside[None], 3, 1, 1)[0].clamp(0, 1) ** 0.7
        dy = F.pad(height[:, 2:] - height[:, :-2], (0, 0, 1, 1))
        dx = F.pad(height[:, :, 2:] - height[:, :, :-2], (1, 1, 0, 0))
        scale = depth * 0.06 * self.em
        return torch.tanh(scale * (0.8 * dy + 0.6 * dx))


def _rgb(*stops: str) -> Tensor:
    return torch.tensor([[int(stop[i : i + 2], 16) / 255 for i in (0, 2, 4)] for stop in stops])


def ramp(value: Tensor, *stops: str) -> Tensor:
    """Colors `[3,H,W]` of `value [1,H,W]` in 0…1 along evenly spaced `stops` (hex)."""
    colors = _rgb(*stops)
    place = value[0].clamp(0, 1) * (len(stops) - 1)
    low = place.floor().long().clamp(max=len(stops) - 2)
    part = (place - low)[..., None]
    return (colors[low] * (1 - part) + colors[low + 1] * part).permute(2, 0, 1)


def _rgba(color: Tensor, alpha: Tensor) -> Tensor:
    alpha = alpha.clamp(0, 1)
    return torch.cat((color.clamp(0, 1) * alpha, alpha))


def _over(top: Tensor, below: Tensor) -> Tensor:
    return top + below * (1 - top[3:])


def _lit(s: Scene, color: Tensor, shade: float = 0.55, depth: float = 1.0) -> Tensor:
    """Return a surface lit as a bevel: darker away from the light, and a gleam towards it."""
    light = s.light(depth)
    return color * (1 + shade * light) + 0.35 * light.clamp(min=0) ** 2


def _tongues(s: Scene, length: float, sway: float, sharp: float) -> Tensor:
    """Return the letters drawn out upwards by the rising noise, fading, `[1,H,W]`."""
    coarse, middle, fine = s.rise
    total = torch.zeros_like(s.mask)
    steps = 12
    for k in range(1, steps + 1):
        t = k / steps
        sway_x = sway * t * (0.7 * coarse + 0.6 * middle)
        source = s.moved(s.mask, length * t * (1 + 0.35 * coarse), sway_x)
        fade = torch.sigmoid(sharp * (0.55 * middle + 0.35 * fine + 0.25 * coarse + 1.1 - 2.6 * t))
        total = torch.maximum(total, source * fade * (1 - 0.55 * t))
    return total


def fire(s: Scene) -> Tensor:
    """Tongues that rise with the noise, hottest in the letters."""
    flame = _tongues(s, 0.5, 0.22, 3.5)
    heat = torch.maximum(flame * 0.85, s.mask * (0.74 + 0.2 * s.inside + 0.05 * s.rise[1]))
    color = ramp(heat, "140000", "7a0a00", "d93a00", "ff8a10", "ffd860", "fff8d8")
    return _rgba(color + 0.12 * (s.surface - 0.4) * s.mask, torch.maximum(s.mask, flame * 1.15))


def ice(s: Scene) -> Tensor:
    """Frosted, with drips below and a cold glow."""
    drip = torch.zeros_like(s.mask)
    length = (0.5 * s.still[1] + 0.5 * s.still[0]).clamp(min=0)
    for k in range(1, 9):
        drip = torch.maximum(drip, s.moved(s.mask, -0.03 * k, 0.0) * torch.sigmoid(12 * (length - 0.1 * k - 0.12)))
    body = torch.maximum(s.mask, drip * 0.9)
    frost = torch.sigmoid(4 * s.still[2] + 3 * (0.35 - s.inside))
    color = ramp(0.35 * s.surface.mean(0, keepdim=True) + 0.3 + 0.35 * frost, "2a78b8", "7cc4ee", "d4f2ff", "ffffff")
    letters = _rgba(_lit(s, color, 0.35) + 0.15 * (1 - s.inside) * s.mask, body)
    glow = _rgba(_rgb("9fdcff")[0][:, None, None].expand(3, *s.mask.shape[1:]), 0.45 * (1 - s.outside) ** 3)
    return _over(letters, glow)


def lava(s: Scene) -> Tensor:
    """Return a crust with glowing cracks and a hot rim."""
    crack = torch.exp(-7 * (s.still[0] * 0.6 + s.still[1] * 0.6 + 0.25 * s.rise[0]).abs())
    hot = 0.3 * (s.surface * 1.5).clamp(0, 1) + 0.8 * ramp(crack, "5a1606", "b83008", "ff8010", "ffee90")
    rim = torch.exp(-4 * s.inside) * s.mask
    color = hot * (1 - 0.35 * rim) + rim * ramp(0.7 + 0.2 * s.rise[1], "c03800", "ff8a18", "ffdc60")
    letters = _rgba(color + 0.05, s.mask)
    heat = (1 - s.outside) ** 3 * (0.75 + 0.2 * s.rise[1])
    return _over(letters, _rgba(ramp(heat, "601000", "d03800", "ff7a18"), 0.8 * heat))


def gold(s: Scene) -> Tensor:
    """Bevelled metal with a gleam that passes."""
    gray = s.surface.mean(0, keepdim=True)
    sweep = torch.exp(-3 * s.rise[0].abs()) * 0.28
    level = 0.5 + 0.38 * s.light(1.3) + 0.18 * (gray - 0.4) + sweep * (0.4 + 0.6 * s.inside)
    color = ramp(level, "4a2a04", "a86a10", "e8b030", "ffe088", "fffbe6")
    letters = _rgba(color, s.mask)
    return _over(letters, _rgba(0 * color + 0.02, 0.55 * (1 - s.outside) ** 6))


def neon(s: Scene) -> Tensor:
    """Return a tube: white inside, pink around."""
    core = (s.inside / 0.7).clamp(0, 1)
    pulse = 1 + 0.06 * s.rise[0]
    tube = ramp(core * pulse, "ff2a9a", "ff7ac8", "ffe2f4", "ffffff")
    letters = _rgba(tube, s.mask)
    halo = (0.75 * torch.exp(-7 * s.outside) + 0.3 * torch.exp(-2.5 * s.outside) * (1 - s.outside)) * pulse
    color = ramp(1 - s.outside, "a010ff", "e020c0", "ff40b0")
    return _over(letters, _rgba(color, halo))


def smoke(s: Scene) -> Tensor:
    """Gray letters that wisps leave upwards."""
    wisp = _tongues(s, 0.62, 0.35, 2.2)
    billow = 0.5 + 0.5 * torch.tanh(0.8 * s.rise[0] + 0.7 * s.rise[1] + 0.4 * s.rise[2])
    gray = 0.62 + 0.3 * billow
    color = torch.cat((gray, gray * 1.01, gray * 1.04))
    body = s.mask * (0.93 + 0.07 * billow)
    return _rgba(_lit(s, color, 0.25), torch.maximum(body, 0.62 * wisp * (0.55 + 0.45 * billow)))


def water(s: Scene) -> Tensor:
    """Waves of light inside, a rim, and edges that sway."""
    bend = 0.035
    body = torch.maximum(s.mask * 0.9, s.moved(s.mask, bend * s.rise[0], bend * s.rise[1]))
    net = torch.exp(-5 * (s.rise[0] - s.rise[1]).abs()) * 0.6 + 0.4 * torch.exp(-6 * (s.rise[1] + s.rise[2]).abs())
    level = 0.34 + 0.42 * net + 0.2 * s.inside
    color = ramp(level, "043a6e", "0a78b8", "38b8e8", "b8f0ff", "ffffff")
    rim = torch.exp(-7 * s.inside) * s.mask
    letters = _rgba(_lit(s, color, 0.3) + 0.25 * rim, body * (0.86 + 0.14 * torch.maximum(net, rim)))
    return _over(letters, _rgba(0 * color + _rgb("02284e")[0][:, None, None], 0.5 * (1 - s.outside) ** 6))


def moss(s: Scene) -> Tensor:
    """Leaves that grow over the edge, with a few flowers."""
    tuft = 0.5 * s.still[1] + 0.6 * s.still[2]
    edge = s.mask + (1 - s.mask) * torch.sigmoid(10 * (0.5 * tuft + 0.2 - 4.5 * s.outside))
    leaf = 0.56 + 0.17 * s.still[2] + 0.1 * s.still[1] + 0.06 * s.still[0]
    level = leaf + 0.14 * s.light() + 0.08 * s.inside - 0.42 * (1 - s.mask)  # the fringe lies in the letters' shade
    color = ramp(level, "102806", "2f6410", "5f9a1e", "9cc83a", "d6ec7c")
    flower = torch.sigmoid(10 * (s.still[2] * 0.8 - s.still[0] * 0.7 - 2.0)) * s.mask
    color = color * (1 - flower) + flower * _rgb("fff2fa")[0][:, None, None]
    return _rgba(color, torch.maximum(s.mask, edge))


def rust(s: Scene) -> Tensor:
    """Bevelled, its edges eaten away."""
    worn = torch.sigmoid(7 * (s.still[2] * 0.5 + s.still[1] * 0.5 + 1.15 + 3.2 * s.inside - 0.9))
    letters = _rgba(_lit(s, s.surface * _rgb("e0a890")[0][:, None, None] + 0.03, 0.6), s.mask * worn)
    return _over(letters, _rgba(0 * s.surface + _rgb("2a1004")[0][:, None, None], 0.6 * (1 - s.outside) ** 6))


def stone(s: Scene) -> Tensor:
    """Chipped and cracked."""
    gray = s.surface.mean(0, keepdim=True)
    crack = torch.exp(-16 * (0.7 * s.still[0] + 0.5 * s.still[1]).abs())
    level = 0.48 + 0.4 * (gray - 0.4) + 0.05 * s.still[2] - 0.4 * crack * s.inside
    chipped = torch.sigmoid(8 * (s.still[1] * 0.6 + 0.9 + 4.0 * s.inside - 0.6))
    color = ramp(level, "26241f", "6a665e", "a8a296", "e4dfd2")
    letters = _rgba(_lit(s, color, 0.6, 1.3), s.mask * chipped)
    return _over(letters, _rgba(0 * color, 0.5 * (1 - s.outside) ** 6))


def plasma(s: Scene) -> Tensor:
    """Violet, with arcs that jump around it."""
    arc = torch.exp(-14 * (0.8 * s.rise[0] + 0.6 * s.rise[1] + 0.35 * s.rise[2]).abs())
    near = (1 - s.outside) ** 2
    level = 0.45 + 0.3 * s.inside + 0.25 * arc + 0.1 * s.rise[1]
    letters = _rgba(ramp(level, "2a0a8a", "7a2cff", "c890ff", "ffffff") + 0.15 * (s.surface - 0.3), s.mask)
    halo = (0.55 * torch.exp(-6 * s.outside) + 0.85 * arc * near).clamp(0, 1) * (s.outside < 1)
    return _over(letters, _rgba(ramp(0.3 + 0.7 * arc, "4a14d8", "8a50ff", "e8d8ff"), halo))


def wood(s: Scene) -> Tensor:
    """Carved."""
    letters = _rgba(_lit(s, s.surface * 1.2 + 0.04, 0.6, 1.2), s.mask)
    return _over(letters, _rgba(0 * s.surface, 0.6 * (1 - s.outside) ** 5))


def cosmos(s: Scene) -> Tensor:
    """Return a nebula behind glass."""
    rim = torch.exp(-5 * s.inside) * s.mask
    star = torch.sigmoid(9 * (s.still[2] - 1.9))
    color = s.surface * 1.5 + 0.3 + rim * _rgb("8fb4ff")[0][:, None, None] + star
    glow = 0.6 * torch.exp(-5 * s.outside) * (1 - s.outside)
    return _over(_rgba(color, s.mask), _rgba(ramp(1 - s.outside, "2a1a70", "7a60ff"), glow))


def plain(s: Scene) -> Tensor:
    """White. The contrast outline that any style can have is drawn behind it."""
    return _rgba(torch.ones(3, *s.mask.shape[1:]), s.mask)


@dataclass(frozen=True)
class Target:
    """A style: its label, what renders it, the surface it wears, whether it stands still or is light."""

    name: str
    label: str
    render: Callable[[Scene], Tensor]
    surface: str = "marble"
    still: bool = False
    emissive: bool = False


TARGETS = (
    Target("fire", "Fire", fire, "fire", emissive=True),
    Target("ice", "Ice", ice, "ice", still=True),
    Target("lava", "Lava", lava, "lava", emissive=True),
    Target("gold", "Gold", gold, "gold"),
    Target("neon", "Neon", neon, emissive=True),
    Target("smoke", "Smoke", smoke, "clouds"),
    Target("water", "Water", water, "ice"),
    Target("moss", "Moss", moss, "wood", still=True),
    Target("rust", "Rust", rust, "rust", still=True),
    Target("stone", "Stone", stone, "marble", still=True),
    Target("plasma", "Plasma", plasma, "nebula", emissive=True),
    Target("wood", "Wood", wood, "wood", still=True),
    Target("cosmos", "Cosmos", cosmos, "nebula", emissive=True),
    Target("plain", "Plain", plain, still=True),
)
