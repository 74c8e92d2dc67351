"""The engine that runs with no token, no hub and no weights: every answer is computed here, or refused.

Knows which of its methods answers which task, and the Hub's wire shapes of their answers. Knows no HTTP and no
editor, and loads nothing before a task needs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_inference.engines.engine import EngineAnswer, Refusal

if TYPE_CHECKING:
    from hf_inference.engines.embedded.apertium import Apertium
    from hf_inference.engines.embedded.completion import Completion
    from hf_inference.engines.embedded.language import LanguageDetector
    from hf_inference.engines.embedded.language_codes import LanguageTag
    from hf_inference.engines.embedded.sentiment import Sentiment
    from hf_inference.engines.embedded.translation import Translation, TranslationMemory
    from hf_inference.engines.embedded.workspace import Workspace


class EmbeddedEngine:
    """Answers five tasks from `folders` (the workspace) and the machine's own files. Thread-safe; costs nothing to
    construct. `close()` stops the indexing of the workspace."""

    name = "embedded"

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._making = threading.RLock()
        self._parts: dict[str, Any] = {}
        self._closed = False

    def models(self) -> Mapping[str, str]:
        """Model ids, each with its task; the first of a task answers where none is named."""
        models = dict(_MODELS)
        if not self._apertium().is_installed():
            del models["embedded/apertium"]
        return models

    def capabilities(self) -> Mapping[str, str]:
        """A sentence a task, for people: what its answers are worth."""
        capabilities = dict(_CAPABILITIES)
        if self._apertium().is_installed():
            capabilities["translation"] += "; what it does not know, Apertium drafts by rules"
        return capabilities

    def run(self, task: str, inputs: Any, parameters: Mapping[str, Any], model: str | None) -> EngineAnswer:
        """Answer `task` in the Hub's reply shape. Raises `Refusal`: 501 for a task it has no method for, 404 for a
        model it has not, 400 for bad input, 422 where there is nothing to answer from."""
        method = self._method(task, model)
        match method:
            case "embedded/extractive":
                return self._summarization(_text(inputs), parameters)
            case "embedded/patterns":
                return self._token_classification(_text(inputs), parameters)
            case "embedded/lexicon":
                scores = self._sentiment().scores(_text(inputs))
                return EngineAnswer(value=[_ranked(scores)], method=method, note="English lexicon, no model")
            case "embedded/language":
                detector = self._detector()
                guesses = detector.rank(_text(inputs))
                value = [_ranked({guess.language: guess.score for guess in guesses})]
                return EngineAnswer(value=value, method=method, note=detector.source)
            case "embedded/longest-suffix":
                return self._text_generation(_text(inputs), parameters)
            case _:
                return self._translation(inputs, parameters, model)

    def generate(self, prompt: str, parameters: Mapping[str, Any], model: str | None) -> Iterator[Mapping[str, Any]]:
        """Continue `prompt` as the workspace does: TGI stream items, the last with `generated_text`."""
        self._method("text-generation", model)
        text = _text(prompt)
        return self._completion().generate(text, parameters)

    def start(self) -> None:
        """Begin to index the workspace, and make ready what a first hover asks: 50 ms it need not wait for."""
        self._completion()
        for model in ("embedded/language", "embedded/lexicon", "embedded/patterns"):
            self.run(_MODELS[model], "The quick brown fox jumps over the lazy dog.", {}, model)

    def close(self) -> None:
        """Stop background work. Safe to call twice; the engine answers nothing afterwards that needs indexing."""
        with self._making:
            self._closed = True
            workspace = self._parts.pop("workspace", None)
            self._parts.pop("completion", None)
        if workspace is not None:
            workspace.close()

    # --- tasks -------------------------------------------------------------------------------------------------

    def _method(self, task: str, model: str | None) -> str:
        """The model that answers `task`, or a refusal that says what would."""
        models = self.models()
        if task not in models.values() and task not in _MODELS.values():
            raise Refusal(_NO_CHAT if task in _CHAT_TASKS else _NO_METHOD.format(task=task))
        if model is None:
            return next(name for name, served in models.items() if served == task)
        if models.get(model) == task:
            return model
        if model == "embedded/apertium" and task == "translation":
            raise Refusal(_NO_APERTIUM, status=404, error_type="model_not_found")
        served = ", ".join(name for name, answered in models.items() if answered == task)
        raise Refusal(
            f"The embedded engine has no model `{model}` for {task}; it has {served}. "
            "To use a model from the Hub, configure a token, an endpoint or a local server.",
            status=404,
            error_type="model_not_found",
        )

    def _summarization(self, text: str, parameters: Mapping[str, Any]) -> EngineAnswer:
        from hf_inference.engines.embedded.summarization import SummaryBudget, summarize

        budget = SummaryBudget(
            sentences=_whole(parameters, "sentences"),
            min_words=_whole(parameters, "min_length"),
            max_words=_whole(parameters, "max_length"),
        )
        summary = summarize(text, budget, _optional_text(parameters, "language"))
        return EngineAnswer(value=[{"summary_text": summary.text}], method="embedded/extractive", note=summary.note)

    def _token_classification(self, text: str, parameters: Mapping[str, Any]) -> EngineAnswer:
        from hf_inference.engines.embedded.entities import find_entities

        least = parameters.get("min_score")
        if least is None:
            least = 0.5
        if isinstance(least, bool) or not isinstance(least, int | float):
            raise _invalid("`min_score` must be a number from 0 to 1.")
        entities = find_entities(text, min_score=least, language_id=_optional_text(parameters, "language"))
        value = [
            {"entity_group": e.entity_group, "score": e.score, "word": e.word, "start": e.start, "end": e.end}
            for e in entities
        ]
        guessed = any(e.entity_group.endswith("?") for e in entities)
        return EngineAnswer(
            value=value,
            method="embedded/patterns",
            note="patterns; groups with ? are guesses" if guessed else "patterns",
        )

    def _text_generation(self, text: str, parameters: Mapping[str, Any]) -> EngineAnswer:
        last: Mapping[str, Any] = {}
        for item in self._completion().generate(text, parameters):
            last = item
        generated: dict[str, Any] = {"generated_text": last.get("generated_text") or ""}
        if parameters.get("details"):
            generated["details"] = last.get("details")
        return EngineAnswer(value=[generated], method="embedded/longest-suffix")

    def _translation(self, inputs: Any, parameters: Mapping[str, Any], model: str | None) -> EngineAnswer:
        target = _tag(parameters, "tgt_lang")
        source = _tag(parameters, "src_lang")
        if target is None:
            raise _invalid("`tgt_lang` is missing: name the language to translate into, such as `es`.")
        texts = inputs if isinstance(inputs, list) and inputs else [inputs]
        done: list[tuple[Translation, str]] = [self._translated(_text(text), target, source, model) for text in texts]
        methods = list(dict.fromkeys(method for _, method in done))
        notes = list(dict.fromkeys(translation.note for translation, _ in done))
        value = [{"translation_text": translation.text} for translation, _ in done]
        return EngineAnswer(value=value, method=", ".join(methods), note="; ".join(notes))

    def _translated(
        self, text: str, target: LanguageTag, source: LanguageTag | None, model: str | None
    ) -> tuple[Translation, str]:
        """From memory where that knows it all, else drafted by Apertium where that has the pair."""
        from hf_inference.engines.embedded.language_codes import LanguageTag, read_tag
        from hf_inference.engines.embedded.translation import Translation

        if source is None:
            # Catalogs translate from English: only what goes into English must first be told.
            english = target.language != "en" and not self._detector().is_confidently_not("en", text)
            source = LanguageTag("en") if english else read_tag(self._detector().rank(text)[0].language)
        if source is None:
            raise _invalid("Name the language of the text with `src_lang`.")
        if source.language == target.language and source.region == target.region:
            raise Refusal(
                f"The text is in `{target}` already, as far as can be told; name its language with `src_lang`.",
                status=422,
                error_type="nothing_to_translate",
            )
        mode = None if model == "embedded/memory" else self._apertium().mode(source, target)
        if model == "embedded/apertium" and mode is None:
            raise Refusal(
                f"Apertium has no pair from `{source}` to `{target}` installed; install it, "
                "or configure a translation model.",
                status=422,
                error_type="unsupported_language",
            )
        if model != "embedded/apertium":
            try:
                return self._memory().translate(text, target, source), "embedded/memory"
            except Refusal:
                if mode is None:
                    raise
        assert mode is not None
        draft = self._apertium().translate(text, mode)
        return Translation(draft, f"rule-based draft, Apertium {mode}"), "embedded/apertium"

    # --- parts, made when first needed -------------------------------------------------------------------------

    def _part(self, name: str, make: Callable[[], Any]) -> Any:
        with self._making:
            if name not in self._parts:
                self._parts[name] = make()
            return self._parts[name]

    def _apertium(self) -> Apertium:
        from hf_inference.engines.embedded.apertium import Apertium

        part: Apertium = self._part("apertium", Apertium)
        return part

    def _detector(self) -> LanguageDetector:
        from hf_inference.engines.embedded.language import LanguageDetector

        part: LanguageDetector = self._part("detector", LanguageDetector)
        return part

    def _sentiment(self) -> Sentiment:
        from hf_inference.engines.embedded.sentiment import Sentiment

        part: Sentiment = self._part("sentiment", lambda: Sentiment(self._detector()))
        return part

    def _memory(self) -> TranslationMemory:
        from hf_inference.engines.embedded.translation import TranslationMemory

        part: TranslationMemory = self._part("memory", lambda: TranslationMemory(self._folders))
        return part

    def _completion(self) -> Completion:
        from hf_inference.engines.embedded.completion import Completion
        from hf_inference.engines.embedded.workspace import Workspace

        def workspace() -> Workspace:
            if self._closed:
                raise Refusal("The embedded engine has been closed.", status=503, error_type="closed")
            made = Workspace(self._folders)
            made.start_indexing()
            return made

        part: Completion = self._part("completion", lambda: Completion(self._part("workspace", workspace)))
        return part


# --- inputs and outputs ----------------------------------------------------------------------------------------


def _text(inputs: Any) -> str:
    if not isinstance(inputs, str):
        raise _invalid(f"`inputs` must be a string, not {type(inputs).__name__}.")
    if not inputs.strip():
        raise _invalid("`inputs` is empty.")
    return inputs


def _whole(parameters: Mapping[str, Any], name: str) -> int | None:
    value = parameters.get(name)
    if value is None:
        return None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or value < 0:
        raise _invalid(f"`{name}` must be a whole number, not {value!r}.")
    return int(value)


def _optional_text(parameters: Mapping[str, Any], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise _invalid(f"`{name}` must be a string.")
    return value or None


def _tag(parameters: Mapping[str, Any], name: str) -> LanguageTag | None:
    from hf_inference.engines.embedded.language_codes import read_tag

    code = _optional_text(parameters, name)
    if code is None:
        return None
    tag = read_tag(code)
    if tag is None:
        raise _invalid(f"`{name}` names no language: {code!r}; say `es`, `es-MX` or `spa_Latn`.")
    return tag


def _invalid(sentence: str) -> Refusal:
    return Refusal(sentence, status=400, error_type="validation")


def _ranked(scores: Mapping[str, float]) -> list[dict[str, Any]]:
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return [{"label": label, "score": score} for label, score in ordered]


_MODELS: Mapping[str, str] = {
    "embedded/extractive": "summarization",
    "embedded/patterns": "token-classification",
    "embedded/lexicon": "text-classification",
    "embedded/language": "text-classification",
    "embedded/memory": "translation",
    "embedded/apertium": "translation",
    "embedded/longest-suffix": "text-generation",
}
_CAPABILITIES: Mapping[str, str] = {
    "summarization": "picks sentences, writes none; outlines code",
    "token-classification": "patterns that can be checked, and guesses of names marked with a question mark",
    "text-classification": "sentiment of English by lexicon; the language of a text by its words",
    "translation": "only what the catalogs of the workspace and this machine hold, no other sentence",
    "text-generation": "repeats what your workspace does, to the end of the line",
}
_CHAT_TASKS = frozenset({"conversational", "chat-completion", "chat"})
_NO_CHAT = (
    "The embedded engine cannot chat (conversational): it has no language model. Configure one with a Hub token, "
    "an endpoint, or a local OpenAI-compatible server such as llama-server or Ollama."
)
_NO_METHOD = (
    "The embedded engine has no method for {task}. Configure a model for it with a Hub token, an endpoint, "
    "or a local OpenAI-compatible server."
)
_NO_APERTIUM = (
    "The program `apertium` is not installed here; install it with a language pair, or configure a translation model."
)
