"""Adam, learning rate 2e-4, batch 128, 250000 steps (Section 4)."""

import torch
from torch.nn import functional as F
from torchvision import datasets, transforms

from networks import decoder, encoder
from quantiser import Quantiser


def train(steps: int = 250_000):
    encode, quantise, decode = encoder().cuda(), Quantiser().cuda(), decoder().cuda()
    step = torch.optim.Adam([*encode.parameters(), *decode.parameters()], lr=2e-4)
    data = datasets.CIFAR10("data", transform=transforms.ToTensor())
    done = 0
    while done < steps:
        for x, _ in torch.utils.data.DataLoader(data, 128, shuffle=True, drop_last=True):
            x = x.cuda()
            e, extra, _ = quantise(encode(x))
            loss = F.mse_loss(decode(e), x) + extra
            step.zero_grad()
            loss.backward()
            step.step()
            done += 1
    return encode, quantise, decode


if __name__ == "__main__":
    torch.save([part.state_dict() for part in train()], "vqvae.ckpt")
