"""pygls' `LanguageServer` with its defects mended: what an application registers its features on.

Knows how to serve one editor over standard streams, a loopback socket or any two streams.
Refuses to know a single feature.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, cast

from pygls.lsp.server import LanguageServer as PyglsLanguageServer

from inference_lsp.lsp.converter import make_converter
from inference_lsp.lsp.deferred import Deferred
from inference_lsp.lsp.inbox import Inbox
from inference_lsp.lsp.json_rpc import Protocol
from inference_lsp.lsp.stdio import WriterThread, accept_one, start_reader, take_stdio
from inference_lsp.lsp.text_document import Workspace

if TYPE_CHECKING:
    from pygls.server import ServerErrors

_log = logging.getLogger(__name__)


class LanguageServer(PyglsLanguageServer):
    """Serves one editor, once. Features, commands and senders are registered and used as with pygls."""

    protocol: Protocol

    def __init__(
        self,
        name: str,
        version: str,
        *,
        content_schemes: Sequence[str] = (),
        experimental: Mapping[str, object] | None = None,
        shutdown_timeout: float = 2.0,
        deferred: Deferred | None = None,
    ) -> None:
        """`content_schemes`: URI schemes served by `workspace/textDocumentContent`. `experimental`:
        advertised as it is. `shutdown_timeout`: seconds for each of: ending what runs, the callbacks, the
        last writes. `deferred`: what is not registered yet when `initialize` comes; its capabilities are all there
        are."""
        super().__init__(name, version, protocol_cls=Protocol, converter_factory=make_converter)
        self.protocol.content_schemes = tuple(content_schemes)
        self.protocol.experimental = experimental
        self.protocol.shutdown_timeout = shutdown_timeout
        self.protocol.deferred = deferred
        self._writer: WriterThread | None = None

    @property
    def workspace(self) -> Workspace:
        """The documents the editor has open."""
        return cast(Workspace, super().workspace)

    def on_shutdown(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Awaited, in order of registration, before `shutdown` is answered or when the editor just goes."""
        self.protocol.shutdown_callbacks.append(callback)

    def serve_stdio(self) -> int:
        """Serves this process's standard streams, which are the protocol's from then on; the exit code."""
        return self.serve_streams(*take_stdio())

    def serve_tcp(self, host: str, port: int) -> int:
        """Waits for one editor on a loopback address (`ValueError` for others), serves it; the exit code."""
        with (
            accept_one(host, port) as connection,
            connection.makefile("rb", buffering=0) as stdin,
            connection.makefile("wb", buffering=0) as stdout,
        ):
            return self.serve_streams(cast(BinaryIO, stdin), cast(BinaryIO, stdout))

    def serve_streams(self, stdin: BinaryIO, stdout: BinaryIO) -> int:
        """Serves until `exit` or the end of `stdin`: 0 if `shutdown` came before, else 1; 130 on Ctrl-C."""
        for name in ("pygls", "asyncio"):
            # Below this level they log whole messages: the user's text, and what else is in initialize.
            logger = logging.getLogger(name)
            logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
        try:
            return asyncio.run(self._serve(stdin, stdout))
        except KeyboardInterrupt:
            return 130
        finally:
            if self._writer is not None and not self._writer.close(self.protocol.shutdown_timeout):
                _log.warning("the editor did not read the last messages")
            if self._thread_pool is not None:
                self._thread_pool.shutdown(wait=False, cancel_futures=True)

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Logged and never shown: a pop-up for each failing notification helps nobody."""
        _log.error("%s: %s", source.__name__, error, exc_info=error)

    async def _serve(self, stdin: BinaryIO, stdout: BinaryIO) -> int:
        inbox = Inbox(asyncio.get_running_loop(), deliver=self.protocol.deliver, ended=self.protocol.end)
        self._writer = WriterThread(stdout, broken=inbox.end)
        self.protocol.write = self._writer.write
        start_reader(stdin, inbox)
        return await self.protocol.until_ended()
