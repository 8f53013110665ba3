"""Denoising score matching over all noise levels (Equations 5 and 6)."""

import torch
from torch import nn


def levels(first: float = 1.0, last: float = 0.01, number: int = 10) -> torch.Tensor:
    """A geometric sequence sigma_1 > ... > sigma_L (Section 4.1)."""
    return torch.linspace(first, last, number)


def score_matching(network: nn.Module, x: torch.Tensor, sigmas: torch.Tensor) -> torch.Tensor:
    """1/2 E || s(x~, sigma) + (x~ - x) / sigma^2 ||^2, weighted by lambda(sigma) = sigma^2."""
    index = torch.randint(len(sigmas), (len(x),), device=x.device)
    sigma = sigmas[index].view(-1, 1, 1, 1)
    noised = x + sigma * torch.randn_like(x)
    target = -(noised - x) / sigma**2
    error = (network(noised, index) - target).pow(2).sum(dim=(1, 2, 3))
    return 0.5 * error.mean()
