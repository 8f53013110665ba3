"""Algorithm 2: ancestral sampling."""

import torch
from torch import nn
from tqdm import tqdm

from ddpm.diffusion.schedule import Schedule


@torch.no_grad()
def sample(network: nn.Module, schedule: Schedule, shape: tuple[int, ...], device: str = "cuda") -> torch.Tensor:
    """Draw x_0 by T steps of Equation 11, sigma_t^2 = beta_t."""
    x = torch.randn(shape, device=device)
    for t in tqdm(reversed(range(len(schedule.beta))), total=len(schedule.beta), desc="sample"):
        beta, alpha = schedule.beta[t], schedule.alpha[t]
        noise = network(x, torch.full((shape[0],), t, device=device))
        mean = (x - beta / (1 - schedule.alpha_bar[t]).sqrt() * noise) / alpha.sqrt()
        x = mean + beta.sqrt() * torch.randn_like(x)
    return x.clamp(-1, 1)
