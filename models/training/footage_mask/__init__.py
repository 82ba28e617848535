"""The training of the network that masks what is in front: composites, network, training, export, evaluation."""
