"""Algorithm 1 with an exponential moving average of the weights."""

import copy
import sys

import torch
import yaml
from torchvision import datasets, transforms

from ddpm.diffusion.process import simple_loss
from ddpm.diffusion.schedule import linear
from ddpm.networks.unet import UNet


def train(config: dict) -> UNet:
    network = UNet(config["channels"], tuple(config["multipliers"]), config["dropout"]).cuda()
    average = copy.deepcopy(network)
    schedule = linear(config["steps"], *config["beta"])
    step = torch.optim.Adam(network.parameters(), lr=config["learning_rate"])
    scale = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    data = torch.utils.data.DataLoader(datasets.CIFAR10("data", download=True, transform=scale), config["batch"], shuffle=True)
    done = 0
    while done < config["iterations"]:
        for images, _ in data:
            loss = simple_loss(network, schedule, images.cuda())
            step.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            step.step()
            with torch.no_grad():
                for mean, now in zip(average.parameters(), network.parameters()):
                    mean.lerp_(now, 1 - config["ema"])
            done += 1
    return average


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        torch.save(train(yaml.safe_load(file)).state_dict(), "weights/ema.pt")
