"""Generator and discriminator (Figure 1 and the guidelines of Section 3)."""

import torch
from torch import nn


def start_weights(module: nn.Module) -> None:
    """Zero-centred normal distribution with standard deviation 0.02 (Section 4)."""
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)


class Generator(nn.Module):
    """z of 100 dimensions to 64x64: four fractionally-strided convolutions."""

    def __init__(self, latent: int = 100, width: int = 128) -> None:
        super().__init__()
        sizes = [8 * width, 4 * width, 2 * width, width]
        layers = [nn.ConvTranspose2d(latent, sizes[0], 4), nn.BatchNorm2d(sizes[0]), nn.ReLU()]
        for inside, outside in zip(sizes, sizes[1:]):
            layers += [nn.ConvTranspose2d(inside, outside, 4, 2, 1), nn.BatchNorm2d(outside), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh())

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.body(z[:, :, None, None])


class Discriminator(nn.Module):
    """64x64 image to one probability, strided convolutions and LeakyReLU of slope 0.2."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        sizes = [3, width, 2 * width, 4 * width, 8 * width]
        layers = []
        for at, (inside, outside) in enumerate(zip(sizes, sizes[1:])):
            layers += [nn.Conv2d(inside, outside, 4, 2, 1), nn.BatchNorm2d(outside), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Sigmoid())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x).flatten()
