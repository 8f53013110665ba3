"""Generator with nine residual blocks and 70x70 PatchGAN (Section 7.2)."""

import torch
from torch import nn


def layer(inside: int, outside: int, size: int, stride: int = 1, up: bool = False) -> list[nn.Module]:
    """c7s1-k, dk or uk of Section 7.2."""
    conv = (
        nn.ConvTranspose2d(inside, outside, 3, stride=2, padding=1, output_padding=1) if up
        else nn.Conv2d(inside, outside, size, stride=stride, padding=size // 2, padding_mode="reflect")
    )
    return [conv, nn.BatchNorm2d(outside), nn.ReLU(inplace=True)]


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*layer(channels, channels, 3), *layer(channels, channels, 3)[:2])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


def generator(blocks: int = 9) -> nn.Sequential:
    """c7s1-64, d128, d256, R256 x 9, u128, u64, c7s1-3."""
    return nn.Sequential(
        *layer(3, 64, 7), *layer(64, 128, 3, 2), *layer(128, 256, 3, 2), *(Residual(256) for _ in range(blocks)),
        *layer(256, 128, 3, up=True), *layer(128, 64, 3, up=True), nn.Conv2d(64, 3, 7, padding=3), nn.Tanh(),
    )


def discriminator() -> nn.Sequential:
    """C64-C128-C256-C512 on 70x70 patches."""
    sizes, layers = [3, 64, 128, 256, 512], []
    for at, (inside, outside) in enumerate(zip(sizes, sizes[1:])):
        layers += [nn.Conv2d(inside, outside, 4, stride=2 if at < 3 else 1, padding=1)]
        layers += [nn.InstanceNorm2d(outside)] if at else []
        layers += [nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4, padding=1))
