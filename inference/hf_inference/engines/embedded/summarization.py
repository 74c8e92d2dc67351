"""Shortens a text by choosing its most central sentences, or outlines source code; it writes no sentence itself.

Knows LexRank (Erkan and Radev, 2004), the weight of position, and maximal marginal relevance. Knows no language
model, no HTTP and no editor.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from hf_inference.engines.embedded import outline
from hf_inference.engines.embedded.prose import Prose, read_prose, word_count, words_of
from hf_inference.engines.engine import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryBudget:
    """How long a summary may be: `sentences` exactly, or `min_words` and `max_words`; None leaves it to the text."""

    sentences: int | None = None
    min_words: int | None = None
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """`text` is what to show; `note` says where it came from ("3 of 41 sentences", "outline of Python code")."""

    text: str
    note: str


def summarize(text: str, budget: SummaryBudget, language_id: str | None = None) -> Summary:
    """Shorten `text`; `language_id` is the editor's (LSP) name of its language, where there is one.

    Raises `Refusal` 422 where the text is already as short as asked for, or is code that cannot be outlined.
    """
    if outline.is_code(text, language_id):
        if found := outline.outline(text, language_id):
            return Summary(found.text, f"outline of {found.language} code")
        raise Refusal(
            "No declaration was found in this code to outline; select a whole function or class, "
            "or configure a model to have it described.",
            status=422,
            error_type="nothing_to_summarize",
        )
    prose = read_prose(text)
    chosen = choose_sentences(prose, budget)
    return Summary(" ".join(prose.sentences[i] for i in chosen), f"{len(chosen)} of {len(prose.sentences)} sentences")


def choose_sentences(prose: Prose, budget: SummaryBudget) -> list[int]:
    """Indices into `prose.sentences`, in source order, of the sentences that say most of the text.

    Raises `Refusal` 422 rather than give the whole text back.
    """
    sentences = prose.sentences
    if not sentences:
        raise _refused("There is no sentence here to summarize: only marks, tables, headings or code.")
    if budget.sentences is not None and budget.sentences < 1:
        raise Refusal("`sentences` must be at least 1.", status=400, error_type="validation")
    wanted = budget.sentences or max(1, min(3, round(len(sentences) / 3)))
    if len(sentences) <= wanted:
        raise _already_short(len(sentences))
    lengths = [word_count(sentence) for sentence in sentences]
    if budget.min_words and sum(lengths) <= budget.min_words:
        raise _already_short(len(sentences))
    order = _by_relevance(prose)
    picked = _within(order, lengths, budget, wanted)
    if not picked:
        raise _refused(
            f"No sentence of this text has {budget.max_words} words or fewer, and the embedded engine "
            "only picks sentences; allow a longer summary, or configure a model that writes its own."
        )
    if len(picked) == len(sentences):
        raise _already_short(len(sentences))
    return sorted(picked)


def _within(order: list[int], lengths: list[int], budget: SummaryBudget, wanted: int) -> list[int]:
    """Walk the ranking and take what fits: up to `wanted` sentences, more only while under `min_words`."""
    picked: list[int] = []
    words = 0
    for i in order:
        if len(picked) >= wanted and not (budget.min_words and words < budget.min_words):
            break
        if budget.max_words is not None and words + lengths[i] > budget.max_words:
            continue
        picked.append(i)
        words += lengths[i]
    return picked


def _already_short(sentences: int) -> Refusal:
    return _refused(
        f"The text is already short ({sentences} {'sentence' if sentences == 1 else 'sentences'}): "
        "picking sentences from it would only repeat it."
    )


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, status=422, error_type="nothing_to_summarize")


# --- ranking ---------------------------------------------------------------------------------------------------


def _by_relevance(prose: Prose) -> list[int]:
    """Sentence indices, most worth showing first (maximal marginal relevance over centrality × position)."""
    # Pairs grow with the square: a long text is read as its first part, where texts say what they are about.
    sentences = prose.sentences[:_MOST_SENTENCES]
    vectors = _tf_idf(sentences)
    similarities = _similarities(vectors)
    central = _lex_rank(similarities)
    lead = 1.0 if prose.is_mail else 3.0
    worth = [
        central[i] * (1 + lead * math.exp(-i / 2)) * _style_weight(sentence, prose.is_mail)
        for i, sentence in enumerate(sentences)
    ]
    return _marginal(worth, similarities)


def _tf_idf(sentences: tuple[str, ...]) -> list[dict[str, float]]:
    """A unit vector a sentence. A word in every sentence weighs nearly nothing, so no stop list is needed for
    long texts; `_STOP_WORDS` helps the short ones."""
    counts = [Counter(_stem(w) for w in words_of(s) if w not in _STOP_WORDS) for s in sentences]
    frequency: Counter[str] = Counter()
    for count in counts:
        frequency.update(count.keys())
    total = len(sentences)
    vectors: list[dict[str, float]] = []
    for count in counts:
        vector = {
            word: (1 + math.log(n)) * (math.log((1 + total) / (1 + frequency[word])) + 1) for word, n in count.items()
        }
        norm = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({word: value / norm for word, value in vector.items()})
    return vectors


def _stem(word: str) -> str:
    """Enough to bring a plural to its singular; more would need a language."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _similarities(vectors: list[dict[str, float]]) -> list[dict[int, float]]:
    """Cosines of every pair that shares a word, by posting lists."""
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    near: list[dict[int, float]] = [{} for _ in vectors]
    for i, vector in enumerate(vectors):
        row = near[i]
        for word, value in vector.items():
            for j, other in postings[word]:
                row[j] = row.get(j, 0.0) + value * other
            postings[word].append((i, value))
    for i, row in enumerate(near):
        for j, cosine in row.items():
            if j < i:
                near[j][i] = cosine
    return near


def _lex_rank(similarities: list[dict[int, float]]) -> list[float]:
    """Weighted LexRank by power iteration: damping .85, edges under .05 dropped."""
    size = len(similarities)
    edges = [[(j, cosine) for j, cosine in row.items() if cosine >= _EDGE_THRESHOLD] for row in similarities]
    out = [sum(cosine for _, cosine in row) for row in edges]
    rank = [1.0 / size] * size
    for _ in range(_ITERATIONS):
        spread = [rank[i] / out[i] if out[i] else 0.0 for i in range(size)]
        lost = sum(rank[i] for i in range(size) if not out[i]) / size
        following = [
            (1 - _DAMPING) / size + _DAMPING * (lost + sum(spread[j] * cosine for j, cosine in row)) for row in edges
        ]
        change = sum(abs(a - b) for a, b in zip(rank, following, strict=True))
        rank = following
        if change < 1e-4:
            break
    return rank


def _style_weight(sentence: str, is_mail: bool) -> float:
    """What a sentence's form says about its worth alone, out of its context."""
    weight = 1.0
    length = word_count(sentence)
    if length < 5:
        weight *= 0.4
    elif length > 45:
        weight *= 0.6
    if _ANAPHORA.match(sentence):
        weight *= 0.7
    if not sentence.endswith(_ENDS):
        weight *= 0.4  # it leads into a list or a block that is not here, or is a heading
    symbols = sum(not (c.isalpha() or c.isspace()) for c in sentence)
    if symbols > 0.25 * len(sentence):
        weight *= 0.5
    if _REQUEST.search(sentence):
        weight *= 2.0 if is_mail else 1.15
    if _GREETING.match(sentence):
        weight *= 0.2
    return weight


def _marginal(worth: list[float], similarities: list[dict[int, float]]) -> list[int]:
    """Greedy order by λ·worth − (1−λ)·(likeness to what is already picked), λ = .7; stops at a screenful."""
    top = max(worth) or 1.0
    left = dict(enumerate(value / top for value in worth))
    likeness = [0.0] * len(worth)
    order: list[int] = []
    while left and len(order) < _MOST_PICKED:
        best = max(left, key=lambda i: (_RELEVANCE * left[i] - (1 - _RELEVANCE) * likeness[i], -i))
        del left[best]
        order.append(best)
        for j, cosine in similarities[best].items():
            likeness[j] = max(likeness[j], cosine)
    return order + sorted(left, key=lambda i: -left[i])


_DAMPING = 0.85
_EDGE_THRESHOLD = 0.05
_ITERATIONS = 30
_RELEVANCE = 0.7
_MOST_SENTENCES = 300
_MOST_PICKED = 40

_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "'", ")", "”", "’", "»", "」", "』")

_ANAPHORA = re.compile(
    r"(?:This|These|Those|That|It|They|He|She|Its|Their|His|Her|However|But|And|Also|Then|Therefore|Thus|Moreover"
    r"|Furthermore|Otherwise|Instead|For example|In addition|As a result|Dies|Diese[rs]?|Es|Sie|Aber|Und|Daher"
    r"|Cela|Ceci|Ils?|Elles?|Mais|Esto|Este|Esta|Pero|Sin embargo|Questo|Questa|Ma)\b"
)
_REQUEST = re.compile(
    r"\b(?:please|could you|can you|would you|need(?:s|ed)? to|must|deadline|due|by (?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day|by tomorrow|by (?:the )?end of|asap|urgent|action required|until|no later than|bitte|frist"
    r"|merci de|veuillez|por favor|fecha límite)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|thanks|thank you|best|kind regards|best regards|regards|cheers|sincerely|hallo|bonjour"
    r"|hola|liebe[rs]?|viele grüße)\b[^.?!]{0,40}[,.!]?$",
    re.IGNORECASE,
)
_STOP_WORDS_LISTED = """
    the a an and or but if of to in on at by for with from as is are was were be been being it its this that
    these those he she they we you i his her their our your my me him them us not no so than then there here
    what which who when where how all any can could will would shall should may might do does did have has had
    into over under more der die das ein eine und oder aber von zu im am ist sind war mit für auf nicht den
    dem des sich es le la les un une des et ou de du au aux est sont pour dans sur pas que qui il elle el los
    las una y o del al es son por con para en no se lo su il lo gli uno e di da che non per è sono
"""
_STOP_WORDS = frozenset(_STOP_WORDS_LISTED.split())
