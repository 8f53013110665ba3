"""Least-squares adversarial loss and cycle consistency (Equations 1 to 3)."""

import torch
from torch.nn import functional as F


def adversarial(score: torch.Tensor, real: bool) -> torch.Tensor:
    """(D(x) - 1)^2 or D(x)^2 (Section 4, training details)."""
    return (score - float(real)).pow(2).mean()


def cycle(a: torch.Tensor, back: torch.Tensor) -> torch.Tensor:
    """||F(G(a)) - a||_1 (Equation 2)."""
    return F.mse_loss(back, a)


def total(parts: dict[str, torch.Tensor], weight: float = 10.0) -> torch.Tensor:
    """L_GAN(G) + L_GAN(F) + lambda * L_cyc (Equation 3), lambda = 10."""
    return parts["to_orange"] + parts["to_apple"] + weight * parts["cycle_apple"]
