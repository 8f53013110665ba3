"""Inception score and FID of generated images."""

import numpy as np
import torch
from scipy import linalg


def inception_score(probabilities: torch.Tensor, splits: int = 10) -> tuple[float, float]:
    """exp(E[KL(p(y|x) || p(y))]) over `splits` parts (Salimans et al., 2016)."""
    scores = []
    for part in probabilities.chunk(splits):
        marginal = part.mean(dim=0, keepdim=True)
        divergence = (part * (part.log() - marginal.log())).sum(dim=1)
        scores.append(divergence.mean().exp().item())
    return float(np.mean(scores)), float(np.std(scores))


def frechet_distance(mean_a: np.ndarray, cov_a: np.ndarray, mean_b: np.ndarray, cov_b: np.ndarray) -> float:
    """||mu_a - mu_b||^2 + Tr(C_a + C_b - 2 (C_a C_b)^(1/2)) (Heusel et al., 2017)."""
    root = linalg.sqrtm(cov_a @ cov_b).real
    return float(((mean_a - mean_b) ** 2).sum() + np.trace(cov_a + cov_b - 2 * root))
