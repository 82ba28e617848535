"""Training in tests is tiny: one thread beats several that wait for each other, and leaves the machine free."""

from __future__ import annotations

import contextlib

with contextlib.suppress(ImportError):
    import torch

    torch.set_num_threads(1)
