"""In which numbers networks are trained: bfloat16 where the processor computes with it, float32 elsewhere."""

from __future__ import annotations

import torch

#: What processors call their bfloat16 arithmetic: x86's vectors, x86's tiles, Arm's.
NATIVE = ("avx512_bf16", "amx_bf16", "bf16")


def has_bf16(device: str) -> bool:
    """Whether a device multiplies bfloat16 by itself. Where it doesn't, torch imitates it, seven times slower."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in NATIVE)


def autocast(device: str = "cpu", enabled: bool = True) -> torch.autocast:
    """Return computes in bfloat16 what may be, if the device has it and it is `enabled`."""
    return torch.autocast(device, dtype=torch.bfloat16, enabled=enabled and has_bf16(device))
