"""How each family of translation models is told the languages, and how much it reads at once.

Knows model families by their names on the Hub. Knows no text and no request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """`codes`: the model's code of an ISO 639-1 language, None if it does not know the language."""

    pattern: re.Pattern[str]
    codes: Callable[[str], str | None] | None = None
    needs_source: bool = False
    prefix: str = ""
    """What the text begins with, `{}` for the target's code; the languages are parameters where it is empty."""
    tokens: int = 400
    """The longest text in estimated tokens: these models cut off what is longer, silently."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a text is sent: what it begins with, and the parameters beside it."""

    prefix: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


class NoSuchLanguage(Exception):
    """The model does not translate into, or from, this language; the message says so."""


def family_of(model: str | None) -> Family:
    """The family of a model id."""
    name = (model or "").rpartition("/")[2].lower()
    return next(family for family in _FAMILIES if family.pattern.search(name))


def wording(model: str | None, source: str, target: str) -> Wording:
    """How `model` is asked for `target`; `source` may be "" where the family needs none. Raises `NoSuchLanguage`."""
    family = family_of(model)
    if family.codes is None:
        return _of_pair(model or "", source, target)
    codes = {"tgt_lang": family.codes(target)}
    if family.needs_source or source:
        codes["src_lang"] = family.codes(source)
    for name, code in codes.items():
        if code is None:
            language = target if name == "tgt_lang" else source
            raise NoSuchLanguage(f"{model} does not know the language `{language}`")
    known = {name: code for name, code in codes.items() if code is not None}
    return Wording(family.prefix.format(known["tgt_lang"])) if family.prefix else Wording("", known)


def _of_pair(model: str, source: str, target: str) -> Wording:
    """Models of one pair, or of a group of languages that the text has to choose from."""
    pair = _PAIR.search(model.rpartition("/")[2])
    if pair is None:  # a model that knows one pair without saying so in its name
        return Wording()
    into = pair["target"]
    spoken = {_two_letters(code) for code in re.split(r"[_+]", into)}
    if into.lower() in _GROUPS or len(spoken) > 1:
        code = _flores(target)
        if code is None:
            raise NoSuchLanguage(f"{model} does not know the language `{target}`")
        return Wording(f">>{code.partition('_')[0]}<< ")
    if target not in spoken:
        raise NoSuchLanguage(f"{model} translates into `{into}`, not into `{target}`")
    return Wording()


def _two_letters(code: str) -> str:
    code = code.lower()
    return next((two for two, flores in _FLORES.items() if flores.startswith(code + "_")), code)


def _flores(code: str) -> str | None:
    return _FLORES.get(code)


def _mbart(code: str) -> str | None:
    region = _MBART.get(code)
    return f"{code}_{region}" if region else None


def _same(code: str) -> str | None:
    return code or None


_PAIR = re.compile(r"^opus-mt-(?:tc-(?:big|base|tiny)-)?(?P<source>[\w+]+)-(?P<target>[\w+]+)$", re.IGNORECASE)
_GROUPS = frozenset(
    {"mul", "roa", "romance", "gem", "gmw", "gmq", "zle", "zls", "zlw", "sla", "ine", "cel", "inc", "fiu", "trk", "itc"}
)

_FLORES_LISTED = """
    af=afr_Latn am=amh_Ethi ar=arb_Arab as=asm_Beng az=azj_Latn be=bel_Cyrl bg=bul_Cyrl bn=ben_Beng bs=bos_Latn
    ca=cat_Latn cs=ces_Latn cy=cym_Latn da=dan_Latn de=deu_Latn el=ell_Grek en=eng_Latn eo=epo_Latn es=spa_Latn
    et=est_Latn eu=eus_Latn fa=pes_Arab fi=fin_Latn fr=fra_Latn ga=gle_Latn gl=glg_Latn gu=guj_Gujr he=heb_Hebr
    hi=hin_Deva hr=hrv_Latn hu=hun_Latn hy=hye_Armn id=ind_Latn is=isl_Latn it=ita_Latn ja=jpn_Jpan ka=kat_Geor
    kk=kaz_Cyrl km=khm_Khmr kn=kan_Knda ko=kor_Hang lo=lao_Laoo lt=lit_Latn lv=lvs_Latn mk=mkd_Cyrl ml=mal_Mlym
    mn=khk_Cyrl mr=mar_Deva ms=zsm_Latn mt=mlt_Latn my=mya_Mymr nb=nob_Latn ne=npi_Deva nl=nld_Latn nn=nno_Latn
    no=nob_Latn pa=pan_Guru pl=pol_Latn pt=por_Latn ro=ron_Latn ru=rus_Cyrl si=sin_Sinh sk=slk_Latn sl=slv_Latn
    sq=als_Latn sr=srp_Cyrl sv=swe_Latn sw=swh_Latn ta=tam_Taml te=tel_Telu th=tha_Thai tl=tgl_Latn tr=tur_Latn
    uk=ukr_Cyrl ur=urd_Arab uz=uzn_Latn vi=vie_Latn zh=zho_Hans zu=zul_Latn
    """
_FLORES = dict(pair.split("=") for pair in _FLORES_LISTED.split())
"""ISO 639-1 to the codes of FLORES-200, which NLLB is told."""

_MBART_LISTED = """
    ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX
    ro_RO ru_RU si_LK tr_TR vi_VN zh_CN af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN
    pl_PL ps_AF pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI
    """
_MBART = dict(pair.split("_") for pair in _MBART_LISTED.split())
"""ISO 639-1 to the regions of mBART-50's codes."""

_FAMILIES = (
    Family(pattern=re.compile("nllb"), codes=_flores, needs_source=True),
    Family(pattern=re.compile("mbart"), codes=_mbart, needs_source=True),
    Family(pattern=re.compile("m2m|small-?100"), codes=_same, needs_source=True),
    Family(pattern=re.compile("madlad"), codes=_same, prefix="<2{}> "),
    Family(
        pattern=re.compile("seamless"),
        codes=lambda code: (_flores(code) or "").partition("_")[0] or None,
        needs_source=True,
    ),
    Family(pattern=re.compile("opus-mt|t5")),
    Family(pattern=re.compile(""), codes=_same),
)
"""The first whose pattern is found in the model's name; the last is for models nobody told us of."""
