"""The objective, Equation 4 of the paper."""

import torch
from torch.nn import functional as F


def objective(output: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor, beta: float) -> torch.Tensor:
    """F = E_q[log p(x|z)] - beta * KL(q(z|x) || p(z)), negated and averaged over the batch."""
    likelihood = -F.binary_cross_entropy_with_logits(output, x, reduction="none").sum(dim=(1, 2, 3))
    divergence = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)
    return -(likelihood - divergence).mean()
