"""The settings of each workspace folder: the folder's own, and on top of them what only the person may set.

Knows folders and which of them a document is in. Knows no request and no setting by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from inference_lsp.settings import Settings, over_machine, read_settings


class FolderSettings:
    """What was read last. A document outside of every folder goes by the machine's settings."""

    def __init__(self) -> None:
        self.machine = Settings()
        self._folders: dict[str, Settings] = {}

    def take(self, machine: object, folders: Mapping[str, object]) -> list[str]:
        """The settings a client gave for no folder, and those of each folder by its URI; the sentences about what is
        wrong in them. Of a folder's, those that only the person may set are not even complained of: an editor sends
        the person's own among them."""
        self.machine, complaints = read_settings(machine)
        self._folders = {}
        for uri, value in folders.items():
            if value is None or value == machine:
                continue
            settings, wrong = read_settings(value)
            self._folders[uri] = over_machine(settings, self.machine)
            complaints += [complaint for complaint in wrong if complaint not in complaints]
        return complaints

    def of(self, uri: str) -> Settings:
        """The settings of the innermost folder that holds a document."""
        holding = [folder for folder in self._folders if holds(folder, uri)]
        return self._folders[max(holding, key=len)] if holding else self.machine


def holds(folder: str, uri: str) -> bool:
    """Whether a document's URI lies below a folder's."""
    return uri.startswith(folder.rstrip("/") + "/")
