"""Old encodings: found by what the letters say, offered, and reported when they were guessed."""

from __future__ import annotations

import pytest

from models.errors import SubtitleError
from models.subtitles import ENCODINGS, read
from models.subtitles.encoding import decode
from models.subtitles.languages import OF

#: A few lines of talk in each language.
TALK = {
    "Russian": "Привет всем, как дела сегодня?\nЯ здесь уже целый час.\nПойдём домой, становится темно.",
    "Ukrainian": "Привіт, як твої справи сьогодні?\nЯ вже годину тут чекаю.\nХодімо додому, бо темніє, їжа холоне.",
    "Belarusian": "Добры дзень, як вашы справы?\nЯ ўжо гадзіну чакаю тут.\nХадзем дадому, хутка будзе цёмна.",
    "Bulgarian": "Здравейте, как сте днес?\nЧакам тук вече цял час.\nДа си вървим у дома, стъмва се.",
    "Serbian": "Здраво, како си данас?\nЧекам те овде већ сат времена.\nХајдемо кући, пада мрак, ђаво га однео.",
    "Macedonian": "Здраво, како си денес?\nТе чекам овде веќе еден час.\nАјде да одиме дома, се стемнува, ќерко.",
    "Greek": "Γεια σας, τι κάνετε σήμερα;\nΠεριμένω εδώ μια ώρα τώρα.\nΠάμε σπίτι, νυχτώνει.",
    "Turkish": "Merhaba, bugün nasılsın?\n"
    "Bir saattir burada bekliyorum.\nHadi eve gidelim, hava kararıyor, şimdi değil.",
    "Hebrew": "שלום לכולם, מה שלומכם היום?\nאני מחכה כאן כבר שעה.\nבוא נלך הביתה, מחשיך.",
    "Arabic": "مرحبا بالجميع كيف حالكم اليوم؟\nأنا هنا منذ ساعة كاملة\nهيا نذهب إلى البيت",
    "Persian": "سلام حال شما چطور است؟\nمن يک ساعت است که اينجا منتظرم\nبيا برويم خانه، پدر گفت",
    "Thai": "สวัสดีครับ วันนี้เป็นอย่างไรบ้าง\nผมรออยู่ที่นี่มาหนึ่งชั่วโมงแล้ว\nกลับบ้านกันเถอะ มืดแล้ว",
    "Lithuanian": "Labas, kaip tau šiandien sekasi?\nAš čia laukiu jau visą valandą.\nEime namo, temsta, ką gi žiūri.",
    "Latvian": "Sveiki, kā jums šodien klājas?\nEs šeit gaidu jau veselu stundu.\nIesim mājās, kļūst tumšs, vai ne?",
    "Estonian": "Tere, kuidas sul täna läheb?\nMa olen siin juba tund aega oodanud.\nLähme koju, õues läheb pimedaks.",
    "Polish": "Cześć, jak się dzisiaj masz?\nCzekam tu już całą godzinę.\nChodźmy do domu, robi się ciemno, proszę.",
    "Czech": "Ahoj, jak se dneska máš?\nČekám tady už celou hodinu.\nPojďme domů, stmívá se, řekl bych.",
    "Slovak": "Ahoj, ako sa dnes máš?\nČakám tu už celú hodinu.\nPoďme domov, stmieva sa, všetko je v poriadku.",
    "Hungarian": "Szia, hogy vagy ma?\nMár egy órája várok rád itt.\nMenjünk haza, sötétedik, később főzünk.",
    "Romanian": "Bună, ce mai faci astăzi?\n"
    "Aştept aici de o oră întreagă.\nHai să mergem acasă, se întunecă şi e târziu.",
    "Croatian": "Bok, kako si danas?\nČekam te ovdje već sat vremena.\nIdemo kući, pada mrak, možda će kiša.",
    "Slovenian": "Živjo, kako si danes?\nTukaj te čakam že celo uro.\nPojdiva domov, mrači se, še vedno dežuje.",
    "English": "It’s “naïve” – so they say…\nWe don’t know what he’s done in the café.\nI’ll be back.",
    "French": "C'était à la fête, où êtes-vous allés?\nJe vous ai attendus là-bas, ça ne fait rien.",
    "German": "Schöne Grüße, wie geht es dir heute?\nIch warte hier schon über eine Stunde.\nLaß uns nach Hause gehen.",
    "Spanish": "¡Hola! ¿Qué tal estás hoy, señor?\nMañana será otro día, ¿no?\nTambién está aquí la niña.",
    "Portuguese": "Olá, como está você hoje?\nNão há ninguém aqui, então vamos embora.\nAmanhã será melhor, irmão.",
    "Italian": "Perché non è venuto? È già tardi.\nLa città è così bella, più di ieri.\nNon lo so, però verrà.",
    "Swedish": "Hej, hur mår du i dag?\nJag har väntat här i en timme.\nVi går hem, det börjar bli mörkt, förstår du?",
    "Danish": "Hej, hvordan går det i dag?\n"
    "Jeg har ventet her på dig i en time.\nLad os gå hjem, det bliver mørkt, ikke også?",
    "Norwegian": "Hei, hvordan går det i dag?\n"
    "Jeg har ventet på deg her i en time.\nLa oss gå hjem før det blir mørkt.",
    "Finnish": "Hei, mitä sinulle kuuluu tänään?\nOlen odottanut täällä jo tunnin.\nMennään kotiin, alkaa hämärtää.",
    "Icelandic": "Halló, hvernig hefur þú það í dag?\n"
    "Ég er búinn að bíða hér í klukkutíma.\nFörum heim, það er að dimma.",
    "Dutch": "Hé, hoe gaat het met je vandaag?\n"
    "Ik wacht hier al één uur op je, België is ver.\nLaten we naar huis gaan.",
    "Catalan": "Hola, què tal estàs avui?\nFa una hora que t'espero aquí, això és massa.\nAnem cap a casa, però ràpid.",
    "Simplified Chinese": "你好，世界。我们今天去看电影吧。\n你在哪里？我等了你一个小时。",
    "Traditional Chinese": "你好，世界。我們今天去看電影吧。\n你在哪裡？我等了你一個小時。",
    "Japanese": "こんにちは、今日は映画を見に行きましょう。\nどこにいるの？もう一時間も待ってるよ。",
    "Korean": "안녕하세요, 오늘 영화 보러 갑시다.\n어디 있어요? 한 시간이나 기다렸어요.",
}
PAIRS = [(encoding, language) for encoding, languages in OF.items() for language in languages]


def srt(text: str) -> str:
    return "".join(
        f"{n}\r\n00:00:{n:02d},000 --> 00:00:{n:02d},900\r\n{line}\r\n\r\n"
        for n, line in enumerate(text.split("\n"), 1)
    )


@pytest.mark.parametrize(("encoding", "language"), PAIRS)
def test_an_encoding_is_found_by_its_letters(encoding: str, language: str) -> None:
    text = TALK[language].replace("ё", "е") if encoding == "iso-8859-5" else TALK[language]
    track = read(srt(text).encode(encoding))
    assert [cue.text for cue in track.cues] == text.split("\n")
    assert track.summary.remarks[0].startswith("The encoding was guessed: ")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_can_be_chosen(encoding: str) -> None:
    language = next((languages[0] for name, languages in OF.items() if name == encoding), "Danish")
    text = TALK[language]
    track = read(srt(text).encode(encoding), encoding)
    assert [cue.text for cue in track.cues] == text.split("\n")
    assert not track.summary.remarks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("language", ["French", "Hebrew", "Japanese"])
def test_unicode_is_no_guess(encoding: str, language: str) -> None:
    track = read(srt(TALK[language]).encode(encoding))
    assert [cue.text for cue in track.cues] == TALK[language].split("\n")
    assert not track.summary.remarks


def test_a_guess_says_what_was_taken_and_what_else_may_be_right() -> None:
    assert decode(srt(TALK["Hebrew"]).encode("cp1255")).remark == (
        "The encoding was guessed: CP1255 (Hebrew). If the text is wrong, choose another encoding."
    )
    unsure = decode("1\n00:00:01,000 --> 00:00:02,000\nnaïve\n".encode("cp1252"))
    assert " It may be CP125" in unsure.remark


def test_what_every_encoding_reads_alike_is_no_error() -> None:
    assert decode(b"x" * 20_000 + b"\xfe").encoding


def test_english_beside_another_language_leads_nobody_astray() -> None:
    english = "And here is what he says to her in English, at length and all the time.\n"
    for encoding, language in (
        ("cp1255", "Hebrew"),
        ("koi8-r", "Russian"),
        ("big5", "Traditional Chinese"),
        ("cp1253", "Greek"),
    ):
        text = "\n".join(english * 3 + line for line in TALK[language].split("\n"))
        assert decode(text.encode(encoding)).text == text


def test_what_a_file_declares_is_taken() -> None:
    body = '<tt><body><div><p begin="1s" end="2s">Ĝis revido</p></div></body></tt>'
    for name, said in (("iso-8859-2", "Äis"), ("cp1250", "Äis")):
        text = f'<?xml version="1.0" encoding="{name}"?>{body.replace("Ĝis", said)}'
        assert decode(text.encode(name)).encoding == name
    for name in (
        "hex",
        "idna",
        "punycode",
        "klingon",
        "utf-16",
        "undefined",
    ):  # no encoding of texts, or not this one's
        text = f'<?xml version="1.0" encoding="{name}"?>{body.replace("Ĝis", "Où")}'
        assert "Où" in decode(text.encode("cp1252")).text


def test_wrong_encodings() -> None:
    data = b"1\n00:00:01,000 --> 00:00:02,000\nna\xefve \xe2\x82\xac \x81\n"
    with pytest.raises(SubtitleError, match="Line 3 is not utf-8"):
        decode(data, "utf-8")
    for name in ("klingon", "hex", "undefined"):
        with pytest.raises(SubtitleError, match=f"no encoding '{name}'"):
            decode(data, name)
    assert len(read(data).cues) == 1


def test_mixed_encodings() -> None:
    cue = "1\n00:00:0{},000 --> 00:00:0{},500\n{}\n\n"
    russian = "".join(cue.format(n, n, "Привет, как дела?") for n in range(3)).encode()
    track = read(russian + cue.format(5, 5, "C'était à la fête, où êtes-vous?").encode("cp1252"))
    assert [c.text for c in track.cues] == ["Привет, как дела?"] * 3 + ["C'était à la fête, où êtes-vous?"]
    assert track.summary.encoding == "utf-8 and cp1252"
    assert track.summary.remarks == ["Lines that are not UTF-8 (15) were taken for CP1252."]
    broken = "\ufeff".encode() + cue.format(1, 1, "fine").encode() + b"2\n00:00:02,000 --> 00:00:03,000\nna\xefve\n"
    assert "stand for nothing in this encoding; they show as \ufffd (line 6)" in "\n".join(read(broken).summary.lines())
