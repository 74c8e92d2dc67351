"""Where and with what a run was made: the machine, the versions, the time, the load. Knows no figure."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import psutil

from benchmarks.servers import NODE_MODULES, ROOT

PACKAGES = ("pygls", "lsprotocol", "attrs", "cattrs", "httpx", "huggingface_hub")


def machine() -> dict[str, str]:
    """As sentences, by what they are about."""
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {memory}, {platform.system()} {platform.machine()}",
        "versions": ", ".join(_versions()),
    }


def now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")


def load() -> str:
    """How many processes ran or waited to, on average of the last minute."""
    return f"{psutil.getloadavg()[0]:.1f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _versions() -> list[str]:
    told = [f"{platform.python_implementation()} {platform.python_version()}"]
    told += [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    if (node := shutil.which("node")) is not None:
        told.append(
            "Node " + subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout[1:-1]
        )
        packages = {
            "tabby-agent": NODE_MODULES,
            "@huggingface/inference": ROOT / "tests" / "serve" / "js" / "node_modules",
        }
        for name, folder in packages.items():
            manifest = folder / name / "package.json"
            if manifest.exists():
                told.append(f"{name} {json.loads(manifest.read_text(encoding='utf-8'))['version']}")
    return told
