"""The network's own settings: on whose trust, and through which proxy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hf_inference import BackendUnreachableError, InputError, Network, Options, targets
from support.fake_hub import CERTIFICATE, FakeHub, Json, Sse, tgi_events
from support.shells import Shell

ONCE = Options(max_retries=0)
GOOD = [{"summary_text": "short"}]
EVENTS = tgi_events("one two three")


def target(hub: FakeHub) -> targets.Target:
    return targets.endpoint(f"{hub.url}/m")


async def test_a_certificate_of_no_authority_is_named_with_the_way_to_trust_it(shell: Shell) -> None:
    with FakeHub.in_thread(tls=True) as hub:
        async with shell.open("hf_t", ONCE, target=target(hub)) as client:
            error = await client.refusal("summarization", inputs="p")
        assert hub.exchanges == []
    assert isinstance(error, BackendUnreachableError)
    assert "is not trusted" in str(error)
    assert "certificate verify failed" in str(error)
    assert "SSL_CERT_FILE" in str(error)


async def test_an_untrusted_certificate_is_not_tried_again(shell: Shell) -> None:
    waits: list[float] = []
    options = Options(on_wait=lambda seconds, _: waits.append(seconds))
    with FakeHub.in_thread(tls=True) as hub:
        async with shell.open("hf_t", options, target=target(hub)) as client:
            await client.refusal("summarization", inputs="p")
    assert waits == []


@pytest.mark.parametrize("way", ["SSL_CERT_FILE", "ca_file"])
async def test_an_authority_of_ones_own_is_trusted(shell: Shell, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(ca_file=CERTIFICATE) if way == "ca_file" else None
    if network is None:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with FakeHub.in_thread(tls=True) as hub:
        hub.on("/m", [Json(GOOD), Sse(EVENTS), Sse(EVENTS[:1], "stall")])
        async with shell.open("hf_t", target=target(hub), network=network) as client:
            await client.call("summarization", inputs="p")
            assert await client.stream(inputs="p").text() == ("one two three", None)
            stream = client.stream(inputs="p")
            await stream.next()
            assert hub.connections_made == 1
            await stream.close()
            await hub.until(lambda: hub.open_connections == 0)


@pytest.mark.parametrize("way", ["SSL_CERT_FILE", "ca_file"])
@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "not a certificate"])
async def test_a_certificate_file_that_cannot_be_read_is_named_and_may_be_mended(
    hub: FakeHub, shell: Shell, way: str, content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    network = Network(ca_file=file) if way == "ca_file" else None
    if network is None:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    hub.on("/m", Json(GOOD))
    async with shell.open(None, ONCE, target=target(hub), network=network) as client:
        error = await client.refusal("summarization", inputs="p")
        assert isinstance(error, InputError)
        assert ("authorities.pem" if way == "ca_file" else "SSL_CERT_FILE") in str(error)
        file.write_bytes(CERTIFICATE.read_bytes())
        await client.call("summarization", inputs="p")


# --- proxies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "network"])
async def test_a_proxy_is_used(hub: FakeHub, shell: Shell, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.on("*", [Json(GOOD), Sse(EVENTS)])  # the hub is the proxy, so it gets absolute targets
    network = Network(proxy=hub.url) if way == "network" else None
    if network is None:
        monkeypatch.setenv(way, hub.url)
    async with shell.open("hf_t", target=targets.endpoint("http://far.invalid/m"), network=network) as client:
        await client.call("summarization", inputs="p")
        assert await client.stream(inputs="p").text() == ("one two three", None)
    assert [exchange.target for exchange in hub.exchanges] == ["http://far.invalid/m"] * 2


@pytest.mark.parametrize("way", ["NO_PROXY", "use_environment"])
async def test_a_proxy_of_the_environment_is_left_out(
    hub: FakeHub, shell: Shell, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.on("/m", Json(GOOD))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    if way == "NO_PROXY":
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    network = Network(use_environment=way == "NO_PROXY")
    async with shell.open(None, ONCE, target=target(hub), network=network) as client:
        await client.call("summarization", inputs="p")
    assert hub.exchanges[0].target == "/m"


async def test_a_tunnel_that_the_proxy_refuses_is_the_proxys_error(hub: FakeHub, shell: Shell) -> None:
    hub.on("*", Json({"error": "who are you?"}, 407))
    network = Network(proxy=hub.url.replace("//", "//me:hf_SECRET@"))
    async with shell.open(None, ONCE, target=targets.endpoint("https://far.invalid/m"), network=network) as client:
        error = await client.refusal("summarization", inputs="p")
    assert hub.exchanges[0].method == "CONNECT"
    assert isinstance(error, BackendUnreachableError)
    assert "the proxy on the way to far.invalid refused: 407" in str(error)
    assert "SECRET" not in f"{error} {error!r} {network!r}"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9", "nonsense"])
async def test_a_proxy_that_cannot_be_used_is_named(shell: Shell, proxy: str) -> None:
    async with shell.open(
        None, ONCE, target=targets.endpoint("http://x.invalid/"), network=Network(proxy=proxy)
    ) as client:
        error = await client.refusal("summarization", inputs="p")
    assert isinstance(error, InputError)
    assert "proxy" in str(error)
