"""The disentanglement metric of Section 3."""

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression


def differences(model, data, rng, pairs: int = 64) -> tuple[np.ndarray, int]:
    """One training point: mean |z1 - z2| over pairs that share one generative factor (steps 1-3)."""
    factor = int(rng.integers(1, data.factors))
    first, second = data.sample(rng, pairs), data.sample(rng, pairs)
    second[:, factor] = first[:, factor]
    with torch.no_grad():
        z1, _ = model.encode(data.images(first))
        z2, _ = model.encode(data.images(second))
    return (z1 - z2).abs().mean(dim=0).cpu().numpy(), factor


def score(model, data, points: int = 5000, seed: int = 0) -> float:
    """Accuracy of a linear classifier that predicts the shared factor (steps 4 and 5)."""
    rng = np.random.default_rng(seed)
    drawn = [differences(model, data, rng) for _ in range(points)]
    x, y = np.stack([d for d, _ in drawn]), np.array([f for _, f in drawn])
    classifier = LogisticRegression(max_iter=1000).fit(x, y)
    return classifier.score(x, y)
