#!/bin/sh
# apple2orange: 995 apples, 1019 oranges for training; 266 and 248 for testing.
set -e
mkdir -p data
curl -L -o data/apple2orange.zip http://efrosgans.eecs.berkeley.edu/cyclegan/datasets/apple2orange.zip
unzip -q data/apple2orange.zip -d data
