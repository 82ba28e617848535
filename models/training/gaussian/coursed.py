"""A generator of materials with courses: it begins with the model of `courses`, and learns what that lacks.

Where in its period a cell lies comes in as `waves` (see `networks.waves`). From them it is told which cell of a period
each one is, as a 1 among nothing but 0: so the mean course, and which brick a place belongs to, are looked up exactly,
wherever on the torus they are. The network of `refining` sees the mean course, the model's whole picture and the
bricks' numbers, and adds a correction, which is nothing before it is trained.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..textures.networks import STRIDE, he
from .courses import REACH, Course, Units
from .refined import Gaussian, Modulated, packed
from .texton import Array, Texton

#: Channels of the network at one pixel in 4, 8 and 16.
WIDTHS = (32, 64, 80)
#: The most cells of a period, down and across.
PERIOD = 4
#: Numbers that a brick has, blocks of 8 px along a cell, and places for bricks in a cell: they are 16 px or more apart.
NUMBERS, BLOCKS, PLACES = 3, 4, 2
#: A block's brick is centerd in its own cell or one of these, down and across.
NEAR = [(y, x) for y in (-1, 0, 1) for x in (-2, -1, 0, 1, 2)]
#: What the softmax that tells cells apart is steep by: all but one are 0, to the last bit.
STEEP = 200.0
#: What the tables of mean (three colors), gain and spread hold is a byte, divided by the one and less the other.
SCALE, LESS = np.array((127.5, 127.5, 127.5, 127.5, 255.0)), np.array((1.0, 1.0, 1.0, 0.0, 0.0))


def noises() -> int:
    """Channels of white noise for a cell: those of `refining.packed` for three colors, and the bricks' numbers."""
    return sum(packed(3)) + NUMBERS * PLACES**2


def table(course: Course) -> npt.NDArray[np.uint8]:
    """Mean, gain and spread as `[PERIOD²,5,16,8,8]`: cell of the period, what, pixel of a block of 4×4, block."""
    layers = np.concatenate((course.mean, course.gain[None], course.spread[None]))
    rows, columns = (side // STRIDE for side in layers.shape[1:])
    cells = np.zeros((PERIOD, PERIOD, 5, STRIDE, STRIDE)) - LESS[:, None, None]
    for row, column in np.ndindex(rows, columns):
        cells[row, column] = layers[:, row * STRIDE :, column * STRIDE :][:, :STRIDE, :STRIDE]
    blocks = cells.reshape(PERIOD**2, 5, 8, 4, 8, 4).transpose(0, 1, 3, 5, 2, 4)
    blocks = blocks.reshape(PERIOD**2, 5, 16 * 64)
    stored = np.round((blocks + LESS[:, None]) * SCALE[:, None]).clip(0, 255).astype(np.uint8)
    return stored.reshape(PERIOD**2, 5, 16, 8, 8)


def whole(stored: npt.NDArray[np.uint8]) -> Array:
    """Return what a table `[…,5,16,8,8]` of bytes stands for."""
    return stored / SCALE[:, None, None, None] - LESS[:, None, None, None]


def owners(repeat: tuple[int, int], units: Units | None) -> npt.NDArray[np.int64]:
    """Which brick each block of 8 px belongs to: `[PERIOD²,BLOCKS²]`, numbers of places in the cells `NEAR` by."""
    found = np.zeros((PERIOD, PERIOD, BLOCKS, BLOCKS), np.int64)
    if not units:
        return found.reshape(PERIOD**2, BLOCKS**2)
    side = STRIDE // BLOCKS
    for row, column, y, x in np.ndindex(*repeat, BLOCKS, BLOCKS):
        top, left = row * STRIDE + y * side, column * STRIDE + x * side
        course = top // units.height
        shift = course * units.shift % units.length
        middle = course * units.height + units.height // 2, (left - shift) // units.length * units.length + shift
        middle = middle[0], middle[1] + units.length // 2
        cell = [m // STRIDE - n for m, n in zip(middle, (row, column), strict=True)]
        place = [m % STRIDE // (STRIDE // PLACES) for m in middle]
        found[row, column, y, x] = (NEAR.index((cell[0], cell[1])) * PLACES + place[0]) * PLACES + place[1]
    return found.reshape(PERIOD**2, BLOCKS**2)


def directions(repeat: tuple[int, int]) -> Array:
    """Return what tells a period's cells apart: sine, cosine and a bias for each row, then for each column:
    `[2,PERIOD,3]`.
    """
    found = np.zeros((2, PERIOD, 3))
    for axis, count in enumerate(repeat):
        turns = 2 * np.pi * np.arange(PERIOD) / count
        found[axis] = np.stack((np.sin(turns), np.cos(turns), np.where(np.arange(PERIOD) < count, 0.0, -4.0)), axis=1)
    return found


class Base(nn.Module):
    """The statistical model of each style: noise, a style's vector and waves → `forward`."""

    def __init__(
        self, courses: Sequence[Course], repeats: Sequence[tuple[int, int]], units: Sequence[Units | None]
    ) -> None:
        super().__init__()
        self.gaussian = Gaussian([course.texton for course in courses])
        pairs = list(zip(repeats, units, strict=True))
        for name, values in (
            ("table", np.stack([whole(table(course)) for course in courses])),
            ("colors", np.stack([course.colors for course in courses])),
            ("directions", np.stack([directions(repeat) for repeat in repeats])),
            ("owners", np.stack([owners(repeat, unit) for repeat, unit in pairs])),
        ):
            tensor = torch.from_numpy(values)
            self.register_buffer(name, tensor if name == "owners" else tensor.float())

    @torch.no_grad()
    def forward(self, z: Tensor, style: Tensor, waves: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return (the model's picture `[N,48,8h,8w]`, its mean course, the bricks' numbers `[N,NUMBERS,4h,4w]`)."""
        with torch.autocast(z.device.type, enabled=False):
            made = [
                self._one(z[n : n + 1].float(), style[n : n + 1], waves[n : n + 1], int(style[n].argmax()))
                for n in range(len(z))
            ]
        picture, mean, numbers = zip(*made, strict=True)
        return torch.cat(picture), torch.cat(mean), torch.cat(numbers)

    def repeat(self, number: int) -> tuple[int, int]:
        """Return the period of a style, in cells down and across."""
        rows, columns = (int((axis[:, 2] == 0).sum()) for axis in self.directions[number])
        return rows, columns

    def cells(self, waves: Tensor, number: int) -> Tensor:
        """Which cell of its period each one is: `[1,4,h,w]` → `[1,PERIOD²,h,w]`."""
        found = [
            torch.softmax(STEEP * F.conv2d(waves[:, 2 * axis : 2 * axis + 2], d[:, :2, None, None], d[:, 2]), dim=1)
            for axis, d in enumerate(self.directions[number])
        ]
        return (found[0][:, :, None] * found[1][:, None]).flatten(1, 2)

    def _one(self, z: Tensor, style: Tensor, waves: Tensor, number: int) -> tuple[Tensor, Tensor, Tensor]:
        noise, bricks = z.split((sum(packed(3)), NUMBERS * PLACES**2), dim=1)
        cell = self.cells(waves, number)
        flat = F.conv2d(cell, self.table[number].flatten(1).T[:, :, None, None].contiguous())
        mean, gain, spread = F.pixel_shuffle(flat, 8).split((48, 16, 16), dim=1)

        sources = torch.cat([bricks.roll((-y, -x), (2, 3)).unflatten(1, (NUMBERS, -1)) for y, x in NEAR], dim=2)
        chosen = self.owners[number][cell[0].argmax(dim=0)]  # [h,w,BLOCKS²]
        chosen = chosen.permute(2, 0, 1)[None, None].expand(1, NUMBERS, -1, -1, -1)
        numbers = F.pixel_shuffle(sources.gather(2, chosen).flatten(1, 2), BLOCKS)
        colors = F.conv2d(numbers, self.colors[number][:, :, None, None])
        colors = F.interpolate(colors, scale_factor=2.0, mode="nearest")
        rest = self.gaussian(noise, style) * REACH
        parts = [
            mean[:, 16 * c : 16 * c + 16] + gain * colors[:, c : c + 1] + spread * rest[:, 16 * c : 16 * c + 16]
            for c in range(3)
        ]
        return torch.cat(parts, dim=1), mean, numbers


class Refiner(nn.Module):
    """What is learned, as in `refining`: what `Base` returns and a style `[N,K]` → the picture `[N,48,8h,8w]`."""

    def __init__(self, styles: int, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        fine, middling, wide = widths
        self.enter = Modulated(96, middling, styles, halves=True)
        self.before = Modulated(middling + NUMBERS, middling, styles)
        self.down = Modulated(middling, wide, styles, halves=True)
        self.wide = nn.ModuleList([Modulated(wide, wide, styles) for _ in range(3)])
        self.up = he(nn.Conv2d(wide, 4 * middling, 1))
        self.after = Modulated(middling, middling, styles)
        self.leave = he(nn.Conv2d(middling, 4 * fine, 1))
        self.keep = he(nn.Conv2d(96, fine, 1))
        self.fine = Modulated(fine, fine, styles)
        self.out = nn.Conv2d(fine, 48, 3, padding=1, padding_mode="circular")
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, picture: Tensor, mean: Tensor, numbers: Tensor, style: Tensor) -> Tensor:
        both = torch.cat((picture, mean), dim=1)
        x = self.before(torch.cat((self.enter(both, style), numbers), dim=1), style)  # one pixel in 8
        wide = self.down(x, style)  # 16
        for block in self.wide:
            wide = wide + block(wide, style)
        x = x + F.pixel_shuffle(self.up(wide), 2)  # 8
        x = x + self.after(x, style)
        fine = F.pixel_shuffle(self.leave(x), 2) + self.keep(both)  # 4
        return picture + self.out(self.fine(fine, style))


class CoursedGenerator(nn.Module):
    """Stands where `networks.Generator` does: noise `[N,noises(),h,w]`, a style's vector, waves → `[N,3,32h,32w]`.

    A style's vector has a 1 in its own place.
    """

    channels = 3

    def __init__(self, base: Base, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        styles = len(base.table)
        self.base, self.refiner = base, Refiner(styles, widths)
        self.styles = nn.Embedding.from_pretrained(torch.eye(styles), freeze=True)

    def forward(self, z: Tensor, style: Tensor, waves: Tensor) -> Tensor:
        x = self.refiner(*self.base(z, style, waves), style)
        with torch.autocast(x.device.type, enabled=False):
            return F.pixel_shuffle(x.float(), 4)


def empty(styles: int) -> Base:
    """Return a model of that many styles, to load a state into."""
    blank = Texton(*(np.zeros(shape) for shape in ((3, 1, 17, 17), (3, 3, 25, 25), (3, 3, 13, 13), (3, 256))))
    plain = np.zeros((STRIDE, STRIDE))
    course = Course(np.zeros((3, STRIDE, STRIDE)), plain, plain, np.zeros((3, 3)), blank)
    return Base([course] * styles, [(1, 1)] * styles, [None] * styles)
