"""Can a classifier tell made from real on crops that it has not seen? An accuracy of 0.5 is perfect, 1 is always.

A classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): ridge regression on standardized features of a network
that has learned to see (see `networks`).
"""

from __future__ import annotations

import torch
from torch import Tensor

#: Of the mean squared length of the features, what is added to the diagonal: few crops have many features.
RIDGE = 0.1


def accuracy(taught: tuple[Tensor, Tensor], asked: tuple[Tensor, Tensor]) -> float:
    """Return the share of right answers about `asked`, each class counted alike.

    Both are features `[N,F]` of real and of made crops; nothing of what is asked about is in what is taught.
    """
    real, made = taught
    mean, deviation = (found(torch.cat(taught)) for found in (lambda x: x.mean(dim=0), lambda x: x.std(dim=0)))
    x = torch.cat([(part - mean) / (deviation + 1e-9) for part in taught])
    y = torch.cat((torch.ones(len(real)), -torch.ones(len(made)))).double()
    likeness = x @ x.T
    ridge = RIDGE * likeness.diagonal().mean() * torch.eye(len(x)).double()
    weights = x.T @ torch.linalg.solve(likeness + ridge, y - y.mean())
    bias = y.mean()
    right = [
        float(((sign * ((part - mean) / (deviation + 1e-9) @ weights + bias)) > 0).double().mean())
        for sign, part in zip((1, -1), asked, strict=True)
    ]
    return sum(right) / 2
