"""The consistency function and its training loss (Sections 3 to 5)."""

import copy

import torch
from torch import nn

from steps import decay, karras, number_of_steps

SIGMA_DATA, EPSILON = 0.5, 0.002


class Consistency(nn.Module):
    """f(x, t) = c_skip(t) x + c_out(t) F(x, t) (Equation 5), with f(x, eps) = x."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        t = t.view(-1, 1, 1, 1)
        skip = SIGMA_DATA**2 / (t**2 + SIGMA_DATA**2)
        out = SIGMA_DATA * t / (SIGMA_DATA**2 + t**2).sqrt()
        return skip * x + out * self.network(x, t.flatten())


def training_loss(model: Consistency, target: Consistency, x: torch.Tensor, k: int, total: int, distance) -> torch.Tensor:
    """d(f(x + t_{n+1} z, t_{n+1}), f_target(x + t_n z, t_n)) (Algorithm 3)."""
    times = karras(number_of_steps(k, total)).to(x.device)
    n = torch.randint(len(times) - 1, (len(x),), device=x.device)
    later, earlier = times[n + 1], times[n]
    online = model(x + later.view(-1, 1, 1, 1) * torch.randn_like(x), later)
    with torch.no_grad():
        wanted = target(x + earlier.view(-1, 1, 1, 1) * torch.randn_like(x), earlier)
    return distance(online, wanted).mean()


@torch.no_grad()
def follow(model: Consistency, target: Consistency, k: int, total: int) -> None:
    """target <- mu target + (1 - mu) model."""
    mu = decay(k, total)
    for old, new in zip(target.parameters(), model.parameters()):
        old.mul_(mu).add_(new, alpha=mu)


@torch.no_grad()
def sample(model: Consistency, shape: tuple[int, ...], times: tuple[float, ...] = ()) -> torch.Tensor:
    """Algorithm 1: one step from T, then one for every further time."""
    x = model(80.0 * torch.randn(shape, device="cuda"), torch.full((shape[0],), 80.0, device="cuda"))
    for t in times:
        noised = x + (t**2 - EPSILON**2) ** 0.5 * torch.randn_like(x)
        x = model(noised, torch.full((shape[0],), t, device="cuda"))
    return x
