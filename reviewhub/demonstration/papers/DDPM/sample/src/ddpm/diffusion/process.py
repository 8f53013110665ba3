"""Equations 4 and 14: jumping to x_t, and the simple loss."""

import torch
from torch import nn
from torch.nn import functional as F

from ddpm.diffusion.schedule import Schedule


def _at(values: torch.Tensor, t: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return values.to(like.device)[t].view(-1, 1, 1, 1)


def diffuse(schedule: Schedule, x0: torch.Tensor, t: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps (Equation 4)."""
    kept = _at(schedule.alpha_bar, t, x0)
    return kept.sqrt() * x0 + (1 - kept) * noise


def simple_loss(network: nn.Module, schedule: Schedule, x0: torch.Tensor) -> torch.Tensor:
    """E ||eps - eps_theta(x_t, t)||^2 with t uniform (Equation 14)."""
    t = torch.randint(1, len(schedule.beta), (x0.size(0),), device=x0.device)
    noise = torch.randn_like(x0)
    return F.mse_loss(network(diffuse(schedule, x0, t, noise), t), noise)
