"""Measuring generators against photographs and against simpler methods, and writing the figures to docs."""
