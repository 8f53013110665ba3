"""Annealed Langevin dynamics (Algorithm 1)."""

import torch
from torch import nn


@torch.no_grad()
def anneal(network: nn.Module, sigmas: torch.Tensor, shape: tuple[int, ...], steps: int = 100, epsilon: float = 2e-5):
    """Yield the state after each noise level; epsilon and T as in Section 5."""
    x = torch.rand(shape, device=sigmas.device)
    for index, sigma in enumerate(sigmas):
        rate = epsilon * sigma**2 / sigmas[-1] ** 2
        level = torch.full((shape[0],), index, device=x.device)
        for _ in range(steps):
            x = x + rate / 2 * network(x, level) + rate * torch.randn_like(x)
        yield x
