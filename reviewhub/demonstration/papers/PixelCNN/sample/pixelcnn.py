"""Gated PixelCNN on binarised MNIST, conditioned on the class (Section 2.3)."""

import torch
from torch import nn
from torch.nn import functional as F
from torchvision import datasets, transforms

from masked import GatedLayer, MaskedConv


class PixelCNN(nn.Module):
    def __init__(self, channels: int = 64, layers: int = 12, classes: int = 10) -> None:
        super().__init__()
        self.first = MaskedConv("A", 1, channels, 7, padding=3)
        self.layers = nn.ModuleList(GatedLayer(channels, classes) for _ in range(layers))
        self.last = nn.Sequential(nn.ReLU(), nn.Conv2d(channels, channels, 1), nn.ReLU(), nn.Conv2d(channels, 1, 1))

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        h = self.first(x)
        for layer in self.layers:
            h = layer(h, label)
        return self.last(h)

    @torch.no_grad()
    def sample(self, label: torch.Tensor, side: int = 28) -> torch.Tensor:
        """Pixel by pixel, row by row."""
        x = torch.zeros(len(label), 1, side, side, device=label.device)
        for row in range(side):
            for column in range(side):
                chance = torch.sigmoid(self(x, label)[:, :, row, column])
                x[:, :, row, column] = (chance > 0.5).float()
        return x


def train(epochs: int = 25) -> PixelCNN:
    model = PixelCNN().cuda()
    step = torch.optim.RMSprop(model.parameters(), lr=3e-4)
    binary = transforms.Compose([transforms.ToTensor(), lambda image: (image > 0.5).float()])
    data = torch.utils.data.DataLoader(datasets.MNIST("data", download=True, transform=binary), 32, shuffle=True)
    for epoch in range(epochs):
        for batch, (x, label) in enumerate(data):
            x, label = x.cuda(), label.cuda()
            nats = F.binary_cross_entropy_with_logits(model(x, label), x, reduction="sum") / len(x)
            step.zero_grad()
            nats.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            step.step()
            print(f"epoch {epoch:3d} batch {batch:4d}/1875 | nats {nats.item():.5f} | grad norm {norm:.5f} | lr {3e-4:.6f}")
    return model


if __name__ == "__main__":
    torch.save(train().state_dict(), "pixelcnn.ckpt")
