"""A generator that begins with the written-down `elements` and learns what they lack: weights, colors, how it flows.

What is airy or glows has no Gaussian model that helps, but a flow that formulas describe. Its weights and ramps are a
first guess here and are trained, which works since all of it is differentiable, the places that noise is carried to as
well (Jaderberg et al., "Spatial Transformer Networks", NeurIPS 2015). A network at one pixel in 4, 8 and 16 sees all
the noise and adds to it: to what is folded and colored, to what carries it along, and to the light. It is nothing
before it is trained, and never draws pixels itself, so pictures stay as smooth as what is procedural. (One that did,
as in `refining`, drew a lattice of 4 px first.) The discriminator sees how pictures change, too: so what flows, and how
much of it is fine and hasty, is learned from clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data import DataError
from ..gaussian.refined import Modulated
from ..mattes.network import carried, enlarged
from ..textures.networks import STRIDE, he
from .network import FIELDS, Elements, each
from .styles import KNOTS, STYLES, WEIGHTS, vectors

#: Channels of the network at one pixel in 4, 8 and 16.
WIDTHS = (32, 64, 96)
#: Channels that it sees: two of noise, two of what carries it along, and all fields down to a cell of 4 px.
SEEN = 4 + sum(count for stride, count in FIELDS.items() if stride >= 4)
#: White noise for a cell of 32 px: how many values of each field.
PACKED = {stride: count * (STRIDE // stride) ** 2 for stride, count in FIELDS.items()}
#: The most that is added to noise (in deviations), to what carries it along (px) and to the light.
MOST = (1.0, 12.0, 0.5)
#: Colors of a ramp that are taught, and how far a unit of training changes them. What lies between follows smoothly:
#: a ramp whose every color was taught drew the contour lines of its noise.
TAUGHT, TINT = 9, 0.15
#: Of the brightest pixels so many are left out of ramps: stars.
BRIGHTEST = 0.03


def unpacked(z: Tensor) -> list[Tensor]:
    """`[N,sum(PACKED),h,w]` → the fields of `Elements`."""
    parts = z.split(list(PACKED.values()), dim=1)
    return [F.pixel_shuffle(part, STRIDE // stride) for part, stride in zip(parts, PACKED, strict=True)]


def units() -> Tensor:
    """How much of each weight is much: what training changes by a similar number. `[len(WEIGHTS)]`"""
    px = {name: 5.0 for name in WEIGHTS if name[0] == "w" and name[1].isdigit()}
    return torch.tensor([px.get(name, 0.05 if name.startswith("width") else 0.3) for name in WEIGHTS])


def ramp_of(pictures: Sequence[Tensor]) -> Tensor:
    """Return the colors of pictures `[4,H,W]` in −1…1, multiplied by alpha, from dark to light: a ramp `[4,KNOTS]`,
    0…1.

    Spaced so that normal noise, ±2.5 deviations from one end to the other, has each as often as the pictures do.
    """
    pixels = torch.cat([picture.flatten(1) for picture in pictures], dim=1) * 0.5 + 0.5
    pixels = pixels[:, pixels.sum(dim=0).argsort()]
    edges = torch.special.ndtr(torch.linspace(-2.6, 2.6, KNOTS + 1)).clamp(0.005, 1 - BRIGHTEST)
    places = [int(edge * pixels.shape[1]) for edge in edges]
    widest = max(1, pixels.shape[1] // 200)  # beyond the last edge, the mean of the last ones
    spans = [(min(a, b - widest), b) for a, b in pairwise(places)]
    return torch.stack([pixels[:, max(a, 0) : b].mean(dim=1) for a, b in spans], dim=1)


def matched(weights: Tensor, ramps: Tensor, pictures: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Weights `[len(WEIGHTS)]` and ramps `[8,KNOTS]` of a style with the colors of its pictures.

    Only where its front is plain noise; webs and crests have their colors where they are folded to.
    """
    w = dict(zip(WEIGHTS, weights.tolist(), strict=True))
    if w["noise1"] == 0 or w["web1"] or w["crest1"]:
        return weights, ramps
    strength = sum(w[name] ** 2 for name in WEIGHTS[: WEIGHTS.index("w128")]) ** 0.5
    w |= {"at1": 0.5, "noise1": 0.2 / strength, "gate": 0.0, "gate_at": 1.0}
    ramps = torch.cat((ramp_of(pictures), torch.zeros(4, KNOTS)))
    return torch.tensor([w[name] for name in WEIGHTS]), ramps


class Guide(nn.Module):
    """All noise at one pixel in 4, `[N,SEEN,h,w]`, and styles `[N,S]` → what is added.

    To the noise of the two layers, `[N,2,h,w]`; to what carries it along, px, `[N,2,h,w]`; to the light, `[N,1,h,w]`.
    All of it within bounds (see `MOST`), so that what is procedural is never drowned; and enlarged smoothly on the
    way, since shuffled pixels drew a lattice.
    """

    def __init__(self, styles: int, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        fine, middling, wide = widths
        self.enter = Modulated(SEEN, middling, styles, halves=True)
        self.before = Modulated(middling, middling, styles)
        self.down = Modulated(middling, wide, styles, halves=True)
        self.wide = nn.ModuleList([Modulated(wide, wide, styles) for _ in range(3)])
        self.up = he(nn.Conv2d(wide, middling, 1))
        self.after = Modulated(middling, middling, styles)
        self.leave = he(nn.Conv2d(middling, fine, 1))
        self.keep = he(nn.Conv2d(SEEN, fine, 1))
        self.fine = Modulated(fine, fine, styles)
        self.out = nn.Conv2d(fine, 5, 3, padding=1, padding_mode="circular")
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, seen: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.before(self.enter(seen, style), style)  # one pixel in 8
        wide = self.down(x, style)  # 16
        for block in self.wide:
            wide = wide + block(wide, style)
        x = x + each(enlarged, self.up(wide), 2)  # 8
        x = x + self.after(x, style)
        fine = each(enlarged, self.leave(x), 2) + self.keep(seen)  # 4
        noise, way, light = self.out(self.fine(fine, style)).tanh().split((2, 2, 1), dim=1)
        return noise * MOST[0], way * MOST[1], light * MOST[2]


class Flow(Elements):
    """`Elements` whose weights and ramps can be trained: what is read between pixels and colors is interpolated."""

    def __init__(self, weights: Tensor, ramps: Tensor, guide: Guide) -> None:
        super().__init__(weights, ramps, guide)
        self.units: Tensor
        self.register_buffer("units", units())
        self.changes = nn.Parameter(torch.zeros_like(self.weights))
        self.tints = nn.Parameter(torch.zeros(len(ramps), 8, TAUGHT))

    def learned(self) -> tuple[Tensor, Tensor]:
        """Weights `[S,len(WEIGHTS)]` and ramps `[S,8·KNOTS]` as they are now."""
        tints = F.interpolate(self.tints * TINT, size=KNOTS, mode="linear", align_corners=True)
        return self.weights + self.changes * self.units, self.ramps + tints.flatten(1)

    def chosen(self, style: Tensor) -> tuple[Tensor, Tensor]:
        weights, ramps = self.learned()
        return style @ weights, style @ ramps

    def carried(self, picture: Tensor, way: Tensor) -> Tensor:
        return carried(picture, way)

    def colored(self, value: Tensor, knots: Tensor) -> Tensor:
        place = (2 * value.clamp(0, 1) - 1).movedim(1, 3)
        grid = torch.cat((place, torch.zeros_like(place)), dim=3)
        return F.grid_sample(knots[:, :, None], grid, mode="bilinear", padding_mode="border", align_corners=True)

    def exact(self) -> Elements:
        """Return the same as it runs in the end: to the last bit the same wherever on the torus it is drawn."""
        weights, ramps = self.learned()
        return Elements(weights.detach(), ramps.detach().unflatten(1, (8, KNOTS)), self.guide)


class FlowingGenerator(nn.Module):
    """Stands where `networks.Generator` does: packed noise and a style's vector → an image `[N,4,32h,32w]` in −1…1.

    A style's vector has a 1 in its own place. `first` names the written-down style that each begins with, `pictures`
    are those that it begins with the colors of. Raises DataError when there is no such style.
    """

    def __init__(
        self, first: Sequence[str], widths: Sequence[int] = WIDTHS, pictures: Sequence[Sequence[Tensor]] = ()
    ) -> None:
        super().__init__()
        if unknown := set(first) - set(STYLES):
            known = ", ".join(STYLES)
            raise DataError(
                f"There is no procedural element {min(unknown)!r} to begin with: name one of {known} in `begins`."
            )
        numbers = [list(STYLES).index(name) for name in first]
        weights, ramps = (written[numbers] for written in vectors())
        for number, seen in enumerate(pictures):
            weights[number], ramps[number] = matched(weights[number], ramps[number], seen)
        self.flow = Flow(weights, ramps, Guide(len(first), widths))
        self.styles = nn.Embedding.from_pretrained(torch.eye(len(first)), freeze=True)

    def forward(self, z: Tensor, style: Tensor, waves: Tensor | None = None) -> Tensor:
        assert waves is None, "courses are not for elements"
        with torch.autocast(z.device.type, enabled=False):
            image: Tensor = self.flow(*(field.float() for field in unpacked(z)), style.float())
        return image * 2 - 1
