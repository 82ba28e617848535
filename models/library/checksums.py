"""SHA-256 of the generators that ship, so that the doctor can tell whether they are whole.

`python -m models.library.checksums` prints this table for the files that are there now.
"""

from __future__ import annotations

SHIPS = {
    "grown_elements.onnx": "5dba5c06a45b9ba1b69f8e8d4fdfd401d1ff2b0479460cbcef303df580e67f0b",
    "grown_mattes.onnx": "d9ff5bbcb536a7824f4594ae4836d3877bb14ae820d736da1bc2ffb7aee7f78a",
    "instant_space.onnx": "3072b148fd17ac76a2dd6d824622f517564f2e74bdf1d9f3e3b9088224467576",
    "instant_textures.onnx": "cbc9a76b3f365d7f02b097dce959af311bb6658b66dae5b16b0771c446fef7c3",
    "keyer.onnx": "0a9ce3f49ce75939d6b7bc68ad84674b7086fb9a0bc3843b577ced75ef2c058d",
    "latent_elements.onnx": "99c1dbed1fd064474d0d0d55d758b1aea50d022603c6ea4bcf548202dac869c1",
    "latent_letters.onnx": "c923a9e1eab9b75daec013e8708825472007d162023deece6c498643fbe709a9",
    "latent_materials.critic.onnx": "9e7683f10b926a4554c9b9e527c70f7012ac75a661e1867d813ed6bce3cf8965",
    "latent_materials.onnx": "ffbb4f713060386dd4c03213aefa1e30aa8a4bdbf0593d3efe000572e76d9ff2",
    "latent_materials_lite.onnx": "6a5c92c7b5bff74b641e107a5061df1b3f23b8258f7a3c7685160aa41c63417a",
    "latent_mattes.onnx": "49059b2e07ae89d8520037972e9c257071a795bfa0ff04956b9429230b10b485",
    "latent_music.onnx": "37275948fa589c9bb812c3add40a6e59f4f72a8e5bd0770fafb17062d6eed58c",
    "latent_skies.onnx": "70f51a129c1c3cb3bf0115934bfbb24e3b0e9bbeca2116393563961b6bf903a2",
    "latent_sounds.onnx": "4d12e3b9096f271b5f6cb23e59e5728c0e62ff62cf772a44c6f7ec585ae428aa",
    "latent_structures.onnx": "2ecd4774ee642cd8dcf35f3653bea5585160fd8ad21a82e6eb6bfaa55a25132c",
    "latent_subjects.onnx": "9b09f96398ee7b0a78762e8f0e7cfb26070cfaf08fa2322b23b9053002fb213b",
    "markov_sounds.onnx": "2a9834a821d6b8ebb450dc350a4cfd359b57d4c37858f0d439959892a89e9af3",
    "painted_looks.onnx": "7ae21cc09b02cbfee3c9f2e12b1c80bf8eb604fc1b06c4c0e38f4cf39048b2a2",
    "people.onnx": "3585941a8a7c51f1d9ee15a53cc5f77d75551890f51d893027069655a3a7bfaf",
    "photo_textures.onnx": "4bfe52f1caf4200d784e0deb2e263a6e0607fc6bc8e6322927775d3b0a6cab66",
    "statistical_sounds.onnx": "187b56bb12fdedcc7203ea6bc9ebd3c3aca6495156d0b063427197ddbc1c7642",
}

if __name__ == "__main__":
    from ..onnx.metadata import digest
    from .catalog import SHIPPED

    for path in sorted(SHIPPED.glob("*.onnx")):
        print(f'    "{path.name}": "{digest(path)}",')
