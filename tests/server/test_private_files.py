"""Files of secrets, and what .hfignore names, are found by their names alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference_lsp.private_files import is_private

SECRET = (
    ".env",
    ".env.local",
    "prod.env",
    ".envrc",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    "server.pem",
    "server.key",
    "server.crt",
    "store.p12",
    "store.jks",
    "vault.kdbx",
    "mail.asc",
    "main.tfvars",
    "id_rsa",
    "id_ed25519.pub",
    "credentials",
    "aws-credentials.json",
    "client_secret.json",
    "passwords.txt",
    ".ENV",
    "Server.PEM",
    ".ssh/config",
    ".aws/config",
    ".kube/config",
    "k8s/secrets/db.yaml",
)
PLAIN = (
    "README.md",
    "environment.md",
    "keys.md",
    "src/main.py",
    "key.py",
    ".github/workflows/ci.yml",
    "monkey.txt",
    "",
)


@pytest.mark.parametrize("name", SECRET)
def test_a_file_of_secrets_is_private(name: str, tmp_path: Path) -> None:
    assert is_private(str(tmp_path / name), [tmp_path])
    assert is_private(str(tmp_path / name), []), "outside of every folder, too"


@pytest.mark.parametrize("name", PLAIN)
def test_another_file_is_not(name: str, tmp_path: Path) -> None:
    assert not is_private(str(tmp_path / name) if name else "", [tmp_path])


@pytest.mark.parametrize(
    ("rules", "name", "expected"),
    [
        ("drafts/\n", "drafts/a.md", True),
        ("drafts/\n", "drafts/deep/a.md", True),
        ("*.note\n", "deep/a.note", True),
        ("*.note\n!keep.note\n", "keep.note", False),
        ("/top.md\n", "deep/top.md", False),
        ("# drafts\n", "drafts/a.md", False),
    ],
)
def test_hfignore_has_gitignores_rules(rules: str, name: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / ".hfignore").write_text(rules, encoding="utf-8")
    assert is_private(str(tmp_path / name), [tmp_path]) is expected


def test_an_inner_hfignore_holds_below_it_and_gitignore_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".hfignore").write_text("*.md\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("*.md\n", encoding="utf-8")
    assert is_private(str(tmp_path / "deep" / "a.md"), [tmp_path])
    assert not is_private(str(tmp_path / "a.md"), [tmp_path])


def test_a_document_outside_of_every_folder_has_its_own_directorys_hfignore(tmp_path: Path) -> None:
    (tmp_path / ".hfignore").write_text("a.md\n", encoding="utf-8")
    assert is_private(str(tmp_path / "a.md"), [tmp_path / "elsewhere"])
    assert not is_private(str(tmp_path / "b.md"), [])
