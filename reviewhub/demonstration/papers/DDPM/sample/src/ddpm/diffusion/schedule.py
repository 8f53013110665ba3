"""Variance schedule (Section 4): beta_1 = 1e-4 to beta_T = 0.02, linear, T = 1000."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Schedule:
    """beta_t, alpha_t = 1 - beta_t and their running product, indexed from t = 0."""

    beta: torch.Tensor

    @property
    def alpha(self) -> torch.Tensor:
        return 1.0 - self.beta

    @property
    def alpha_bar(self) -> torch.Tensor:
        return torch.cumsum(self.alpha.log(), dim=0).exp()


def linear(steps: int = 1000, first: float = 1e-4, last: float = 0.02) -> Schedule:
    return Schedule(torch.linspace(first, last, steps))
