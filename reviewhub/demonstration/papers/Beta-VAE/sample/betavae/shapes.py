"""dSprites: 737,280 binary images of 64x64 made from five factors. After the loader in the data set's repository."""

import numpy as np
import torch


class Shapes:
    """Random access to images by their factors (colour, shape, scale, rotation, x, y)."""

    sizes = np.array([1, 3, 6, 40, 32, 32])

    def __init__(self, path: str = "data/dsprites.npz", device: str = "cuda") -> None:
        with np.load(path, allow_pickle=True, encoding="latin1") as archive:
            self.pixels = archive["imgs"]
        self.device = device
        self.factors = len(self.sizes)
        self.bases = np.concatenate((self.sizes[::-1].cumprod()[::-1][1:], [1]))

    def sample(self, rng: np.random.Generator, number: int) -> np.ndarray:
        return np.stack([rng.integers(0, size, number) for size in self.sizes], axis=1)

    def images(self, factors: np.ndarray) -> torch.Tensor:
        chosen = self.pixels[factors @ self.bases]
        return torch.from_numpy(chosen).float().unsqueeze(1).to(self.device)
