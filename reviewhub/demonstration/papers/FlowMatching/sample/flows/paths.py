"""Conditional probability paths (Section 4)."""

import torch

SIGMA_MIN = 1e-3


def optimal_transport(x0: torch.Tensor, x1: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """psi_t(x0) = (1 - (1 - sigma_min) t) x0 + t x1 and its velocity (Equations 22 and 23)."""
    x = (1 - (1 - SIGMA_MIN) * t) * x0 + t * x1
    velocity = x1 - x0
    return x, velocity


def variance_preserving(x0: torch.Tensor, x1: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The diffusion path of Equation 19 with beta from 0.1 to 20."""
    integral = 0.5 * (1 - t) ** 2 * (20 - 0.1) + (1 - t) * 0.1
    alpha = torch.exp(-0.5 * integral)
    rate = 0.1 + (1 - t) * (20 - 0.1)
    x = alpha * x1 + (1 - alpha**2).sqrt() * x0
    velocity = 0.5 * rate * alpha * (alpha * x - x1) / (1 - alpha**2)
    return x, velocity
