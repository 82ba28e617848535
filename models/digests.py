"""SHA-256 of the generators that ship, so that the doctor can tell whether they are whole.

`python -m models.digests` prints this table for the files that are there now.
"""

from __future__ import annotations

SHIPS = {
    "grown_mattes.onnx": "8d3dfcb0355a5c1474578336fbce3d3ab50fd240b6cbd972823dc1dc6e1e4c7f",
    "instant_textures.onnx": "62db8cd0925bd38f5ad21d7819d2032ba322ee812eaa3a640befe1612dbbcb59",
    "keyer.onnx": "0a9ce3f49ce75939d6b7bc68ad84674b7086fb9a0bc3843b577ced75ef2c058d",
    "latent_letters.onnx": "021dd16692bfebca1af0802245baddbd48501b0ad1ae5cc6a0fdb675051c50a2",
    "latent_textures.onnx": "6a054f3e9efa1a356fff46a745a34f6d443f5e53a486c7140115c0d6f8b0775e",
}

if __name__ == "__main__":
    from .library import SHIPPED
    from .onnx_file import digest

    for path in sorted(SHIPPED.glob("*.onnx")):
        print(f'    "{path.name}": "{digest(path)}",')
