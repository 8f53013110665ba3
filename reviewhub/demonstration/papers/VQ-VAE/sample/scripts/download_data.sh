#!/bin/sh
# Brings CIFAR-10 to data/ and checks it.
set -e
mkdir -p data
curl -L -o data/cifar-10-python.tar.gz https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz
echo "c58f30108f718f92721af3b95e74349a  data/cifar-10-python.tar.gz" | md5sum -c -
tar -xzf data/cifar-10-python.tar.gz -C data
