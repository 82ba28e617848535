"""Do the styles of a generator share one layout at a seed?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from statistics import mean

import numpy as np
from torch import Tensor


def alike(pictures: Mapping[str, Tensor]) -> float:
    """Return the mean correlation of brightness between pictures `[3,H,W]` of different styles at one seed.

    0: every style has a layout of its own.
    """
    gray = [picture[:3].mean(dim=0).numpy().ravel() for picture in pictures.values()]
    found = [float(np.corrcoef(a, b)[0, 1]) for a, b in combinations(gray, 2) if len(a) == len(b)]
    return mean(found) if found else 0.0
