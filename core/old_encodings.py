"""Tell text of the old Vietnamese encodings TCVN3 and VNI from Unicode by trying to read its syllables."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_INITIAL_WORDS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"
_INITIALS = frozenset(["", *_INITIAL_WORDS.split()])
_RIME_WORDS = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
    ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang
    oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt
    ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych
    uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y ych yêm yên yêng yêt yêu
    ynh yt yu
    """
_RIMES = frozenset(_RIME_WORDS.split())
_TONES = "\u0300\u0301\u0303\u0309\u0323"

_TCVN3_FROM = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"
_TCVN3_TO = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_TCVN3 = str.maketrans(_TCVN3_FROM, _TCVN3_TO)
_TCVN3_SYMBOLS = re.compile("[µ¸¶·¹¨»¾¼½©®ª×«¬÷¡¢§£¤¥¦\xad]|(?<=[a-zµ-¾®])[\xc0-\xde]")

_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])")
_VNI_SINGLE = re.compile(f"[{''.join(_VNI_LETTERS)}]")
# Pairs that French writes too (aï, oï) are left out: alone they prove nothing.
_VNI_STRONG = re.compile("[aeouyôö][øûõâáàåãäêéèúüë]|[aeuyôö]ù|[euyôö]ï|[ao]ï(?:nh|ng|ch|[iouy])|ñ|öô")

_WORD = re.compile("[A-Za-z\xa1-\xac\xad\xae\xb5-\xbf\xc0-\u024f\u1ea0-\u1ef9\u0300-\u036f]+")
_ENOUGH_TEXT = 20_000
# Words of other languages that would read as a syllable: micrometre, French.
_FOREIGN_WORDS = frozenset({"µm", "µn", "où", "thaï", "loïc", "caïn", "haï", "dû"})


def is_vietnamese_syllable(word: str) -> bool:
    """Say whether the word is built like a Vietnamese syllable, wherever its one tone mark stands."""
    decomposed = unicodedata.normalize("NFD", word.replace("\u00d0", "Đ").lower())
    bare = "".join(char for char in decomposed if char not in _TONES)
    if len(decomposed) - len(bare) > 1:
        return False
    bare = unicodedata.normalize("NFC", bare)
    return any(bare[:cut] in _INITIALS and bare[cut:] in _RIMES for cut in range(min(4, len(bare))))


def _read_tcvn3(word: str) -> str:
    return word.translate(_TCVN3)


def _read_vni(word: str) -> str:
    lowered = _VNI_PAIR.sub(lambda pair: pair[1] + _VNI_MARKS[pair[2]], word.lower())
    return unicodedata.normalize("NFC", _VNI_SINGLE.sub(lambda letter: _VNI_LETTERS[letter[0]], lowered))


@dataclass(frozen=True)
class _Encoding:
    name: str
    read: Callable[[str], str]
    is_strong: Callable[[str], bool]


_ENCODINGS = (
    _Encoding("TCVN3", _read_tcvn3, lambda word: _TCVN3_SYMBOLS.search(word) is not None),
    _Encoding("VNI", _read_vni, lambda word: _VNI_STRONG.search(word.lower()) is not None),
)


def _is_legacy(word: str, encoding: _Encoding) -> bool:
    if word.isascii() or len(word) < 2 or word.lower() in _FOREIGN_WORDS or is_vietnamese_syllable(word):
        return False
    read = encoding.read(word)
    return read != word and is_vietnamese_syllable(read)


def _counts_against(word: str) -> bool:
    if is_vietnamese_syllable(word):
        return max(word) > "\xff"
    return not word.isupper()


def _evidence(words: list[str], encoding: _Encoding) -> int:
    """Return the weight of the words that only this encoding explains, or 0 when other words outweigh them."""
    legacy = [word for word in words if _is_legacy(word, encoding)]
    strong = sum(encoding.is_strong(word) for word in legacy)
    against = sum(_counts_against(word) for word in words) - len([word for word in legacy if _counts_against(word)])
    weight = len(legacy) + strong
    enough = strong > 0 or len(legacy) > 1 or (len(legacy) == 1 and len(words) > 2 and against == 0)
    return weight if enough and (weight > against or strong > 1) else 0


def legacy_encoding(text: str) -> str | None:
    """Return "TCVN3" or "VNI" when the text was typed in that old encoding, else None.

    Give it the raw text: TCVN3 writes ư as the soft hyphen, which cleaning removes.
    """
    if text.isascii():
        return None
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_ENOUGH_TEXT]))
    weight, name = max((_evidence(words, encoding), encoding.name) for encoding in _ENCODINGS)
    return name if weight else None
