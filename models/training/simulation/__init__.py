"""Moving material that is made, not filmed: small simulations on a torus, so that every frame tiles.

`python -m models.training.simulation --out DATA/simulated` writes one animated PNG each for fire, smoke, water and
plasma: the clips that the elements learn their motion from.
"""
