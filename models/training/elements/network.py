"""Fire, smoke, sky and space without training: a procedural network.

`python -m models.training.elements.network models/shipped`

What is airy or glows has no grain and no objects to learn, but flow: two octave sums of smooth noise, carried along by
more noise (domain warping: Perlin, SIGGRAPH 1985; Quilez), folded to crests or webs, lit from above, and colored by a
ramp each. A style picks the weights and the ramps, so styles morph. The noise is the card's latent fields, so all that
walks, loops and tiles elsewhere does so here; color is multiplied by alpha. Everything wraps around.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...cards.card import VERSION
from ..graphs.export import trace
from ..mattes.network import enlarged
from .styles import KNOTS, STYLES, WEIGHTS, vectors

#: Px that a cell of each noise field covers, and how many fields there are of it.
FIELDS = {32: 9, 16: 5, 8: 5, 4: 6, 2: 1}
#: Noise is added up on a grid of so many px, then enlarged.
GRID = 4
#: Steps of a ramp.
STEPS = 2048
#: Px that light falls from, above.
ABOVE = 12
#: The largest distance in px that the noise carries a place.
REACH = 96


class Elements(nn.Module):
    """Noise fields `[N,C,h,w]`, a cell for 32 … 2 px, and styles `[N,S]` with a 1 each in its place → `[N,4,H,W]`, 0…1.

    Weights `[S,len(WEIGHTS)]` and ramps `[S,8,KNOTS]` are those of `element_styles`, or others; a `guide` is a network
    that has been taught where noise should differ from what is procedural, see `flowing`. N is 1 but in training.
    """

    def __init__(
        self, weights: Tensor | None = None, ramps: Tensor | None = None, guide: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.guide = guide
        written = vectors()
        self.weights: Tensor
        self.ramps: Tensor
        self.register_buffer("weights", written[0] if weights is None else weights)
        self.register_buffer("ramps", (written[1] if ramps is None else ramps).flatten(1))  # [S,2·4·KNOTS]

    def forward(self, z32: Tensor, z16: Tensor, z8: Tensor, z4: Tensor, z2: Tensor, style: Tensor) -> Tensor:
        weights, ramps = self.chosen(style)
        w = dict(zip(WEIGHTS, weights[:, :, None, None, None].unbind(1), strict=True))
        z32 = torch.cat((z32[:, :4], each(smooth, z32[:, 4:])), dim=1)
        n32, n16, n8 = (each(enlarged, z, s // GRID) for z, s in ((z32, 32), (z16, 16), (z8, 8)))
        noise = (
            w["a128"] * n32[:, 5:7]
            + w["a32"] * n32[:, :2]
            + w["a16"] * n16[:, :2]
            + w["a8"] * n8[:, :2]
            + w["a4"] * z4[:, :2]
        )
        noise = noise + w["fall"] * drawn_down(n8[:, 4:] + 0.6 * z4[:, 4:5], 17)
        way = (
            w["w128"] * n32[:, 7:]
            + w["w32"] * n32[:, 2:4]
            + w["w16"] * n16[:, 2:4]
            + w["w8"] * n8[:, 2:4]
            + w["w4"] * z4[:, 2:4]
        )
        large, sparks = n32[:, 4:5], tail(z4[:, 5:] + 0.35 * n16[:, 4:], 2.5)
        guided = None
        if self.guide is not None:
            guided = self.guide(torch.cat((noise, way / 16, n32, n16, n8, z4), dim=1), style)
            noise, way = noise + guided[0], way + guided[1]
        fine = each(enlarged, torch.cat((noise, way, large, sparks), dim=1), GRID)
        small = each(enlarged, tail(z2, 3.2), 2).clamp(min=0)
        sparks = w["big"] * fine[:, 5:].clamp(min=0).square() + w["small"] * small
        # Sparks are carried, too, or one would see the grid that they lie on. As far as all else, what is taught would
        # tear them.
        noise, way = fine[:, :2], fine[:, 2:4].clamp(-REACH, REACH)
        if guided is None:
            first, second, sparks = self.carried(torch.cat((noise, sparks), dim=1), way).split(1, dim=1)
        else:
            first, second = self.carried(noise, way).split(1, dim=1)
            sparks = self.carried(sparks, way / 4)
        large = fine[:, 4:5]

        gate = (w["gate_at"] + w["gate"] * large).clamp(0, 1)
        ramps = ramps.reshape(-1, 8, KNOTS)
        whole = self.colored(self._folded(first, w, "1") * gate, ramps[:, :4])
        lit = 1 + w["light"] * (first - moved_down(first, ABOVE)) * 0.5
        if guided is not None:
            lit = lit + each(enlarged, guided[2], GRID)
        whole = torch.cat((whole[:, :3] * lit.clamp(0.35, 1.6), whole[:, 3:]), dim=1)
        behind = self.colored(self._folded(second, w, "2"), ramps[:, 4:])
        whole = whole + behind * (1 - w["over"] * whole[:, 3:])
        glint = torch.cat([w[f"spark_{c}"] * sparks for c in "rgb"] + [w["spark_a"] * sparks], dim=1)
        return (whole + glint).clamp(0, 1)

    def chosen(self, style: Tensor) -> tuple[Tensor, Tensor]:
        """Weights `[N,len(WEIGHTS)]` and ramps `[N,8·KNOTS]` of styles."""
        return style @ self.weights, style @ self.ramps

    def carried(self, picture: Tensor, way: Tensor) -> Tensor:
        """See `carried`."""
        return carried(picture, way)

    def colored(self, value: Tensor, knots: Tensor) -> Tensor:
        """See `colored`; from a ramp's `knots [1,4,KNOTS]`."""
        return colored(value, F.interpolate(knots, size=STEPS, mode="linear", align_corners=True))

    @staticmethod
    def _folded(noise: Tensor, w: dict[str, Tensor], layer: str) -> Tensor:
        """Where in its ramp each pixel is: the noise itself, its crests, its webs."""
        far = noise.abs()
        # Where noise is steep a line would be thinner than a pixel, and break into dots.
        across = torch.cat((noise[..., -GRID:], noise[..., :-GRID]), dim=3)
        steep = (noise - moved_down(noise, GRID)).abs() + (noise - across).abs()
        line = w[f"width{layer}"] / (w[f"width{layer}"] + far / (1 + 3.5 * steep))
        return w[f"at{layer}"] + w[f"noise{layer}"] * noise + w[f"crest{layer}"] * (1 - far) + w[f"web{layer}"] * line


def each(change: Callable[..., Tensor], x: Tensor, *arguments: int) -> Tensor:
    """Return what changes `[1,C,h,w]`, channel by channel, done to `x [N,C,h,w]`."""
    if len(x) == 1:
        return change(x, *arguments)
    return change(x.flatten(0, 1)[None], *arguments)[0].unflatten(0, x.shape[:2])


def smooth(z: Tensor) -> Tensor:
    """White noise → noise with features four cells large, as strong: a bell of seven cells. `[1,C,h,w]`

    On a torus of few cells the bell meets itself: how strong that makes it is seen from what it does to one cell.
    """
    bell = torch.exp(-0.5 * (torch.arange(-3.0, 4.0) / 1.4) ** 2)
    kernel = (bell[:, None] * bell)[None, None]
    around = [torch.remainder(torch.arange(-3, side + 3), side) for side in (z.shape[2], z.shape[3])]

    def spread(x: Tensor) -> Tensor:
        return F.conv2d(x.index_select(2, around[0]).index_select(3, around[1]), kernel)

    one = (torch.arange(z.shape[2])[:, None] + torch.arange(z.shape[3]) == 0).float()
    return (spread(z.transpose(0, 1)) / spread(one[None, None]).square().sum().sqrt()).transpose(0, 1)


def drawn_down(x: Tensor, height: int) -> Tensor:
    """Return the mean along a column of `height` places (odd), wrapping around, as strong as one. `[1,1,h,w]`"""
    around = torch.remainder(torch.arange(-(height // 2), x.shape[2] + height // 2), x.shape[2])
    return F.conv2d(x.index_select(2, around), torch.ones(1, 1, height, 1) / height**0.5)


def tail(z: Tensor, rare: float) -> Tensor:
    """White noise beyond `rare` standard deviations: few places, of all strengths."""
    return (z - rare).clamp(min=0) * 2.2


def moved_down(x: Tensor, far: int) -> Tensor:
    """`x [1,C,H,W]`, `far` px further down, wrapping around."""
    return torch.cat((x[:, :, -far:], x[:, :, :-far]), dim=2)


def carried(picture: Tensor, way: Tensor) -> Tensor:
    """`picture [1,C,H,W]` seen through displacements `way [1,2,H,W]` in px (down, across), wrapping around.

    Bilinear. Fractions are taken from the displacement alone, not from places: so what is rolled is the same to the
    last bit.
    """
    rows, columns = picture.shape[2], picture.shape[3]
    whole = torch.floor(way)
    part = way - whole
    y = torch.arange(rows)[:, None] + whole[0, 0].long()
    x = torch.arange(columns)[None, :] + whole[0, 1].long()
    flat = picture[0].flatten(1).transpose(0, 1)  # [H·W,C]

    def at(down: int, right: int) -> Tensor:
        place = torch.remainder(y + down, rows) * columns + torch.remainder(x + right, columns)
        return flat.index_select(0, place.flatten())

    v, u = part[0, 0].reshape(-1, 1), part[0, 1].reshape(-1, 1)
    above = at(0, 0) + u * (at(0, 1) - at(0, 0))
    below = at(1, 0) + u * (at(1, 1) - at(1, 0))
    return (above + v * (below - above)).transpose(0, 1).reshape(1, -1, rows, columns)


def colored(value: Tensor, ramp: Tensor) -> Tensor:
    """`value [1,1,H,W]`, 0…1, through a `ramp [1,4,STEPS]` → `[1,4,H,W]`."""
    place = (value.clamp(0, 1) * (STEPS - 1) + 0.5).long()
    colors = ramp[0].transpose(0, 1).index_select(0, place.flatten())
    return colors.transpose(0, 1).reshape(1, 4, value.shape[2], value.shape[3])


def card() -> dict[str, object]:
    """Return the card, ready for JSON."""
    count = len(STYLES)
    return {
        "card": VERSION,
        "id": "grown_elements",
        "kind": "texture",
        "label": "Elements",
        "licence": "CC0-1.0",
        "rank": 5,
        "inputs": [*fields(), {"name": "style", "role": "style", "channels": count}],
        "outputs": [{"name": "image", "role": "image", "channels": 4, "range": [0.0, 1.0]}],
        "styles": [
            {
                "name": name,
                "label": one.label,
                "emissive": one.emissive,
                "alpha": one.alpha,
                "drift": list(one.drift),
                "rate": one.rate,
                "vector": [float(n == number) for n in range(count)],
            }
            for number, (name, one) in enumerate(STYLES.items())
        ],
        "training": {"method": "none: warped noise and color ramps", "weights": list(WEIGHTS)},
    }


def fields() -> list[dict[str, Any]]:
    """Return what a card says of the noise that comes in."""
    return [{"name": f"z{s}", "role": "latent_field", "channels": n, "stride": s} for s, n in FIELDS.items()]


def example(rows: int = 3, columns: int = 4, style: int = 0, styles: int = len(STYLES)) -> tuple[Tensor, ...]:
    """Return inputs for a picture of that many of the largest cells, in one of so many styles."""
    rng = torch.Generator().manual_seed(0)
    noise = [torch.randn(1, n, rows * 32 // s, columns * 32 // s, generator=rng) for s, n in FIELDS.items()]
    return (*noise, torch.eye(styles)[style : style + 1])


def export(path: Path) -> float:
    """Write the file. Returns the largest difference between torch and onnxruntime."""
    return trace(Elements().eval(), example(), FIELDS, card(), path)


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    path = parser.parse_args(arguments).folder / "grown_elements.onnx"
    difference = export(path)
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB, differs from torch by at most {difference:.2g}")


if __name__ == "__main__":
    main()
