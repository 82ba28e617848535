"""Small subtitle files of every format, and pieces that have been wrong before or are in the way of something."""

from __future__ import annotations

SEEDS = (
    "1\n00:00:01,000 --> 00:00:02,000\n"
    "<i>Hello</i> {\\an8}there &amp; here\n\n2\n00:00:03,000 --> 00:00:04,000\nx\ny\n",
    "WEBVTT\n\nSTYLE\n::cue {}\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 line:0 align:start position:10%\n"
    "<v Ann>hi<00:01.500><c.red> you</c> &lrm;\n\n00:03.000 --> 00:04.000\nx\n",
    "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\n\n"
    "[V4+ Styles]\nFormat: Name\nStyle: Default,Arial,20,&H0000FFFF,"
    "&H0,&H0,&H0,0,-1,0,0,100,100,0,0,1,2,2,8,10,10,10,1\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, "
    "MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1\\a6\\pos(1,2)\\c&HFF&}a\\Nb\n",
    "{1}{1}25\n{10}{20}{y:i,b}{c:$0000ff}one|two\n{30}{}three\n",
    "[10][20]/one|two\n[30][40]three\n",
    "00:00:01:one|two\n00:00:03:three\n",
    "<SAMI><HEAD><STYLE>P {}</STYLE></HEAD><BODY>\n<SYNC Start=1000><P Class=ENCC>one<br><i>two</i>\n<SYNC Start=2000>"
    "<P Class=ENCC>&nbsp;\n</BODY></SAMI>",
    '<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="x" ttp:frameRate="25" ttp:tickRate="10">'
    '<head><styling><style xml:id="s" tts:color="red"/></styling></head><body><div begin="1s"><p begin="00:00:01:12" '
    'dur="10t" style="s">one<br/><span tts:fontStyle="italic">two</span></p></div></body></tt>',
)  # fmt: skip
PIECES = (
    "-->", "->", "→", " --> ", "00:00:01,000", "00:00:01,000 --> 00:00:02,000", "：", "，", "0:", "-1",
    "nan", "inf", "1e999",
    "9" * 5000, " " * 3000, "\t", "\n", "\n\n", "\r", "\r\r\n", "\0", "\u2067", "\u2069", "\u200f", "\ufeff",
    "\u2028", "\ufffd",
    "<", ">", "</", "<i>", "</c>", "<00:00:01.000", "<font color=", "{", "}", "{\\", "{\\a13}", "{\\pos(nan,1)}",
    "{\\pos(1e999,2)}", "\\N", "\\", "&#" + "9" * 5000 + ";", "&amp", "&#x2067;", "line:-.", "line:1.1.1%",
    "position:9%", "STYLE",
    "NOTE", "REGION", "[Events]", "[" + "a" * 3000, "Dialogue:", "Style: x,y", "Format: Text", "{1}{1}",
    "{1}{1}0", "[1][2]",
    "<SYNC Start=", "<p ", "<br/>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!--", "<![CDATA[", "]]>",
    'begin="9f"', 'dur="-1s"',
    'ttp:frameRate="0"', 'ttp:frameRateMultiplier="0 0"', 'timeContainer="seq"',
)  # fmt: skip
