"""What the embedded engine learns from on disk, what it never opens, and how the index keeps up."""

from __future__ import annotations

import builtins
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from hf_inference.engines.embedded.completion import Completion
from hf_inference.engines.embedded.ignore_rules import is_ignored, parse_rules
from hf_inference.engines.embedded.workspace import Workspace
from hf_inference.engines.embedded.workspace_index import WorkspaceIndex

# Rules of an ignore file, then paths (a directory ends in a slash) that they leave out, and that they do not.
RULES: list[tuple[str, list[str], list[str]]] = [
    ("*.log", ["a.log", "deep/er/a.log", "dir.log/"], ["a.logs", "log"]),
    ("# a comment\n\n   \n*.x", ["a.x"], ["# a comment", "a comment"]),
    ("build/", ["build/", "deep/build/"], ["build", "rebuild/"]),
    ("/build", ["build", "build/"], ["deep/build"]),
    ("docs/*.txt", ["docs/a.txt"], ["docs/deep/a.txt", "deep/docs/a.txt"]),
    ("**/cache", ["cache", "a/cache", "a/b/cache/"], ["a/cached"]),
    ("logs/**", ["logs/a", "logs/a/b"], ["logs/", "deep/logs/a"]),
    ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/bz", "z"]),
    ("a**z", ["az", "abbz", "deep/abz"], ["a/z"]),
    ("*.log\n!keep.log", ["a.log"], ["keep.log", "deep/keep.log"]),
    ("!a.log\n*.log", ["a.log"], []),
    ("?.py", ["a.py"], ["ab.py", ".py"]),
    ("[ab].py", ["a.py", "b.py"], ["c.py", "ab.py"]),
    ("[!a-c].py", ["d.py"], ["a.py", "b.py"]),
    ("[]x].py", ["].py", "x.py"], ["y.py"]),
    (r"[a\-c].py", ["a.py", "-.py", "c.py"], ["b.py"]),
    ("[z-a].py", [], ["a.py", "m.py"]),
    ("[ab.py", [], ["a.py", "[ab.py"]),
    (r"\!important", ["!important"], ["important"]),
    (r"\#notes", ["#notes"], ["notes"]),
    ("blank.txt   ", ["blank.txt"], ["blank.txt   "]),
    ("blank.txt\\ ", ["blank.txt "], ["blank.txt"]),
    ("a+b(c).$", ["a+b(c).$"], ["aab(c).$"]),
    ("/", [], ["a", "a/"]),
    ("trailing\\", [], ["trailing", "trailing\\"]),
    ("ünï*", ["ünïcode"], ["unicode"]),
]


@pytest.mark.parametrize(("text", "out", "kept"), RULES, ids=[rule[0] for rule in RULES])
def test_ignore_files_mean_what_they_mean_to_git(text: str, out: list[str], kept: list[str]) -> None:
    base = PurePosixPath("/project")
    rules = parse_rules(text, base)
    judged = {
        path: is_ignored(base / path.rstrip("/"), rules, is_directory=path.endswith("/")) for path in [*out, *kept]
    }
    assert judged == {**dict.fromkeys(out, True), **dict.fromkeys(kept, False)}


def test_ignore_files_hold_from_their_directory_down_and_inner_ones_win(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            ".gitignore": "*.gen.py\n/only_here.py\nignored/\n",
            ".hfignore": "!wanted.gen.py\n",
            "a.py": "",
            "a.gen.py": "",
            "wanted.gen.py": "",
            "only_here.py": "",
            "sub/only_here.py": "",
            "sub/.ignore": "!b.gen.py\nlocal.py\n",
            "sub/b.gen.py": "",
            "sub/local.py": "",
            "local.py": "",
            "ignored/.gitignore": "!kept.py\n",
            "ignored/kept.py": "",
        },
    )
    assert listed(Workspace([tmp_path])) == ["a.py", "local.py", "wanted.gen.py", "sub/b.gen.py", "sub/only_here.py"]


def test_a_folder_inside_a_repository_obeys_the_ignore_files_above_it(tmp_path: Path) -> None:
    fill(tmp_path, {".git/HEAD": "", ".gitignore": "*.gen.py\npackage/top.py\n", "package/deep/x.gen.py": ""})
    fill(tmp_path / "package", {"top.py": "", "a.py": "", "deep/b.py": ""})
    assert listed(Workspace([tmp_path / "package"])) == ["a.py", "deep/b.py"]
    (tmp_path / ".git" / "HEAD").unlink()
    (tmp_path / ".git").rmdir()
    assert "top.py" in listed(Workspace([tmp_path / "package"]))


SECRETS = [
    ".env",
    ".env.local",
    "prod.env",
    "server.pem",
    "server.key",
    "SERVER.KEY",
    "id_rsa",
    "id_rsa.old",
    "id_ed25519",
    "credentials",
    "credentials.json",
    "aws_credentials.ini",
    "store.p12",
    "store.pfx",
    ".netrc",
    ".npmrc",
    ".pypirc",
    "client_secret.json",
    "my-secrets.yaml",
    "secrets/plain.txt",
    ".aws/config",
    ".ssh/config",
]


def test_a_secret_file_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, dict.fromkeys([*SECRETS, "plain.py"], "token = 'hf_never_to_be_read'\n"))
    opened: list[str] = []
    plain_open = builtins.open

    def noting_open(file: Any, *arguments: Any, **named: Any) -> Any:
        opened.append(str(file))
        return plain_open(file, *arguments, **named)

    monkeypatch.setattr(builtins, "open", noting_open)
    monkeypatch.setattr(io, "open", noting_open)
    workspace = Workspace([tmp_path])
    for path in [*workspace.files(), *(tmp_path / name for name in SECRETS)]:
        workspace.update(path)
    read = {Path(name).relative_to(tmp_path).as_posix() for name in opened if name.startswith(str(tmp_path))}
    ignore_files = {name for name in read if name.rpartition("/")[2] in {".gitignore", ".ignore", ".hfignore"}}
    assert read - ignore_files == {"plain.py"}
    assert len(workspace.index) == 1


NOT_LEARNT_FROM = {
    "package-lock.json": b"{}\n",
    "poetry.lock": b"a\n",
    "go.sum": b"a\n",
    "app.min.js": b"a\n",
    "app.js.map": b"a\n",
    "table.csv": b"a,b\n",
    "node_modules/left/index.js": b"a\n",
    ".hidden/a.py": b"a\n",
    "__pycache__/a.py": b"a\n",
    "venv/lib/a.py": b"a\n",
    "binary.dat": b"a\0b\n",
    "latin.txt": "ärger\n".encode("latin-1"),
    "bundle.js": b"a = 1; " * 1000,
    "wide.txt": (b"word " * 150 + b"\n") * 20,
    "large.py": b"a = 1\n" * 60_000,
    "readme.txt": b"-----BEGIN RSA PRIVATE KEY-----\n",
}


def test_what_nobody_wrote_by_hand_is_not_learnt_from(tmp_path: Path) -> None:
    for name, content in NOT_LEARNT_FROM.items():
        fill(tmp_path, {name: ""})
        (tmp_path / name).write_bytes(content)
    fill(tmp_path, {"a.py": "a = 1\n", "bom.py": "\ufeffb = 2\n", "package.json": "{}\n", "Makefile": "all:\n"})
    workspace = Workspace([tmp_path])
    workspace.start_indexing()
    assert workspace.wait(30)
    names = sorted(Path(path).name for path in workspace.index.paths())
    workspace.close()
    assert names == ["Makefile", "a.py", "bom.py", "package.json"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"outside/a.py": "a = 1\n", "folder/b.py": "b = 1\n", "folder/sub/c.py": "c = 1\n"})
    folder = tmp_path / "folder"
    links = {"away": tmp_path / "outside", "away.py": tmp_path / "outside" / "a.py", "sub/round": folder}
    try:
        for name, target in links.items():
            (folder / name).symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("this system lets nobody make a symbolic link")
    workspace = Workspace([folder])
    assert listed(workspace) == ["b.py", "sub/c.py"]
    for name in ("away.py", "away/a.py", "sub/round/b.py"):
        workspace.update(folder / name)
    assert len(workspace.index) == 0


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has junctions")
def test_junctions_are_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"outside/a.py": "a = 1\n", "folder/b.py": "b = 1\n"})
    command = ["cmd", "/c", "mklink", "/J", str(tmp_path / "folder" / "away"), str(tmp_path / "outside")]
    subprocess.run(command, check=True, capture_output=True)
    assert listed(Workspace([tmp_path / "folder"])) == ["b.py"]


def test_outer_directories_come_first(tmp_path: Path) -> None:
    fill(tmp_path, dict.fromkeys(["a/b/c/deep.py", "a/b/mid.py", "z.py", "a/x.py"], "x = 1\n"))
    assert listed(Workspace([tmp_path])) == ["z.py", "a/x.py", "a/b/mid.py", "a/b/c/deep.py"]


def test_a_file_in_two_folders_is_listed_once(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": "", "sub/b.py": ""})
    assert listed(Workspace([tmp_path, tmp_path / "sub", tmp_path])) == ["a.py", "sub/b.py"]


def test_the_limit_holds_and_a_visited_directory_takes_the_place_of_far_ones(tmp_path: Path) -> None:
    names = [f"{letter}/{number}.py" for letter in "abcdefgh" for number in range(4)]
    fill(tmp_path, {name: f"value_{name[0]}({name[0]}, 1)\n" * 40 for name in names})
    size = len("value_a(a, 1)\n") * 40
    workspace = Workspace([tmp_path], limit_bytes=size * 16)
    workspace.start_indexing()
    assert workspace.wait(30)
    assert len(workspace.index) == 16
    assert tmp_path / "h" / "0.py" not in workspace.index
    workspace.look(tmp_path / "h" / "0.py")
    assert workspace.wait(30)
    assert {path for path in map(Path, workspace.index.paths()) if path.parent.name == "h"} == {
        tmp_path / "h" / f"{number}.py" for number in range(4)
    }
    assert workspace.index.size <= size * 16
    workspace.close()


@pytest.mark.parametrize("folder", ["node_modules/x", "ignored", ".cache", "../elsewhere"])
def test_a_visit_opens_no_directory_that_is_left_out(tmp_path: Path, folder: str) -> None:
    root = tmp_path / "root"
    fill(
        root, {"a.py": "x = 1\n" * 10, "b.py": "x = 2\n" * 10, ".gitignore": "ignored/\n", f"{folder}/c.py": "y = 1\n"}
    )
    workspace = Workspace([root], limit_bytes=100)
    workspace.start_indexing()
    assert workspace.wait(30)
    workspace.look(root / folder / "c.py")
    assert workspace.wait(30)
    workspace.close()
    assert [Path(path).name for path in workspace.index.paths()] == ["a.py"]


def test_a_written_file_is_learnt_anew_and_a_removed_one_forgotten(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": "alpha(first)\nalpha(first)\n"})
    workspace = Workspace([tmp_path])
    completion = Completion(workspace)
    path = tmp_path / "a.py"
    workspace.update(path)
    assert completed(completion, "alpha(") == "first)"
    path.write_text("alpha(second)\nalpha(second)\n", encoding="utf-8")
    workspace.update(path)
    assert completed(completion, "alpha(") == "second)"
    path.unlink()
    workspace.update(path)
    assert len(workspace.index) == workspace.index.size == 0
    fill(tmp_path, {"a.py": "alpha(third)\n"})
    workspace.update(path)
    workspace.forget(path)
    assert len(workspace.index) == workspace.index.size == 0


def test_the_index_finds_what_it_holds_after_any_number_of_updates() -> None:
    index = WorkspaceIndex()
    paths = [PurePosixPath(f"/w/{number}.py") for number in range(5)]
    for turn in range(200):
        index.update(paths[turn % 5], f"alpha(turn_{turn})\n")
    before = index.look()
    index.forget(paths[0])
    code = index.vocabulary.add(["alpha"])
    assert [shard.label for shard, _ in index.look().find(code, lambda: False)] == [str(path) for path in paths[1:]]
    assert [shard.label for shard, _ in before.find(code, lambda: False)] == [str(path) for path in paths[1:]]
    assert index.look().holders(code) <= 200


def test_text_is_generated_while_the_workspace_is_indexed(tmp_path: Path) -> None:
    fill(tmp_path, {f"{n % 7}/{n}.py": f"alpha(beta_{n % 3}, gamma)\nname_{n} = {n}\n" * 20 for n in range(200)})
    workspace = Workspace([tmp_path])
    completion = Completion(workspace)
    failures: list[BaseException] = []
    lines: list[str] = []

    def generate() -> None:
        try:
            while True:
                done = workspace.wait(0)
                lines.append(completed(completion, "omega(1, 2)\nomega(", path=tmp_path / "3" / "3.py"))
                completed(completion, "alpha(beta_1", min_confidence=0.0, suffix="\nalpha(beta_1, gamma)\n")
                if done:
                    return
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion below
            failures.append(failure)

    threads = [threading.Thread(target=generate) for _ in range(3)]
    workspace.start_indexing()
    workspace.start_indexing()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workspace.close()
    assert failures == []
    assert set(lines) == {"1, 2)"}
    assert len(workspace.index) == 200
    assert completed(completion, "alpha(be", min_confidence=0.0).startswith("ta_")


def test_closing_stops_the_thread_and_indexing_does_not_begin_again(tmp_path: Path) -> None:
    fill(tmp_path, {f"{n}.py": f"alpha({n})\n" * 100 for n in range(300)})
    workspace = Workspace([tmp_path])
    assert not workspace.wait(0)
    others = set(threading.enumerate())
    workspace.start_indexing()
    workspace.close()
    assert set(threading.enumerate()) <= others
    assert workspace.wait(0) == (len(workspace.index) == 300)
    held = len(workspace.index)
    workspace.start_indexing()
    workspace.close()
    assert len(workspace.index) == held


def test_a_workspace_without_folders_is_complete_at_once() -> None:
    workspace = Workspace()
    workspace.start_indexing()
    assert workspace.wait(30)
    workspace.close()
    assert workspace.folders == ()


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert listed(Workspace([tmp_path / "missing"])) == []


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def listed(workspace: Workspace) -> list[str]:
    return [path.relative_to(workspace.folders[0]).as_posix() for path in workspace.files()]


def completed(completion: Completion, prompt: str, **parameters: Any) -> str:
    stream: Iterator[dict[str, Any]] = completion.generate(prompt, {"stop": ["\n"], **parameters})
    *_, last = stream
    return str(last["generated_text"])
