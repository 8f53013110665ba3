"""Time steps and schedules (Section 5 and Appendix C)."""

import math

import torch


def karras(number: int, epsilon: float = 0.002, last: float = 80.0, rho: float = 7.0) -> torch.Tensor:
    """t_i = (eps^(1/rho) + (i-1)/(N-1) (T^(1/rho) - eps^(1/rho)))^rho (Karras et al., 2022)."""
    share = torch.linspace(0, 1, number)
    return (epsilon ** (1 / rho) + share * (last ** (1 / rho) - epsilon ** (1 / rho))) ** rho


def number_of_steps(k: int, total: int, s0: int = 2, s1: int = 150) -> int:
    """N(k) of Appendix C."""
    return math.ceil(math.sqrt(k / total * ((s1 + 1) ** 2 - s0**2) + s0**2) - 1) + 1


def decay(k: int, total: int, mu0: float = 0.9, s0: int = 2) -> float:
    """mu(k) = exp(s0 log mu0 / N(k)) of Appendix C."""
    return math.exp(s0 * math.log(mu0) / number_of_steps(k, total))
