"""SHA-256 of the generators that ship, so that the doctor can tell whether they are whole.

`python -m models.digests` prints this table for the files that are there now.
"""

from __future__ import annotations

SHIPS = {
    "instant_textures.onnx": "62db8cd0925bd38f5ad21d7819d2032ba322ee812eaa3a640befe1612dbbcb59",
    "latent_letters.onnx": "021dd16692bfebca1af0802245baddbd48501b0ad1ae5cc6a0fdb675051c50a2",
    "latent_textures.onnx": "6a054f3e9efa1a356fff46a745a34f6d443f5e53a486c7140115c0d6f8b0775e",
}

if __name__ == "__main__":
    from .library import SHIPPED
    from .onnx_file import digest

    for path in sorted(SHIPPED.glob("*.onnx")):
        print(f'    "{path.name}": "{digest(path)}",')
