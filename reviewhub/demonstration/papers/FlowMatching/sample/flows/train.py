"""Conditional flow matching (Equation 9)."""

import argparse

import numpy as np
import torch

from flows.field import Field
from flows.paths import optimal_transport


def checkers(number: int, rng: np.random.Generator) -> torch.Tensor:
    """Uniform on the dark squares of a 4x4 board in [-2, 2]^2."""
    x = rng.uniform(-2, 2, number)
    y = rng.uniform(0, 1, number) + np.floor(x) % 2 - 2 * rng.integers(0, 2, number)
    return torch.tensor(np.stack((x, y), axis=1), dtype=torch.float32)


def train(steps: int = 20_000, size: int = 4096, seed: int = 0) -> Field:
    rng, field = np.random.default_rng(seed), Field()
    step = torch.optim.Adam(field.parameters(), lr=1e-3)
    for _ in range(steps):
        x1 = checkers(size, rng)
        x0 = torch.randn_like(x1)
        t = torch.rand(1, 1)
        x, velocity = optimal_transport(x0, x1, t)
        loss = (field(t, x) - velocity).pow(2).mean()
        step.zero_grad()
        loss.backward()
        step.step()
    return field


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--data", default="checkers")
    words.parse_args()
    torch.save(train().state_dict(), "field.ckpt")
