"""Latin forms of Thai, Lao and Khmer words and of Burmese syllables.

In the first three, a vowel may stand before, above or around its consonant, and between two consonants none may be
written; which consonant closes a syllable is not marked. Read here as the official systems do (Thai: Royal Institute;
Khmer: by the two series of consonants), except that families spell as they please, so that a reading is for comparing,
never for showing as the name. In Burmese each syllable is read as people write it in Latin letters, where it is a word.

Invariants: pure and total; a sign that is not in the tables is left out.

>>> [latin_of_southeast(word) for word in ("สมชาย", "ประยุทธ์", "ທອງລຸນ", "ភ្នំពេញ", "မြင့်")]
['somchai', 'prayut', 'thonglun', 'phnompenh', 'myint']
>>> [latin_of_southeast(part) for part in burmese_syllables("အောင်ဆန်းစုကြည်")]
['aung', 'san', 'su', 'kyi']
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_THAI, _LAO, _BLOCK = 0x0E00, 0x0E80, 0x80


def is_southeast(letter: str) -> bool:
    """Whether a letter is Thai, Lao, Khmer or Burmese."""
    return "\u0e00" <= letter <= "\u0edf" or "\u1000" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff"


def latin_of_southeast(text: str) -> str:
    """The Latin form of a word: `a-z` and `0-9`."""
    first = next(filter(is_southeast, text), "")
    if first >= "\u1780":
        return _joined(_khmer(text))
    if first >= "\u1000":
        return "".join(map(_burmese, burmese_syllables(text)))
    return "".join(_joined(_thai(piece, lao=first >= "\u0e80")) for piece in _pieces(text, lao=first >= "\u0e80"))


class _Part(NamedTuple):
    """A consonant, or several, with a vowel or without; what it is at the end of a syllable, "" if it cannot be."""

    onset: str
    end: str
    vowel: str | None
    needs_end: bool = False
    open: bool = False  # nothing can close its syllable
    inherent: tuple[str, str] = ("a", "o")  # the vowel that is not written, before a vowel and before an end


def _joined(parts: list[_Part]) -> str:
    """Give vowels to the consonants that have none, or let them close the syllable before."""
    spelled = [at for at, part in enumerate(parts) if part.vowel is not None]
    bounds = [-1, *spelled, len(parts)]
    out = ""
    for at, following in pairwise(bounds):
        bare = parts[at + 1 : following]
        if at >= 0:
            part = parts[at]
            out += part.onset + (part.vowel or "")
            if bare and bare[0].end and not part.open and (part.needs_end or _closing(bare, following == len(parts))):
                out += bare[0].end
                bare = bare[1:]
        out += _bare(bare, first=at < 0, last=following == len(parts))
    return out


def _closing(bare: list[_Part], last: bool) -> bool:
    """Whether the first of the consonants that have no vowel closes the syllable before them."""
    if not last and bare[0].onset == "r":
        return False  # Surayut
    doubled = last and len(bare) == 2 and bare[0].end == bare[1].end != "n"
    return len(bare) % 2 == 1 or doubled


def _bare(parts: list[_Part], *, first: bool, last: bool) -> str:
    """Consonants without a vowel: pairs from the end make a syllable; one alone is short, or mute at the end."""
    out = ""
    if len(parts) % 2:
        head, parts = parts[0], parts[1:]
        out = "" if last and not first and not parts else head.onset + head.inherent[0]
    for left, right in zip(parts[::2], parts[1::2], strict=True):
        if not last and right.onset in "wvr":  # begins the next syllable: Chawalit, Sorayut
            out += left.onset + left.inherent[right.onset == "r"] + right.onset + right.inherent[0]
        else:
            out += left.onset + left.inherent[1] + (right.end or right.onset)
    return out


def _pairs(listed: str, *, several: bool = True) -> dict[str, tuple[str, str]]:
    """«signs text text/…», `-` for no text; several signs may have the same two."""
    rows = [row.split() for row in listed.split("/")]
    return {
        sign: (one.strip("-"), two.strip("-")) for signs, one, two in rows for sign in (signs if several else [signs])
    }


def _texts(listed: str) -> dict[str, str]:
    """«sign text sign text …», `-` for no text."""
    cells = listed.split()
    return {sign: text.strip("-") for sign, text in zip(cells[::2], cells[1::2], strict=True)}


def _plain(letter: str) -> str:
    """A figure of any script, or a letter of ours, as it is in Latin; else nothing."""
    return str(int(letter)) if letter.isdecimal() else letter.lower() if letter.isascii() else ""


_THAI_CONSONANTS = _pairs(
    "ก k k/ขฃคฅฆ kh k/ง ng ng/จ ch t/ฉฌ ch -/ช ch t/ซศษส s t/ญ y n/ฎด d t/ฏต t t/ฐฑฒถทธ th t/ณน n n"
    "/บ b p/ป p p/ผ ph -/ฝ f -/พภ ph p/ฟ f p/ม m m/ย y i/ร r n/ลฬ l n/ว w o/หฮ h -/อ - -"
)
_LAO_CONSONANTS = _pairs(  # by the places of the Thai letters that they correspond to
    "ก k k/ขค kh k/ง ng ng/จ ch t/ช s t/ญ y i/ด d t/ต t t/ถท th t/น n n/บ b p/ป p p/ผพ ph p/ฝฟ f p/ม m m"
    "/ย y i/ร r n/ล l n/ว v o/ส s t/หฮ h -/อ - -"
)
_TONES = re.compile("[\u0e46\u0e48-\u0e4b\u0e4e\u0e3a\u0e2f]")
_SILENT = re.compile("[ก-ฮ][ิุ]?\u0e4c")
_SILENT_R = re.compile("([\u0e31ิุ][กคชตท]|เพช)ร$")  # Samak, Prawit, Phet
_SIGN = "[ะ-ู\u0e3b\u0e3d\u0e47\u0e4d]"
_ONSET = "(?:[กขคจตปผพศส][รล]|[กขค]ว|ทร|ห[งญนมยรลว]|อย|[ก-ฮ])"
_VOWEL_BEFORE = re.compile(
    f"(?P<sign>[เแโใไ])(?P<onset>{_ONSET})(?P<rest>[ีื][ยอ]ะ?|\u0e3d|าะ|[อาิะ\u0e47\u0e4d]|ย(?![ก-ู]))?(?!{_SIGN})"
)
_VOWEL_AFTER = re.compile(
    f"(?P<onset>{_ONSET})(?P<sign>\u0e31วะ?|\u0e4dา|\u0e3bว|[ะ-ู\u0e3b\u0e3d\u0e4d]\u0e47?|รร(?!{_SIGN})"
    f"|อ(?!{_SIGN})|ว(?=[ก-ฮ](?!{_SIGN}))(?!วรร))"
)
_BEFORE = {"เ": "e", "แ": "ae", "โ": "o", "ใ": "ai", "ไ": "ai"}
_AROUND = _texts("ีย ia ียะ ia \u0e3d ia ือ uea ือะ uea าะ o อ oe า ao ิ oe \u0e4d oe ย oei")
_AFTER = _texts(
    "\u0e31วะ ua \u0e31ว ua \u0e3bว ua \u0e4dา am ำ am รร a อ o ว ua ะ a \u0e31 a า a ิ i ี i ึ ue ื ue ุ u ู u"
    " \u0e3b o \u0e3d ia \u0e4d o"
)


def _pieces(text: str, *, lao: bool) -> list[str]:
    """A Thai or Lao word in Thai letters, without tones, cut where letters are mute."""
    if lao:
        text = text.replace("ໜ", "ຫນ").replace("ໝ", "ຫມ").replace("ຼ", "ລ")
        text = "".join(chr(ord(x) - _BLOCK) if _LAO <= ord(x) < _LAO + _BLOCK else x for x in text)
    return [_SILENT_R.sub(r"\1", piece) for piece in _SILENT.split(_TONES.sub("", text.replace("ฤ", "รึ")))]


def _thai(text: str, *, lao: bool) -> list[_Part]:
    table = _LAO_CONSONANTS if lao else _THAI_CONSONANTS
    found: list[_Part] = []
    at = 0
    while at < len(text):
        if seen := _VOWEL_BEFORE.match(text, at):
            sign, rest = seen["sign"], seen["rest"] or ""
            whole = (sign == "เ" and rest in ("า", "าะ")) or sign in "ใไ" or rest.endswith("ะ")
            vowel = _AROUND.get(rest, _BEFORE[sign]) if sign == "เ" else _BEFORE[sign]
            found.append(_Part(_onset(seen["onset"], table), "", vowel, open=whole))
        elif seen := _VOWEL_AFTER.match(text, at):
            sign = seen["sign"].strip("\u0e47")
            closed = sign in ("\u0e31", "\u0e3b", "รร")
            vowel = "an" if sign == "รร" and not _closes(text, seen.end()) else _AFTER[sign]
            whole = sign in ("ะ", "\u0e4dา", "ำ") or vowel == "an"
            found.append(_Part(_onset(seen["onset"], table), "", vowel, closed, whole))
        elif text[at] in table:
            found.append(_Part(*table[text[at]], None))
            seen = None
        elif plain := _plain(text[at]):
            found.append(_Part(plain, "", "", open=True))
        at = seen.end() if seen else at + 1
    return found


def _closes(text: str, at: int) -> bool:
    """Whether the letter at a place is a consonant that no vowel follows."""
    return re.match(f"[ก-ฮ](?!{_SIGN})", text[at:]) is not None


def _onset(letters: str, table: dict[str, tuple[str, str]]) -> str:
    if len(letters) == 2 and letters[0] in "หอ":
        letters = letters[1]
    return "".join(table.get(letter, ("", ""))[0] for letter in letters)


# Khmer: consonants of the first series, spoken with «a», and of the second, spoken with «o»
_FIRST_SERIES = _pairs(
    "ក k k/ខ kh k/ច ch ch/ឆ chh -/ដ d t/ឋ th t/ណ n n/ត t t/ថ th t/ប b p/ផ ph p/ស s s/ឝឞ s s/ហ h -/ឡ l l/អ - -"
)
_SECOND_SERIES = _pairs(
    "គ k k/ឃ kh k/ង ng ng/ជ ch ch/ឈ chh -/ញ nh nh/ឌ d t/ឍ th t/ទ t t/ធ th t/ន n n/ព p p/ភ ph p/ម m m"
    "/យ y y/រ r r/ល l l/វ v v"
)
_KHMER_CONSONANTS = _FIRST_SERIES | _SECOND_SERIES
_KHMER_VOWELS = _pairs(
    "ា a ea/ិ e i/ី i i/ឹ e ue/ឺ eu eu/ុ o u/ូ ou ou/ួ uo uo/ើ aeu eu/ឿ oea oea/ៀ ie ie/េ e e/ែ e ae/ៃ ai ey/ោ o o"
    "/ៅ au ov/ំ am om/ះ ah eah/ុំ om um/ាំ am oam/ុះ oh uh/ោះ oh oh/េះ eh eh/័ a oa",
    several=False,
)
_KHMER_ALONE = _texts("ឥ e ឦ ei ឧ u ឩ u ឪ ov ឫ rue ឬ rue ឭ lue ឮ lue ឯ ae ឰ ai ឱ ao ឲ ao ឳ au")
_KHMER = re.compile(
    "(?P<base>[ក-អ])(?P<below>(?:[៉៊]|្[ក-អ])*)(?P<vowel>[ា-ៅ]*[៉៊]?[ា-ៅ]*[ំះ័]?)(?P<mark>[់៍៌៏]?)"
    "|(?P<alone>[ឥ-ឳ])|(?P<digit>[០-៩a-z0-9])"
)


def _khmer(text: str) -> list[_Part]:
    found: list[_Part] = []
    for seen in _KHMER.finditer(text.lower()):
        if seen["alone"]:
            found.append(_Part("", "", _KHMER_ALONE.get(seen["alone"], "")))
        elif digit := seen["digit"]:
            found.append(_Part(_plain(digit), "", "", open=True))
        elif seen["mark"] != "៍":  # which makes a letter mute
            found.append(_khmer_part(seen))
    return found


def _khmer_part(seen: re.Match[str]) -> _Part:
    shift = set(seen["below"] + seen["vowel"]) & set("៉៊")
    letters = [seen["base"], *(letter for letter in seen["below"] if letter in _KHMER_CONSONANTS)]
    second = "៊" in shift or ("៉" not in shift and any(letter in _SECOND_SERIES for letter in letters))
    onset = "".join(_KHMER_CONSONANTS[letter][0] for letter in letters)
    if seen["base"] == "ប" and "៉" in shift:
        onset = "p" + onset[1:]
    written = re.sub("[៉៊]", "", seen["vowel"])
    vowel = _KHMER_VOWELS.get(written, ("", ""))[second] if written else None
    end = "" if len(letters) > 1 else _KHMER_CONSONANTS[letters[0]][1]
    return _Part(onset, end, vowel, open=written.endswith(("ំ", "ះ")), inherent=("ao"[second], "ao"[second]))


# Burmese: what begins a syllable, and what it ends in
_BURMESE_ONSETS = _texts(
    "က k ခ kh ဂ g ဃ g င ng စ s ဆ s ဇ z ဈ z ည ny ဉ ny ဋ t ဌ ht ဍ d ဎ d ဏ n တ t ထ ht ဒ d ဓ d န n ပ p ဖ ph ဗ b ဘ b မ m"
    " ယ y ရ y လ l ဝ w သ th ဟ h ဠ l အ - ဿ th"
)
_BURMESE_ALONE = _texts("ဣ i ဤ i ဥ u ဦ u ဧ e ဩ aw ဪ aw")
_WITH_Y = {"kh": "ch", "g": "j"}
_RIMES = {  # by the vowel signs; what each final makes of them, * for none
    "": _texts("* a က et င in စ it ည i ဉ in တ at န an ပ at မ an ယ e ဏ an ံ an ဋ at ဒ at ဘ at သ at"),
    "ိ": _texts("* i က eik တ eik ပ eik န ein မ ein ံ ein ဒ eik ဂ eik"),
    "ု": _texts("* u က ok တ ok ပ ok န on မ on ံ on ဒ ok ဂ ok ဏ on"),
    "ေ": _texts("* e"),
    "ဲ": _texts("* e"),
    "ော": _texts("* aw က auk င aung"),
    "ို": _texts("* o က aik င aing ယ o"),
    "ွ": _texts("* wa က wet င win စ wit ည we တ ut န un ပ ut မ un ယ we ံ un"),
}
_SAME_SIGN = str.maketrans({"ါ": "ာ", "ီ": "ိ", "ူ": "ု", "း": None, "\u200b": None})
_BREAK = re.compile("(?=[က-ဪဿ](?!့?်))")
_STACKED = re.compile("်?္")
_BURMESE = re.compile("(?P<onset>[က-အဿ])(?P<medials>[ျြွှ]*)(?P<rest>.*)")


def burmese_syllables(text: str) -> list[str]:
    """A Burmese text cut into its syllables; letters that stand on each other belong to two."""
    return [part for part in _BREAK.split(_STACKED.sub("်", text)) if part]


def _burmese(syllable: str) -> str:
    seen = _BURMESE.match(syllable)
    if seen is None:
        return "".join(_BURMESE_ALONE.get(letter) or _plain(letter) for letter in syllable)
    onset, medials = _BURMESE_ONSETS[seen["onset"]], seen["medials"]
    if set(medials) & set("ျြ"):
        onset = _WITH_Y.get(onset, f"{onset}y") if onset != "y" else onset
    if "ှ" in medials:
        onset = "sh" if seen["onset"] in "ရသ" or onset == "ly" else f"h{onset}"
    rest = seen["rest"].translate(_SAME_SIGN)
    end = next((letter for letter in rest if letter in "ကဂငစညဉတနပမယဏဋဒဘသံ"), "*")
    signs = "".join(letter for letter in "ိုေဲာ" if letter in rest)
    if "ွ" not in medials:
        rime = _rime(signs, end)
    elif signs in ("", "ာ"):
        rime = _rime("ွ", end)
    else:
        rime = "w" + _rime(signs, end)
    return onset + rime + ("t" if "့" in rest and rime.endswith("n") else "")


def _rime(signs: str, end: str) -> str:
    table = _RIMES.get(signs, _RIMES[""])
    return table.get(end, table["*"])
