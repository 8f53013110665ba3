"""Encoder and decoder of Section 4.1: two strided convolutions, two residual blocks, 256 channels."""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU(), nn.Conv2d(channels, channels, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


def encoder(channels: int = 256, size: int = 64) -> nn.Sequential:
    """32x32 image to 8x8 vectors of `size` dimensions."""
    return nn.Sequential(
        nn.Conv2d(3, channels, 4, stride=2, padding=1), nn.ReLU(), nn.Conv2d(channels, channels, 4, stride=2, padding=1),
        Residual(channels), Residual(channels), nn.Conv2d(channels, size, 1),
    )


def decoder(channels: int = 256, size: int = 64) -> nn.Sequential:
    """The encoder backwards."""
    return nn.Sequential(
        nn.Conv2d(size, channels, 3, padding=1), Residual(channels), Residual(channels),
        nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1), nn.ReLU(),
        nn.ConvTranspose2d(channels, 3, 4, stride=2, padding=1), nn.Tanh(),
    )
