"""Adam, learning rate 1e-3, 200000 iterations, batch 128 (Section 5)."""

import torch
from torchvision import datasets, transforms

from ncsn.loss import levels, score_matching
from ncsn.network import ScoreNetwork


def train(iterations: int = 200_000) -> ScoreNetwork:
    sigmas, network = levels().cuda(), ScoreNetwork().cuda()
    step = torch.optim.Adam(network.parameters(), lr=1e-3)
    data = datasets.CIFAR10("data", download=True, transform=transforms.ToTensor())
    done = 0
    while done < iterations:
        for x, _ in torch.utils.data.DataLoader(data, 128, shuffle=True, drop_last=True):
            loss = score_matching(network, x.cuda(), sigmas)
            step.zero_grad()
            loss.backward()
            step.step()
            done += 1
    return network


if __name__ == "__main__":
    torch.save(train().state_dict(), "score.ckpt")
