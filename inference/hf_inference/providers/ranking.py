"""Text ranking on the wire: TEI's `/rerank`, and text classification of pairs where only that is served.

Knows both bodies and replies. Knows no host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hf_inference.core.call import Call
from hf_inference.core.decoding import wrong_shape
from hf_inference.core.flow import Context, Flow
from hf_inference.core.wire import Request, Response
from hf_inference.providers.base import Form, routed

if TYPE_CHECKING:
    from hf_inference.tasks.nlp.text_ranking import TextRankingOutputValue

T = TypeVar("T")


class RerankForm(Form):
    """TEI's route; other servers' (`{results: [{index, relevance_score}]}`) is read too."""

    def __init__(self, route: str = "/rerank") -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        return self._route

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = call.payload()
        return {**(payload.pop("parameters", None) or {}), **payload}

    def decode(self, call: Call[T], value: Any) -> T:
        entries = value.get("results") if isinstance(value, dict) and "results" in value else value
        if isinstance(entries, list):
            entries = [_named(entry) for entry in entries]
        return best_first(super().decode(call, entries))


class PairScoresForm(Form):
    """A reranker served as text classification: each pair of query and text is one input, its score the rank."""

    def __init__(self, route: str) -> None:
        self._route = route

    def path(self, task: str, model: str) -> str:
        return routed(self._route, model)

    def body(self, call: Call[Any], model: str, context: Context) -> Any:
        payload = call.payload()
        return {"inputs": [{"text": payload["query"], "text_pair": text} for text in payload["texts"]]}

    def read(self, call: Call[T], request: Request, response: Response, context: Context) -> Flow[T]:
        yield from ()
        texts: list[str] = call.payload()["texts"]
        scores = _scores(response.json(request), len(texts))
        repeat = (call.payload().get("parameters") or {}).get("return_text")
        values = [
            {"index": index, "score": score, "text": texts[index] if repeat else None}
            for index, score in enumerate(scores)
        ]
        return best_first(super().decode(call, values))


def best_first(ranked: T) -> T:
    """The values by falling score, whatever order the server chose."""
    return cast(T, sorted(cast("list[TextRankingOutputValue]", ranked), key=lambda value: -value.score))


def _named(entry: Any) -> Any:
    if not isinstance(entry, Mapping) or "score" in entry or "relevance_score" not in entry:
        return entry
    document = entry.get("document")
    text = document.get("text") if isinstance(document, Mapping) else document
    return {"index": entry.get("index"), "score": entry["relevance_score"], "text": text}


def _scores(value: Any, count: int) -> list[Any]:
    """One score a pair, of `[{label, score}, …]`, `[[{label, score}], …]` or the first within a list of one."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list) and count != 1:
        value = value[0]
    if not isinstance(value, list) or len(value) != count:
        raise wrong_shape(f"a list of {count} scores", value)
    firsts = [entry[0] if isinstance(entry, list) and entry else entry for entry in value]
    return [entry.get("score") if isinstance(entry, Mapping) else entry for entry in firsts]
