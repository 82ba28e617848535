"""Clips to learn from: people and shapes that move before grounds that shake, with the faults of real footage.

The data folder holds `masks/SET/img/NAME_NUMBER.jpg` with `masks/SET/mask/NAME_NUMBER.png` (white is the subject), and
pictures without subjects in `textures/color`, `textures/sky` and `textures/space`. Frames of a set that follow each
other are clips. What is held out (whole people, and every seventh ground) is never seen in training.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

#: Held out: who is seen in these, and in none of the others. (Set, prefix of names, first and last number.)
HELD_OUT = (
    ("person_walk", "walk", 126, 175),
    ("person_walk", "walk", 309, 341),
    *(("person_asl", word, 0, 999) for word in ("book", "learn", "school", "walk", "hungry", "want")),
)
#: Height of people and grounds as they are kept in memory, px.
KEPT = 216
#: Every so manyth ground is held out.
SEVENTH = 7


@dataclass(frozen=True)
class Subject:
    """A picture `uint8 [3,h,w]` with somebody in it, the mask `uint8 [1,h,w]`, and its place in a clip."""

    set: str
    clip: str
    number: int
    image: Tensor
    mask: Tensor


class Material:
    """All pictures of a data folder, either those to learn from or those `held_out`. Raises OSError."""

    def __init__(self, data: Path, held_out: bool = False) -> None:
        everyone = [subject for folder in sorted((data / "masks").iterdir()) for subject in _subjects(folder)]
        self.people = [subject for subject in everyone if _is_held_out(subject) == held_out]
        files = sorted(
            path
            for name in ("color", "sky", "space")
            for path in (data / "textures" / name).glob("*")
            if path.suffix in (".jpg", ".png")
        )
        self.grounds = [_picture(path, KEPT) for n, path in enumerate(files) if (n % SEVENTH == 0) == held_out]
        if not held_out:  # rooms without anybody, from what is seen of them behind those who walk about
            self.grounds += [_emptied([s for s in self.people if s.set == "person_walk"])] * (len(self.grounds) // 8)

    def following(self, subject: Subject, count: int) -> list[Subject]:
        """`count` frames of the clip from `subject` on; the last one again where there are no more."""
        found, clip = [], [s for s in self.people if s.clip == subject.clip and s.number >= subject.number]
        for n in range(count):
            found.append(clip[min(n, len(clip) - 1)])
        return found


def clip(
    material: Material, frames: int, size: tuple[int, int], rng: np.random.Generator, as_filmed: bool = True
) -> tuple[Tensor, Tensor]:
    """Return a clip: pictures `float32 [T,3,H,W]` in 0…1 and masks `[T,1,H,W]`. `size` is height and width, px.

    Some show people where they were filmed, unless `as_filmed` is false.
    """
    chance = rng.random()
    if chance < 0.3 and as_filmed:
        images, masks = _as_filmed(material, frames, size, rng)
    else:
        ground = _ground(material, frames, size, rng)
        front, masks = _person(material, frames, size, rng) if chance < 0.72 else _shape(material, frames, size, rng)
        images = _toned(ground, rng) * (1 - masks) + _toned(front, rng) * masks
    return _filmed(_toned(images, rng), rng), masks


def _as_filmed(m: Material, frames: int, size: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Somebody where they were filmed, through a camera that moves."""
    images, masks = _stack(m, frames, rng)
    path = _path(frames, rng, _zoom(images, size) * rng.uniform(0.55, 1.0), reach=0.2, speed=0.01)
    both = _moved(torch.cat((images, masks), 1), path, size, "reflection")
    return both[:, :3], both[:, 3:]


def _person(m: Material, frames: int, size: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    images, masks = _stack(m, frames, rng)
    path = _path(frames, rng, _zoom(images, size) * rng.uniform(0.6, 1.6), reach=0.35, speed=0.03)
    both = _moved(torch.cat((images, masks), 1), path, size, "zeros")
    return both[:, :3], both[:, 3:]


def _shape(m: Material, frames: int, size: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return a blob of some material that moves and turns."""
    image = m.grounds[rng.integers(len(m.grounds))].float() / 255
    image = F.interpolate(image[None], (KEPT, KEPT), mode="bilinear").expand(frames, -1, -1, -1)
    mask = _blob(rng).expand(frames, -1, -1, -1)
    path = _path(frames, rng, _zoom(image, size) * rng.uniform(0.8, 2.4), reach=0.5, speed=0.06, turn=math.pi)
    both = _moved(torch.cat((image, mask), 1), path, size, "zeros")
    return both[:, :3], both[:, 3:]


def _blob(rng: np.random.Generator) -> Tensor:
    """Return a round shape with bumps, `[1,1,KEPT,KEPT]`, soft by a px."""
    y, x = torch.meshgrid(*[torch.linspace(-1.2, 1.2, KEPT)] * 2, indexing="ij")
    angle, radius = torch.atan2(y, x * float(rng.uniform(0.6, 1.8))), torch.hypot(x, y)
    edge = torch.full_like(x, 0.7)
    for n in range(2, 7):
        edge += float(rng.normal(0, 0.16 / n**0.5)) * torch.sin(n * angle + float(rng.uniform(0, 6.3)))
    return ((edge - radius) * KEPT / 2.4 + 0.5).clamp(0, 1)[None, None]


def _ground(m: Material, frames: int, size: tuple[int, int], rng: np.random.Generator) -> Tensor:
    """Return what is behind, sometimes with things that stand on it but are not the subject."""
    image = m.grounds[rng.integers(len(m.grounds))].float()[None] / 255
    if rng.random() < 0.3:
        other = m.grounds[rng.integers(len(m.grounds))].float()[None] / 255
        where = F.interpolate(_blob(rng), image.shape[2:], mode="bilinear")
        shift = [int(rng.integers(side)) for side in image.shape[2:]]
        where = torch.roll(where, shift, (2, 3))
        image = image * (1 - where) + F.interpolate(other, image.shape[2:], mode="bilinear") * where
    shake = rng.random() < 0.7
    path = _path(frames, rng, _zoom(image, size) * rng.uniform(0.35, 0.95), 0.3, 0.012 * shake, shake=shake)
    return _moved(image.expand(frames, -1, -1, -1), path, size, "reflection")


def _stack(m: Material, frames: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    start = m.people[rng.integers(len(m.people))]
    run = m.following(start, frames) if rng.random() < 0.6 else [start] * frames
    if rng.random() < 0.5:
        run = run[::-1]
    return torch.stack([s.image for s in run]).float() / 255, torch.stack([s.mask for s in run]).float() / 255


def _zoom(images: Tensor, size: tuple[int, int]) -> float:
    """Px of the picture that make up a px of the clip where both are as high."""
    return images.shape[2] / size[0]


def _path(
    frames: int,
    rng: np.random.Generator,
    zoom: float,
    reach: float,
    speed: float,
    turn: float = 0.12,
    shake: bool = True,
) -> Tensor:
    """`[T,5]`: angle, px of the picture a px of the clip across and down, and the middle's place in half sides."""
    time = np.arange(frames)[:, None]
    first, step = rng.uniform(-1, 1, 4), rng.normal(0, 1, 4)
    wobble = np.cumsum(rng.normal(0, 1, (frames, 4)), axis=0) * 0.5 + rng.normal(0, 0.5, (frames, 4))
    amount = np.array([turn, 0.1, reach, reach])
    pace = np.array([0.6 * speed, 0.5 * speed, speed, speed])
    path = first * amount + (step * time + wobble * (0.5 if shake else 0)) * pace
    squeeze = rng.uniform(0.85, 1.2)
    grown = zoom * np.exp(path[:, 1])
    flip = rng.choice((-1.0, 1.0))
    return torch.tensor(np.stack((path[:, 0], grown * squeeze * flip, grown, path[:, 2], path[:, 3]), 1)).float()


def _moved(images: Tensor, path: Tensor, size: tuple[int, int], padding: str) -> Tensor:
    """Pictures `[T,C,h,w]` seen along a path, in a frame of `size`."""
    angle, across, down, x, y = path.unbind(1)
    cos, sin = angle.cos(), angle.sin()
    height, width = size[0] / images.shape[2], size[1] / images.shape[3]
    aspect = size[0] / size[1]
    theta = torch.stack(
        (cos * across * width, -sin * across * width * aspect, x, sin * down * height / aspect, cos * down * height, y),
        1,
    ).view(-1, 2, 3)
    grid = F.affine_grid(theta, [len(images), 1, *size], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def _toned(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Another light: contrast, brightness, color."""
    gain = torch.tensor(rng.uniform(0.7, 1.25) * rng.uniform(0.9, 1.1, 3)).float().view(1, 3, 1, 1)
    gray = images.mean(dim=1, keepdim=True)
    images = gray + (images - gray) * float(rng.uniform(0.4, 1.3))
    return ((images - 0.5) * gain + 0.5 + float(rng.uniform(-0.12, 0.12))).clamp(0, 1)


def _filmed(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Out of focus, grainy and compressed, as footage is."""
    if rng.random() < 0.5:
        factor = float(rng.uniform(0.35, 0.9))
        small = F.interpolate(images, scale_factor=factor, mode="bilinear", antialias=True)
        images = F.interpolate(small, images.shape[2:], mode="bilinear")
    if rng.random() < 0.6:
        noise = torch.from_numpy(rng.standard_normal(tuple(images.shape), np.float32))
        images = images + noise * float(rng.uniform(0, 0.06))
    images = images.clamp(0, 1)
    return _compressed(images, int(rng.integers(25, 90))) if rng.random() < 0.5 else images


def _compressed(images: Tensor, quality: int) -> Tensor:
    made = []
    for pixels in (images * 255).round().byte().permute(0, 2, 3, 1).numpy():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
        made.append(torch.from_numpy(np.array(Image.open(file))))
    return torch.stack(made).permute(0, 3, 1, 2).float() / 255


def _picture(path: Path, height: int) -> Tensor:
    image = Image.open(path).convert("RGB")
    size = max(1, round(image.width * height / image.height)), height
    return torch.from_numpy(np.array(image.resize(size, Image.Resampling.BOX))).permute(2, 0, 1).contiguous()


def _subjects(folder: Path) -> list[Subject]:
    found: list[Subject] = []
    clip = ""
    for path in sorted((folder / "img").glob("*.jpg")):
        name, number = path.stem.rsplit("_", 1)
        follows = found and found[-1].number == int(number) - 1 and clip.startswith(f"{folder.name}/{name}/")
        clip = clip if follows else f"{folder.name}/{name}/{number}"
        mask = Image.open(folder / "mask" / f"{path.stem}.png").convert("L")
        image = _picture(path, KEPT)
        small = np.array(mask.resize((image.shape[2], KEPT), Image.Resampling.BOX))
        found.append(Subject(folder.name, clip, int(number), image, torch.from_numpy(small)[None]))
    return found


def _is_held_out(subject: Subject) -> bool:
    name = subject.clip.split("/")[1]
    return any(
        subject.set == set and name == prefix and first <= subject.number <= last
        for set, prefix, first, last in HELD_OUT
    )


def _emptied(frames: list[Subject]) -> Tensor:
    """Return the room that people walk through: the middle value of every pixel, where nobody stands."""
    images = np.stack([s.image.numpy() for s in frames[::3]]).astype(np.float32)
    images[np.broadcast_to(np.stack([s.mask.numpy() for s in frames[::3]]) > 10, images.shape)] = np.nan
    plate = np.nan_to_num(np.nanmedian(images, axis=0), nan=127.0)
    return torch.from_numpy(plate.astype(np.uint8))
