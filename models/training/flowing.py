"""A generator that begins with the written-down `elements` and learns what they lack: their weights, their colours, form.

What is airy or glows has no Gaussian model that helps, but a flow that can be written down. Its weights and ramps are
taken for a first guess here and trained, which works since all of it is differentiable, the places that noise is
carried to as well (Jaderberg et al., "Spatial Transformer Networks", NeurIPS 2015). Behind it is the network of
`refining`, which is nothing before it is trained, and sees the noise as well as the picture. The discriminator sees how
pictures change, too: so what flows, and how much of it is fine and hasty, is learnt from clips.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .element_styles import KNOTS, STYLES, WEIGHTS, vectors
from .elements import FIELDS, GRID, REACH, Elements
from .grown import carried
from .networks import STRIDE
from .refining import Refiner

#: Channels of the network at one pixel in 4, 8 and 16.
WIDTHS = (24, 48, 80)
#: What the network sees besides the picture, at one pixel in 4: the two layers' noise, and some that nothing was made of.
ASIDE = 6
#: White noise for a cell of 32 px: how many values of each field.
PACKED = {stride: count * (STRIDE // stride) ** 2 for stride, count in FIELDS.items()}


def unpacked(z: Tensor) -> list[Tensor]:
    """`[N,sum(PACKED),h,w]` → the fields of `Elements`."""
    parts = z.split(list(PACKED.values()), dim=1)
    return [F.pixel_shuffle(part, STRIDE // stride) for part, stride in zip(parts, PACKED, strict=True)]


def units() -> Tensor:
    """How much of each weight is much: what training changes by a similar number. `[len(WEIGHTS)]`"""
    px = {name: 5.0 for name in WEIGHTS if name[0] == "w" and name[1].isdigit()}
    return torch.tensor([px.get(name, 0.05 if name.startswith("width") else 0.3) for name in WEIGHTS])


class Flow(Elements):
    """`Elements` whose weights and ramps can be trained: what is read between pixels and colours is interpolated."""

    def __init__(self, weights: Tensor, ramps: Tensor) -> None:
        super().__init__(weights, ramps)
        self.units: Tensor
        self.register_buffer("units", units())
        self.changes = nn.Parameter(torch.zeros_like(self.weights))
        self.tints = nn.Parameter(torch.zeros_like(self.ramps))

    def learnt(self) -> tuple[Tensor, Tensor]:
        """Weights `[S,len(WEIGHTS)]` and ramps `[S,8·KNOTS]` as they are now."""
        return self.weights + self.changes * self.units, self.ramps + self.tints

    def chosen(self, style: Tensor) -> tuple[Tensor, Tensor]:
        weights, ramps = self.learnt()
        return style @ weights, style @ ramps

    def carried(self, picture: Tensor, way: Tensor) -> Tensor:
        return carried(picture, way)

    def coloured(self, value: Tensor, knots: Tensor) -> Tensor:
        place = (2 * value.clamp(0, 1) - 1).movedim(1, 3)
        grid = torch.cat((place, torch.zeros_like(place)), dim=3)
        return F.grid_sample(knots[:, :, None], grid, mode="bilinear", padding_mode="border", align_corners=True)

    def exact(self) -> Elements:
        """The same as it runs in the end: to the last bit the same wherever on the torus it is drawn."""
        weights, ramps = self.learnt()
        return Elements(weights.detach(), ramps.detach().unflatten(1, (8, KNOTS)))


class FlowingGenerator(nn.Module):
    """Stands where `networks.Generator` does: packed noise and a style's vector → an image `[N,4,32h,32w]`.

    A style's vector has a 1 in its own place. `first` names the written-down style that each begins with.
    """

    def __init__(self, first: Sequence[str], widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        numbers = [list(STYLES).index(name) for name in first]
        self.base = Flow(*(written[numbers] for written in vectors()))
        self.refiner = Refiner(len(first), 4, widths, ASIDE)
        self.styles = nn.Embedding.from_pretrained(torch.eye(len(first)), freeze=True)

    def forward(self, z: Tensor, style: Tensor, waves: Tensor | None = None) -> Tensor:
        assert waves is None, "courses are not for elements"
        fields = unpacked(z)
        with torch.autocast(z.device.type, enabled=False):
            picture, noise = self.base.drawn(*(field.float() for field in fields), style.float())
        x = refined(self.refiner, picture, noise, fields[3], style)
        with torch.autocast(z.device.type, enabled=False):
            return F.pixel_shuffle(x.float(), GRID)


def refined(refiner: Refiner, picture: Tensor, noise: Tensor, z4: Tensor, style: Tensor) -> Tensor:
    """The picture `[N,4,H,W]` in 0…1 → what becomes of it, `[N,64,H/4,W/4]` in −1…1, each pixel in 4 × 4 a channel."""
    aside = torch.cat((F.avg_pool2d(noise, GRID), z4[:, :4]), dim=1)
    return refiner(F.pixel_unshuffle(picture * 2 - 1, GRID), style, aside)


class Exact(nn.Module):
    """The generator as it is exported: the fields of `Elements` and a style `[1,S]` → `[1,4,H,W]` in 0…1."""

    def __init__(self, generator: FlowingGenerator) -> None:
        super().__init__()
        self.base, self.refiner = generator.base.exact(), generator.refiner

    def forward(self, z32: Tensor, z16: Tensor, z8: Tensor, z4: Tensor, z2: Tensor, style: Tensor) -> Tensor:
        picture, noise = self.base.drawn(z32, z16, z8, z4, z2, style)
        image = F.pixel_shuffle(refined(self.refiner, picture, noise, z4, style), GRID)
        return (image * 0.5 + 0.5).clamp(0, 1)
