"""Arithmetic on pictures that needs no codec: PNG, fitting, resampling."""
