"""What a message about a failed run offers to do about it: go on from where it broke, set a token, take another model.

Knows which remedy fits which failure and what the editor is able to do. Knows no action by name and no error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from lsprotocol import types as t

from hf_inference import is_hugging_face
from inference_lsp.features import secret_store
from inference_lsp.features.models import choose_model
from inference_lsp.jobs import Outcome
from inference_lsp.lsp import LanguageServer
from inference_lsp.protocol import CREDENTIAL, wants
from inference_lsp.results import Run
from inference_lsp.session import Session

CONTINUE = "Continue from here"
SET_TOKEN = "Set token"
GET_TOKEN = "Get a token"
OTHER_MODEL = "Choose another model"
SMALLER = "Send less at once"
TOKENS_PAGE = "https://huggingface.co/settings/tokens"

Choice = Callable[[], Awaitable[object]]


def remedies(
    server: LanguageServer,
    session: Session,
    run: Run,
    outcome: Outcome,
    *,
    again: Callable[[], object],
    with_less: Callable[[], object],
    go_on: Callable[[], object],
) -> Mapping[str, Choice]:
    """The buttons and what each does. `again` runs the action anew, `with_less` with less
    text a request, `go_on` from the text there is."""

    async def continued() -> None:
        go_on()

    async def less_sent() -> None:
        with_less()

    async def token_set() -> None:
        if await secret_store.ask(server, session, run.backend.origin, by_person=True):
            again()

    async def page_shown() -> None:
        await server.window_show_document_async(t.ShowDocumentParams(TOKENS_PAGE, external=True))

    async def model_chosen() -> None:
        if await choose_model(server, session, run.failed_task, run.backend, run.snapshot.settings):
            again()

    choices: dict[str, Choice] = {}
    if run.is_cut and run.text.strip():
        choices[CONTINUE] = continued
    if run.is_too_long and not run.backend.is_embedded:
        choices[SMALLER] = less_sent
    if outcome.remedy == "token" and wants(session.capabilities, CREDENTIAL):
        choices[SET_TOKEN] = token_set
    elif outcome.remedy == "token" and is_hugging_face(run.backend.origin) and _shows_pages(session):
        choices[GET_TOKEN] = page_shown
    if outcome.remedy == "model" and run.failed_task and not run.backend.is_embedded:
        choices[OTHER_MODEL] = model_chosen
    return choices


def _shows_pages(session: Session) -> bool:
    window = session.capabilities.window
    return bool(window and window.show_document and window.show_document.support)
