"""Trained textures: networks, losses, training, export, and what is derived from a trained run."""
