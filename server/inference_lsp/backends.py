"""Who answers: targets, their clients and credentials, what is known of their servers, and who is asked next.

Knows which target the settings mean, and that automatic requests stay on this machine unless the person said
otherwise. Knows no request of an editor and no document.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import hf_inference
from hf_inference import Options, Timeouts
from inference_lsp.automatic import AutomaticGuard
from inference_lsp.backend import Backend, host_of
from inference_lsp.pauses import Pauses
from inference_lsp.probing import Known, probe
from inference_lsp.recording import Recording
from inference_lsp.secrets import Credentials, origin_of
from inference_lsp.settings import FailoverName, Settings
from inference_lsp.status import Status

if TYPE_CHECKING:
    from hf_inference import AsyncHfInference, Target

KNOWN_FOR = 600.0
"""Seconds that what a server said of itself holds."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What a client is made of: another target or another credential is another client, and so is one that
    records."""

    target: str
    credential: str = field(repr=False)
    recording: Recording


class Backends:
    """The backends of one editor. `router` stands for the Hugging Face router; `folders` are the workspace's."""

    def __init__(
        self,
        credentials: Credentials,
        status: Status,
        *,
        clock: Callable[[], float],
        folders: Callable[[], Sequence[Path]],
        router: Target | None = None,
    ) -> None:
        self.pauses = Pauses(clock)
        self._credentials = credentials
        self._status = status
        self._clock = clock
        self._folders = folders
        self._router = router
        self._embedded: AsyncHfInference | None = None
        self._learnt_from: Sequence[Path] = ()
        self._clients: dict[_Key, AsyncHfInference] = {}
        self._known: dict[_Key, tuple[float, Known]] = {}
        self._probing: set[_Key] = set()
        self._substitutes: dict[tuple[str, str], str] = {}

    def explicit(self, settings: Settings) -> Backend:
        """Who answers what a person asked for, and who after that, if they said so."""
        chosen = self.chosen(settings)
        others = [name for name in settings.failover if name != chosen]
        return self.named(chosen, settings, tuple(self.named(name, settings) for name in others))

    def automatic(self, settings: Settings, *, insists: bool = False) -> Backend:
        """Who answers what nobody asked for: the engine on this machine, unless the person let text leave it.
        `insists`: a key was pressed for it, so a pause does not hold."""
        if not settings.automatic.remote:
            return self.embedded(settings)
        every = self._every(settings)
        well = (one for one in every if one.is_embedded or insists or not self.pauses.left(one.label))
        backend = next(well, every[0])
        if backend.is_embedded:
            return backend
        guard = AutomaticGuard(self.pauses, self._status, backend.label, insists=insists)
        return replace(backend, guard=guard, most=self.pauses.most(backend.label))

    def embedded(self, settings: Settings) -> Backend:
        """The engine on this machine, whatever the target is."""
        if self._embedded is None:
            self._learnt_from = self._folders()
            self._embedded = hf_inference.AsyncHfInference(target=hf_inference.targets.embedded(self._learnt_from))
        return Backend(client=self._embedded, label="embedded engine", is_embedded=True, options=_options(settings))

    def named(self, name: FailoverName, settings: Settings, otherwise: tuple[Backend, ...] = ()) -> Backend:
        """The backend of one target, whatever `inference.target` says."""
        target = self._target(name, settings)
        if target is None:
            return self.embedded(settings)
        key = self._key(name, target, settings)
        known = self._known.get(key, (0.0, Known()))[1]
        label = key.recording.marked(self._label(name, target, key))
        substitutes = {task: model for (at, task), model in self._substitutes.items() if at == label}
        return Backend(
            client=self._client(key, target),
            label=label,
            is_embedded=False,
            origin=origin_of(self._hub().base_url if self._is_routed(name, key) else target.base_url),
            is_local=bool(key.recording.replay) or is_loopback(target.base_url),
            models={**settings.models, **substitutes},
            defaults=hf_inference.targets.default_models() if name == "provider" else {},
            options=_options(settings),
            known=known,
            otherwise=otherwise,
        )

    def chosen(self, settings: Settings) -> FailoverName:
        """The target that `auto` stands for, or the one that is set."""
        if settings.target != "auto":
            return settings.target
        return "hub" if settings.replay or self._credential("hub", self._hub()) else "embedded"

    def origins(self, settings: Settings) -> Sequence[str]:
        """The origins text may be sent to, whose credentials are needed."""
        if settings.replay:
            return ()
        names = ("hub" if settings.target == "auto" else settings.target, *settings.failover)
        targets = [target for name in names if (target := self._target(name, settings)) is not None]
        urls = [target.base_url for target in targets]
        if "provider" in names:  # reached through the router with a Hub token
            urls.append(self._hub().base_url)
        return tuple(dict.fromkeys(origin_of(url) for url in urls))

    def follow_folders(self) -> bool:
        """The workspace may have other folders now: then the engine is another one, which has learnt nothing from
        those that are gone. Whether it is."""
        if self._embedded is None or set(self._learnt_from) == set(self._folders()):
            return False
        engine = self._embedded.target.engine
        if engine is not None:
            engine.close()
        self._embedded = None
        return True

    def substitute(self, label: str, task: str, model: str) -> None:
        """Use this model for a task from now on: the person chose it in place of one that is gone."""
        self._substitutes[label, task] = model

    def forgive(self) -> None:
        """Settings or credentials are others now: whoever failed may be tried again."""
        self.pauses.forgive()
        self._known.clear()
        self._status.forgive()

    async def learn(self, settings: Settings) -> None:
        """Ask the chosen server what it is, if it is one that says so and was not asked lately."""
        name = self.chosen(settings)
        target = self._target(name, settings)
        if target is None or name not in ("endpoint", "openai"):
            return
        key = self._key(name, target, settings)
        at, _ = self._known.get(key, (None, None))
        if key in self._probing or (at is not None and self._clock() - at < KNOWN_FOR):
            return
        self._probing.add(key)
        try:
            self._known[key] = self._clock(), await probe(self._client(key, target))
        finally:
            self._probing.discard(key)

    async def retire(self, settings: Settings, is_used: Callable[[object], bool]) -> None:
        """Close the clients that these settings do not need and that no job is using. The settings' models hold."""
        self._substitutes.clear()
        current = {backend.client for backend in self._every(settings)}
        for key, client in tuple(self._clients.items()):
            if client not in current and not is_used(client) and key not in self._probing:
                del self._clients[key]
                await client.aclose()

    async def close(self) -> None:
        """Close every connection, and end the engine."""
        for client in self._clients.values():
            await client.aclose()
        if self._embedded is not None:
            await self._embedded.aclose()
            if self._embedded.target.engine is not None:
                self._embedded.target.engine.close()

    def _every(self, settings: Settings) -> Sequence[Backend]:
        first = self.explicit(settings)
        return (first, *first.otherwise)

    def _target(self, name: str, settings: Settings) -> Target | None:
        """The target of a name, None for the embedded engine."""
        targets = hf_inference.targets
        match name:
            case "hub":
                return self._hub()
            case "endpoint":
                return targets.endpoint(settings.url)
            case "openai":
                return targets.openai(settings.url)
            case "provider":
                return targets.provider(settings.provider, router_url=self._hub().base_url)
            case _:
                return None

    def _hub(self) -> Target:
        return hf_inference.targets.hub() if self._router is None else self._router

    def _label(self, name: FailoverName, target: Target, key: _Key) -> str:
        if name != "provider":
            return host_of(target)
        return target.label + (f" by {host_of(self._hub())}" if self._is_routed(name, key) else "")

    def _is_routed(self, name: str, key: _Key) -> bool:
        """Whether the Hugging Face router lies between: for a provider, unless its own key is there."""
        return name == "provider" and (not key.credential or is_hub_token(key.credential))

    def _key(self, name: str, target: Target, settings: Settings) -> _Key:
        recording = Recording.of(settings)
        return _Key(repr(target), recording.credential(self._credential(name, target)), recording)

    def _credential(self, name: str, target: Target) -> str:
        if name != "provider":
            return self._credentials.for_url(target.base_url)
        own = self._credentials.for_url(target.base_url)
        routed = self._credentials.for_url(self._hub().base_url)
        # a key of another kind would not go to the router but to the provider itself, for which it was not given
        return own or (routed if is_hub_token(routed) else "")

    def _client(self, key: _Key, target: Target) -> AsyncHfInference:
        if key not in self._clients:
            network = key.recording.network(self._credentials.known)
            self._clients[key] = hf_inference.AsyncHfInference(key.credential, target=target, network=network)
        return self._clients[key]


def is_loopback(url: str) -> bool:
    """Whether a URL is this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_hub_token(credential: str) -> bool:
    """Whether a credential is Hugging Face's, which its prefix tells."""
    return credential.startswith("hf_")


def _options(settings: Settings) -> Options:
    return Options(timeouts=Timeouts(first_token=settings.timeout, between_tokens=settings.timeout))
