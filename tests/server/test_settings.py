"""Every setting stands a wrong value: it is named, its value is not said, and the default holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_lsp.settings import SECTION, Settings, read_settings

WRONG: tuple[Any, ...] = (True, 0, -1, 1.5, "not what it should be", [], [1], {}, {"a": 1}, float("nan"))


def leaves(settings: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each setting's path and default."""
    settings = Settings() if settings is None else settings
    for member in fields(settings):
        value = getattr(settings, member.name)
        if is_dataclass(value):
            yield from leaves(value, (*path, member.name))
        else:
            yield (*path, member.name), value


LEAVES = {".".join(path): (path, default) for path, default in leaves()}


@pytest.mark.parametrize("name", LEAVES)
def test_a_wrong_type_is_named_and_the_default_holds(name: str) -> None:
    path, default = LEAVES[name]
    refused = 0
    for value in WRONG:
        settings, complaints = read_settings(_nested(path, value))
        if complaints:
            refused += 1
            assert len(complaints) == 1
            assert complaints[0].startswith(f"{SECTION}.{name} must be "), complaints
            assert "not what it should be" not in complaints[0]
            assert _value(settings, path) == default
    assert refused >= 5, "hardly anything is wrong for this setting"


@pytest.mark.parametrize("name", LEAVES)
def test_a_default_given_is_taken_without_a_word(name: str) -> None:
    path, default = LEAVES[name]
    settings, complaints = read_settings(_nested(path, list(default) if isinstance(default, tuple) else default))
    assert (_value(settings, path), complaints) == (default, [])


@pytest.mark.parametrize("name", LEAVES)
def test_null_means_left_out(name: str) -> None:
    assert read_settings(_nested(LEAVES[name][0], None)) == (Settings(), [])


@pytest.mark.parametrize("name", sorted({path[0] for path, _ in LEAVES.values() if len(path) > 1}))
def test_a_group_that_is_no_object_is_named(name: str) -> None:
    for value in (3, "off", [1], True):
        settings, complaints = read_settings({name: value})
        assert settings == Settings()
        assert len(complaints) == 1
        assert complaints[0].startswith(f"{SECTION}.{name} must be an object, not a")
    assert read_settings({name: None}) == (Settings(), [])


TAKEN: dict[str, tuple[dict[str, Any], Any]] = {
    "a target with its address": ({"target": "endpoint", "url": "http://h:1/x"}, ("endpoint", "http://h:1/x")),
    "an OpenAI server": ({"target": "openai", "url": "https://h/v1"}, ("openai", "https://h/v1")),
    "the hub": ({"target": "hub"}, ("hub", "")),
}


@pytest.mark.parametrize("case", TAKEN)
def test_a_target_is_taken(case: str) -> None:
    given, expected = TAKEN[case]
    settings, complaints = read_settings(given)
    assert ((settings.target, settings.url), complaints) == (expected, [])


def test_values_of_all_types_are_taken() -> None:
    settings, complaints = read_settings(
        {
            "timeout": 5,
            "models": {"summarization": "a/b"},
            "automatic": {"remote": True},
            "translate": {"to": "es"},
            "complete": {"maxTokens": 7},
            "inline": {"enabled": False, "maxTokens": 9},
            "hover": {"scope": "paragraph"},
            "edit": {"apply": "below"},
        }
    )
    assert complaints == []
    assert (settings.timeout, settings.models, settings.automatic.remote) == (5, {"summarization": "a/b"}, True)
    assert (settings.translate.to, settings.complete.maxTokens) == ("es", 7)
    assert (settings.inline.enabled, settings.inline.maxTokens) == (False, 9)
    assert (settings.hover.scope, settings.edit.apply) == ("paragraph", "below")


ADDRESSES = (
    "",
    "h:80",
    "ftp://h",
    "file:///x",
    "http://",
    "https://:80",
    "http://[::1",
    "http://h:x",
    "http://h:99999",
)


@pytest.mark.parametrize("target", ["endpoint", "openai"])
@pytest.mark.parametrize("url", ADDRESSES)
def test_a_target_without_a_web_address_is_the_embedded_engine(target: str, url: str) -> None:
    settings, complaints = read_settings({"target": target, "url": url})
    assert (settings.target, settings.url) == ("embedded", "")
    (complaint,) = complaints
    assert complaint.startswith(f"{SECTION}.url must be the http(s) address of the {target} target")
    assert not url or url not in complaint.removeprefix(f"{SECTION}.url"), "it may be a secret in the wrong place"


def test_unknown_keys_are_named_at_every_depth_and_the_rest_is_taken() -> None:
    settings, complaints = read_settings({"telepathy": 1, "inline": {"speed": 2, "maxTokens": 3}, "timeout": 4})
    assert complaints == [
        f"{SECTION}.telepathy is no setting of this server",
        f"{SECTION}.inline.speed is no setting of this server",
    ]
    assert (settings.inline.maxTokens, settings.timeout) == (3, 4)


def test_several_complaints_come_in_the_order_of_the_settings() -> None:
    _, complaints = read_settings({"hover": {"scope": 1}, "timeout": 0, "inline": {"enabled": 1, "maxTokens": 0}})
    assert [complaint.split()[0].removeprefix(f"{SECTION}.") for complaint in complaints] == [
        "timeout",
        "inline.enabled",
        "inline.maxTokens",
        "hover.scope",
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["target", "url", "inline", "models", "x"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_makes_settings(value: Any) -> None:
    settings, complaints = read_settings(value)
    assert isinstance(settings, Settings)
    assert all(complaint.startswith(SECTION) for complaint in complaints)
    assert settings.timeout > 0


@pytest.mark.parametrize("secret", ["hf_abcdefghijklmnop", "AKIA1234567890EXAMPLE", "x" * 41, "a b", "sk-abcdefghijk"])
def test_a_secret_in_the_place_of_a_name_is_not_read_out(secret: str) -> None:
    for value in ({secret: "x"}, {"inline": {secret: True}}):
        (complaint,) = read_settings(value)[1]
        assert secret not in complaint
        assert "is no setting of this server" in complaint
    assert "inference.modles is no setting" in read_settings({"modles": 1})[1][0]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().timeout = 3  # type: ignore[misc]


def _nested(path: tuple[str, ...], value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return value


def _value(settings: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        settings = getattr(settings, name)
    return settings
