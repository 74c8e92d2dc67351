"""Reads the language codes that models, catalogs and editors use as one tag: `es`, `spa_Latn`, `es_XX`, `es-MX`.

Knows ISO 639-1 and the three-letter codes of NLLB, Tesseract and Apertium. Knows no names of languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LanguageTag:
    """`language` is ISO 639-1 where there is one; `region` is upper case, empty where it does not matter."""

    language: str
    region: str = ""

    def __str__(self) -> str:
        return f"{self.language}_{self.region}" if self.region else self.language


def read_tag(code: str) -> LanguageTag | None:
    """The tag `code` stands for, or None if it names no language we know."""
    match = _TAG.fullmatch(code.strip())
    if not match:
        return None
    language = match[1].lower()
    language = TWO_LETTERS.get(language, language)
    if language not in _KNOWN:
        return None
    region = ""
    for part in re.split(r"[-_]", match[2] or "")[1:]:
        if part.lower() in _SCRIPT_REGIONS:
            region = _SCRIPT_REGIONS[part.lower()]
        elif len(part) == 2 and part.upper() != "XX":
            region = part.upper()
    return LanguageTag(language, region)


_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z]{2,4}|[-_]\d{3}){0,3})(?:\.[\w-]+)?")
_SCRIPT_REGIONS = {"hans": "CN", "hant": "TW"}

_CODES_LISTED = """
    afr:af amh:am ara:ar arb:ar asm:as ast:ast aze:az azj:az bel:be ben:bn bos:bs bul:bg cat:ca ceb:ceb ces:cs
    cze:cs cym:cy dan:da deu:de ger:de ell:el gre:el eng:en epo:eo est:et ekk:et eus:eu fas:fa pes:fa per:fa
    fin:fi fra:fr fre:fr gle:ga glg:gl guj:gu heb:he hin:hi hrv:hr hun:hu hye:hy ice:is isl:is ind:id ita:it
    jpn:ja kan:kn kat:ka kaz:kk khm:km kor:ko lao:lo lat:la lit:lt ltz:lb lav:lv lvs:lv mal:ml mar:mr mkd:mk
    mlt:mt mon:mn msa:ms zsm:ms mya:my nld:nl dut:nl nno:nn nob:nb nor:nb no:nb iw:he in:id nep:ne npi:ne
    oci:oc ori:or pan:pa pol:pl por:pt ron:ro rum:ro rus:ru sin:si slk:sk slv:sl som:so spa:es sqi:sq srp:sr
    swa:sw swh:sw swe:sv tam:ta tel:te tgl:tl tha:th tur:tr ukr:uk urd:ur uzb:uz uzn:uz vie:vi zho:zh cmn:zh
    chi:zh zul:zu
"""
TWO_LETTERS: Final[dict[str, str]] = dict(pair.split(":") for pair in _CODES_LISTED.split())
"""Three-letter and withdrawn codes to the two letters in use; where ISO 639-1 has none, the three stay."""

_KNOWN_LISTED = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
    io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml
    mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
    se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi
    vo wa wo xh yi yo za zh zu
"""
_KNOWN = frozenset([*TWO_LETTERS.values(), *_KNOWN_LISTED.split()])
