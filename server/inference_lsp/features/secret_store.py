"""Credentials from the editor's secret store: asked for by origin, when one is needed and when one has changed.

Knows `inference/credential` and `inference/credentialChanged`. Knows no setting; a credential is used for the origin it
was asked for and for no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from hf_inference import is_hugging_face
from inference_lsp.lsp import LanguageServer, ResponseException
from inference_lsp.protocol import CREDENTIAL, CREDENTIAL_CHANGED, wants
from inference_lsp.session import Session

_log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds a secret store may take; it may have to ask the person to unlock it."""
PATIENCE_WITH_PEOPLE = 300.0
"""Seconds in which a person who wants to set a credential may do so."""


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(CREDENTIAL_CHANGED)
    async def credential_changed(params: Any) -> None:
        origin = params.get("origin") if isinstance(params, Mapping) else None
        if not isinstance(origin, str) or not origin:
            return
        # Hugging Face's hosts share an account, and an editor may name any of them; each is asked for by itself
        same = [one for one in session.origins() if is_hugging_face(one)] if is_hugging_face(origin) else []
        for one in dict.fromkeys([origin, *same]):
            await ask(server, session, one)


async def ask(server: LanguageServer, session: Session, origin: str, *, by_person: bool = False) -> bool:
    """Ask the editor for the credential of an origin, if it keeps any; whether it has one. `by_person`: the person
    wants to set one now, so the editor may ask them for it."""
    if not origin or not wants(session.capabilities, CREDENTIAL):
        return False
    asked = {"origin": origin, **({"ask": True} if by_person else {})}
    try:
        async with asyncio.timeout(PATIENCE_WITH_PEOPLE if by_person else PATIENCE):
            answer = await server.protocol.send_request_async(CREDENTIAL, asked)
    except (ResponseException, TimeoutError) as error:
        _log.warning("the editor gave no answer about the credential of %s: %s", origin, type(error).__name__)
        return False
    credential = answer.get("credential") if isinstance(answer, Mapping) else None
    session.give_credential(origin, credential if isinstance(credential, str) else "")
    return bool(credential)
