"""Losses of the paper: Equation 3."""

import torch
from torch import nn


def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """E[(||grad f(x_hat)||_2 - 1)^2], x_hat between a real and a generated sample (Algorithm 1, lines 5-7)."""
    epsilon = torch.rand(real.size(0), 1, 1, 1, device=real.device)
    mixed = (epsilon * real + (1 - epsilon) * fake).requires_grad_(True)
    score = critic(mixed)
    (gradient,) = torch.autograd.grad(score.sum(), mixed, create_graph=True)
    norm = gradient.view(gradient.size(0), -1).norm(2, dim=1)
    return ((norm - 1) ** 2).mean()


def critic_loss(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, weight: float) -> torch.Tensor:
    """L = E[f(fake)] - E[f(real)] + weight * penalty (Equation 3)."""
    penalty = gradient_penalty(critic, real, real)
    return critic(fake).mean() - critic(real).mean() + weight * penalty


def generator_loss(critic: nn.Module, fake: torch.Tensor) -> torch.Tensor:
    """-E[f(fake)] (Algorithm 1, line 12)."""
    return -critic(fake).mean()
