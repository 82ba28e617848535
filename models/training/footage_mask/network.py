"""The network: a small U-Net that looks at each frame, and remembers at its two coarsest levels.

It sees the picture and what changed since the picture before. Convolutional gated recurrent units carry half of the
channels of a level from frame to frame, as in Robust Video Matting (Lin et al., WACV 2022).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Channels of the levels, each half as large as the one before; the first is half as large as the picture.
WIDTHS = 8, 20, 32, 48
#: Sides of the picture that the network works on are multiples of this, px.
MULTIPLE = 16


def conv(given: int, made: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution, normalized, and cut at 0."""
    return nn.Sequential(nn.Conv2d(given, made, 3, stride, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two convolutions that correct what they are given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = conv(channels, channels), nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.norm(self.second(self.first(x))))


class Whole(nn.Module):
    """Let every place know of the whole picture: its mean, weighed."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.weigh(x.mean(dim=(2, 3), keepdim=True)))


class Memory(nn.Module):
    """A convolutional gated recurrent unit over half of the channels; the other half passes by."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.half = channels // 2
        self.gates = nn.Conv2d(2 * self.half, 2 * self.half, 3, 1, 1)
        self.new = nn.Conv2d(2 * self.half, self.half, 3, 1, 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """`x [B,C,h,w]` and the state, `[B,C/2,h,w]` or `[B,C/2,1,1]` of zeros at first; both are returned updated."""
        passed, seen = x.split(self.half, dim=1)
        state = state + torch.zeros_like(seen)
        reset, keep = torch.sigmoid(self.gates(torch.cat((seen, state), 1))).split(self.half, dim=1)
        fresh = torch.tanh(self.new(torch.cat((seen, reset * state), 1)))
        state = keep * state + (1 - keep) * fresh
        return torch.cat((passed, state), 1), state

    def through(self, x: Tensor, frames: int) -> Tensor:
        """Clips of so many `frames`, `[B·T,C,h,w]`, from empty states."""
        clips = x.unflatten(0, (-1, frames))
        state = x.new_zeros(len(clips), self.half, 1, 1)
        made = []
        for n in range(frames):
            one, state = self(clips[:, n], state)
            made.append(one)
        return torch.stack(made, 1).flatten(0, 1)


class Masker(nn.Module):
    """Pictures in, logits of the mask out, at the size of the pictures."""

    def __init__(self, widths: tuple[int, int, int, int] = WIDTHS) -> None:
        super().__init__()
        a, b, c, d = widths
        self.widths = widths
        self.stem = conv(6, a, 2)
        self.down1 = nn.Sequential(conv(a, b, 2), Residual(b))
        self.down2 = nn.Sequential(conv(b, c, 2), Residual(c), Residual(c))
        self.down3 = nn.Sequential(conv(c, d, 2), Residual(d), Residual(d), Whole(d), Residual(d))
        self.memory3, self.memory2 = Memory(d), Memory(c)
        self.up2, self.up1, self.up0 = conv(d + c, c), conv(c + b, b), conv(b + a, a)
        self.last = nn.Sequential(conv(a + 3, 8), nn.Conv2d(8, 1, 3, 1, 1))

    def forward(self, image: Tensor, before: Tensor, state3: Tensor, state2: Tensor) -> tuple[Tensor, ...]:
        """One frame: `image [B,3,H,W]` in 0…1 and three states, see `states`. Returns logits and the new states."""
        x = (image - 0.45) * 4
        changed = (x - before[:, :3]) * before[:, 3:]  # before the first picture nothing has changed
        levels = self._seen(x, changed)
        deep, state3 = self.memory3(levels[-1], state3)
        middle, state2 = self.memory2(self._joined(self.up2, deep, levels[2]), state2)
        return self._mask(x, middle, levels), torch.cat((x, torch.ones_like(x[:, :1])), 1), state3, state2

    def states(self) -> tuple[int, int, int]:
        """Channels of the states: the picture before and whether there was one, and two memories."""
        return 4, self.memory3.half, self.memory2.half

    def clips(self, images: Tensor) -> Tensor:
        """Whole clips, `[B,T,3,H,W]` in 0…1 → logits `[B,T,1,H,W]`: as frame by frame, but quicker to learn."""
        frames = images.shape[1]
        x = (images - 0.45) * 4
        changed = torch.cat((torch.zeros_like(x[:, :1]), x[:, 1:] - x[:, :-1]), 1).flatten(0, 1)
        x = x.flatten(0, 1)
        levels = self._seen(x, changed)
        deep = self.memory3.through(levels[-1], frames)
        middle = self.memory2.through(self._joined(self.up2, deep, levels[2]), frames)
        return self._mask(x, middle, levels).unflatten(0, (-1, frames))

    def _seen(self, x: Tensor, changed: Tensor) -> list[Tensor]:
        levels = [self.stem(torch.cat((x, changed), 1))]
        for down in (self.down1, self.down2, self.down3):
            levels.append(down(levels[-1]))
        return levels

    def _mask(self, x: Tensor, middle: Tensor, levels: list[Tensor]) -> Tensor:
        near = self._joined(self.up1, middle, levels[1])
        near = self._joined(self.up0, near, levels[0])
        logits: Tensor = self.last(torch.cat((_doubled(near), x), 1))
        return logits

    @staticmethod
    def _joined(join: nn.Module, coarse: Tensor, fine: Tensor) -> Tensor:
        joined: Tensor = join(torch.cat((_doubled(coarse), fine), 1))
        return joined


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
