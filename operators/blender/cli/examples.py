"""An example for the help of each command that has options to show."""

from __future__ import annotations

EXAMPLES = {
    "texture": "texture --style marble --seed 7 --length 100 --save",
    "matte": "matte --style frost --coverage 0.5 --length 100 --save",
    "mask": 'mask --select "Shot 1" --style green_screen --feather 3 --save',
    "restyle": 'restyle --select "Shot 1" --style ink --save',
    "transition": 'transition --select "Shot 1" "Shot 2" --style ink --length 24 --save',
    "sound": "sound --style thunder --frame-start 60 --length 90 --save",
    "sound-to-picture": "sound-to-picture --where CUTS --save",
    "music": "music --mood epic --length 600 --midi --save",
    "image": "image --generator faces --seed 3 --length 100 --save",
    "clip": "clip --generator waves --seed 3 --length 48 --save",
    "subtitles": "subtitles film.srt --style neon --appear write --save",
    "subtitles-import": "subtitles-import film.srt --save",
    "subtitles-export": "subtitles-export film.vtt",
    "text-style": "text-style --style gold --save",
    "react": "react --select Lava --setting scale --source Drums --measure onset --regenerate --save",
    "verify": "verify",
    "regenerate": "regenerate --save",
    "fit-to-handles": "fit-to-handles --select Marble --save",
    "variations": "variations --select Marble --count 4 --save",
    "stems": "stems --select Score --save",
    "accents": "accents --select Score --save",
    "midi-export": "midi-export score.mid --select Score",
    "import": "import faces.onnx models/",
    "generator-edit": "generator-edit --generator faces --label Faces",
    "generator-export-card": "generator-export-card faces.json --generator faces",
    "generator-remove": "generator-remove --generator faces",
    "generator-release": "generator-release --generator faces",
}
