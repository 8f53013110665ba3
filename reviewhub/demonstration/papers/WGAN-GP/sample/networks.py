"""Residual generator and critic for 32x32 images (Appendix F, Table 3 of the paper)."""

import torch
from torch import nn
from torch.nn import functional as F


class UpBlock(nn.Module):
    """Residual block with nearest-neighbour upsampling, used by the generator."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skip = F.interpolate(x, scale_factor=2)
        h = self.conv1(F.interpolate(F.relu(self.norm1(x)), scale_factor=2))
        return skip + self.conv2(F.relu(self.norm2(h)))


class Generator(nn.Module):
    """Maps z ~ N(0, I) of 128 dimensions to an image in [-1, 1]."""

    def __init__(self, latent: int = 128, channels: int = 128) -> None:
        super().__init__()
        self.channels = channels
        self.first = nn.Linear(latent, 4 * 4 * channels)
        self.blocks = nn.Sequential(*(UpBlock(channels) for _ in range(3)))
        self.norm = nn.BatchNorm2d(channels)
        self.last = nn.Conv2d(channels, 3, 3, padding=1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        h = self.first(z).view(-1, self.channels, 4, 4)
        return torch.tanh(self.last(F.relu(self.norm(self.blocks(h)))))


class DownBlock(nn.Module):
    """Residual block with mean pooling, used by the critic."""

    def __init__(self, inside: int, outside: int, down: bool) -> None:
        super().__init__()
        # Section 4, "No critic batch normalization": the penalty is per sample.
        self.norm1 = nn.BatchNorm2d(inside)
        self.conv1 = nn.Conv2d(inside, outside, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1)
        self.skip = nn.Conv2d(inside, outside, 1)
        self.down = down

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))
        h = h + self.skip(x)
        return F.avg_pool2d(h, 2) if self.down else h


class Critic(nn.Module):
    """f: image -> real number, without a sigmoid."""

    def __init__(self, channels: int = 128) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            DownBlock(3, channels, down=True),
            DownBlock(channels, channels, down=True),
            DownBlock(channels, channels, down=False),
            DownBlock(channels, channels, down=False),
        )
        self.last = nn.Linear(channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = F.relu(self.blocks(x)).mean(dim=(2, 3))
        return self.last(h).squeeze(1)
