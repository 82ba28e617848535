"""How frequent letters are in the languages that old subtitle files are in, and the encodings of those languages."""

from __future__ import annotations

#: Letters of each language, the most frequent first; those of one in five thousand and more.
LETTERS = {
    "Russian": "оиаенрствлкмдпяугйызбьхчцжфюшщэёъ",
    "Ukrainian": "наоіетрисвклдумпьзягцбйчхїюфжєшщґ",
    "Belarusian": "аыінрелстокдвпяўмзбгьухцчшюэйжфё",
    "Bulgarian": "аиеонтрсвклдпмгзяъубчцйжфщхшюь",
    "Serbian": "аиоенртсвдкујмлпзгбшчћжцњђхљфџ",
    "Macedonian": "аоиентрсквдлпмјугзбчцшфжхњѓќџ",
    "Greek": "αοτινερκσςηπμυλίόγάήδέωχύθφβώζξψϊΐ",
    "Turkish": "aeinrlıdktsmuoybügşvzhcpfçğöjwâx",
    "Hebrew": "יוהרלבתמאשנדקעםפסחכטגןצזךףץ\u05b0\u05b4\u05b6\u05b7\u05b8\u05b9\u05bc",
    "Arabic": "اليمونرتبةدعسفهكقحأجشطصإىزخثغضذئءظ\u064bًآؤّـ\u0651\u064e\u064f\u0650",
    "Persian": "ايرنهدومتسشبکلزفعجقگآخپطصحچغذژ\u0654ضئظث\u064f\u0650\u064e\u064b",
    "Thai": (
        "านรอเกง\u0e48ม\u0e31\u0e35ยวล\u0e49ท\u0e34สดตปะหบคแพจ\u0e4c\u0e37ชข\u0e47ใ\u0e38โ\u0e39ศไำ\u0e36ซษถภ"
        "ธณผญฟฐฤฮฉๆฝฏฎฒ\u0e4aฑฬ"
    ),
    "Lithuanian": "iasoerntuklmpdjvgėyųbšžcūčįzfąhęwx",
    "Latvian": "aisertunoklāmdpvjzībgēcšfļūhņžķģčywx",
    "Estonian": "aeistnloukrmdvghpjbäõüfcöywzšxž",
    "Polish": "aioenwrscztkdypmlujghłbóąśężfńvćxźé",
    "Czech": "eoantsirvklmudpíchjázbyéěýřčžgšfůwúxňóťď",
    "Slovak": "oaenirtsvklmdpucjházbyýíčéúgšžfľťówôxňäďĺ",
    "Hungarian": "aetlsnrikozágémbydvpuhcjfóöőíüúűwx",
    "Romanian": "eiarntulocsdmpăfbgvîţşzhâjkxywé",
    "Croatian": "aieonrjskutldmvpgzcbhčšžfćywđxqáé",
    "Slovenian": "aeionrslkjtvdpmuzbghcčšžfywáéíóx",
    "English": "etaonirshdlucmgfpwybvkjxqzéïèç",
    "French": "eanistrloudcmépghbfvqyàjxèkwçzêôîâï",
    "German": "enirstadlhuocmgbkfpwzvüäyöjßxéq",
    "Spanish": "eaonisrldtcumpgbfyvhóqíjzáékxñúw",
    "Portuguese": "aeoidsrntmculpgbhfvéãçíqákzjóxywêúâõàô",
    "Italian": "aieonltrsdcumpgvbfhzèkyqàwjxùòé",
    "Swedish": "earntsilodmkgvufhpäbcöåyjwxzé",
    "Danish": "erntisadlogmkfbuvphyøcåæjwzxé",
    "Norwegian": "erntsaioldkgmvufpbhyøjåcwæzxäqéö",
    "Finnish": "ainetsolukrmäjvphydgcböfwxz",
    "Icelandic": "arniestuðlgmkfhvoáíþdjóöbyæúépýxcwqz",
    "Dutch": "enaitrsodlmghuvcpkbwjfzyëéxqáöü",
    "Catalan": "aeislnrtdocumpgbfvéhqóàèyíxjòkzwçúïü",
}
_HAN = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实吗吧什谁呢啊给让话知"
)
_HAN_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事"
    "成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實嗎吧什誰呢啊給讓話知"
)
_HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))
_KATAKANA = "".join(map(chr, range(0x30A1, 0x30FD)))
_HANGUL = (
    "이다는을를에의가고하지기은로도사한나리어시아그인서자대니들일해것수있보제주정상전내라안거만면세요네여우게스부오까"
)
#: For languages of many characters: the frequent ones and the share of a text that they make up, then the others.
MANY: dict[str, tuple[tuple[str, float], ...]] = {
    "Simplified Chinese": ((_HAN, 0.5), ("一-鿿", 0.5)),
    "Traditional Chinese": ((_HAN_TRADITIONAL, 0.5), ("一-鿿", 0.5)),
    "Japanese": ((_HIRAGANA, 0.5), (_KATAKANA, 0.17), ("一-鿿", 0.33)),
    "Korean": ((_HANGUL, 0.5), ("가-힣", 0.5)),
}
#: Encodings, most likely first, and their languages. An earlier one wins where two say the same.
OF: dict[str, tuple[str, ...]] = {
    "cp1252": ("English", "French", "German", "Spanish", "Portuguese", "Italian", "Swedish", "Danish", "Norwegian",
               "Finnish", "Icelandic", "Dutch", "Catalan", "Estonian"),
    "cp1250": ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovenian"),
    "cp1251": ("Russian", "Ukrainian", "Belarusian", "Bulgarian", "Serbian", "Macedonian"),
    "gb18030": ("Simplified Chinese",),
    "big5": ("Traditional Chinese",),
    "shift_jis": ("Japanese",),
    "euc_kr": ("Korean",),
    "cp1254": ("Turkish",),
    "cp1253": ("Greek",),
    "cp1255": ("Hebrew",),
    "cp1256": ("Arabic", "Persian"),
    "cp1257": ("Lithuanian", "Latvian", "Estonian"),
    "cp874": ("Thai",),
    "koi8-r": ("Russian",),
    "koi8-u": ("Ukrainian",),
    "cp866": ("Russian",),
    "iso-8859-2": ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovenian"),
    "iso-8859-13": ("Lithuanian", "Latvian"),
    "iso-8859-5": ("Russian", "Bulgarian", "Serbian", "Macedonian"),
    "iso-8859-7": ("Greek",),
    "iso-8859-6": ("Arabic",),
    "euc_jp": ("Japanese",),
}  # fmt: skip
#: What the encodings that may be chosen are for, most likely first. The last one is offered and never guessed.
CHOICES = {
    "utf-8": "Any Language",
    "utf-16": "Any Language",
    "cp1252": "Western European",
    "cp1250": "Central European",
    "iso-8859-2": "Central European",
    "cp1251": "Cyrillic",
    "koi8-r": "Russian",
    "koi8-u": "Ukrainian",
    "cp866": "Cyrillic, DOS",
    "iso-8859-5": "Cyrillic",
    "cp1253": "Greek",
    "iso-8859-7": "Greek",
    "cp1254": "Turkish",
    "cp1255": "Hebrew",
    "cp1256": "Arabic and Persian",
    "iso-8859-6": "Arabic",
    "cp1257": "Baltic",
    "iso-8859-13": "Baltic",
    "cp874": "Thai",
    "gb18030": "Simplified Chinese",
    "big5": "Traditional Chinese",
    "shift_jis": "Japanese",
    "euc_jp": "Japanese",
    "euc_kr": "Korean",
    "cp1258": "Vietnamese",
}
