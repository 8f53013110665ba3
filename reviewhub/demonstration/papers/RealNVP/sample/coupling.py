"""Affine coupling layers (Section 3.2) and masks (Section 3.4)."""

import torch
from torch import nn


def checkerboard(height: int, width: int, odd: bool) -> torch.Tensor:
    """Mask that is 1 where the sum of the coordinates is odd (Figure 3, left)."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return ((rows + columns) % 2 == int(odd)).float()


class Coupling(nn.Module):
    """y = b*x + (1-b)*(x*exp(s(b*x)) + t(b*x)) (Equation 9)."""

    def __init__(self, mask: torch.Tensor, width: int = 256) -> None:
        super().__init__()
        size = mask.numel()
        self.register_buffer("mask", mask.flatten())
        self.scale = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, size), nn.Tanh())
        self.shift = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, size))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return y and log |det dy/dx| (Equation 6)."""
        kept = self.mask * x
        s, t = self.scale(kept) * (1 - self.mask), self.shift(kept) * (1 - self.mask)
        y = kept + (1 - self.mask) * (x * torch.exp(s) + t)
        return y, s.mean(dim=1)

    def inverse(self, y: torch.Tensor) -> torch.Tensor:
        """x = b*y + (1-b)*(y - t(b*y))*exp(-s(b*y)) (Equation 8)."""
        kept = self.mask * y
        s, t = self.scale(kept) * (1 - self.mask), self.shift(kept) * (1 - self.mask)
        return kept + (1 - self.mask) * (y - t) * torch.exp(-s)


class RealNVP(nn.Module):
    """Coupling layers with alternating masks over a standard normal prior."""

    def __init__(self, shape: tuple[int, int], layers: int = 8) -> None:
        super().__init__()
        masks = (checkerboard(*shape, odd=False) for layer in range(layers))
        self.layers = nn.ModuleList(Coupling(mask) for mask in masks)

    def log_likelihood(self, x: torch.Tensor) -> torch.Tensor:
        total = torch.zeros(len(x), device=x.device)
        for layer in self.layers:
            x, log_det = layer(x)
            total = total + log_det
        prior = torch.distributions.Normal(0.0, 1.0).log_prob(x).sum(dim=1)
        return prior + total

    def sample(self, number: int) -> torch.Tensor:
        z = torch.randn(number, self.layers[0].mask.numel())
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z
