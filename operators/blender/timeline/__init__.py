"""Strips and channels: their recipes and states, text strips, sound strips."""
