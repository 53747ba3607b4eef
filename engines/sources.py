"""Where a model's weights are: a folder, a Python package, a hub repository, or an endpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FolderSource:
    """Weights in a folder (or a single file) of this machine, absolute or relative to the project."""

    path: str


@dataclass(frozen=True)
class PackageSource:
    """Weights carried by an installed Python package; ``path`` is relative to the package's folder."""

    package: str
    path: str


@dataclass(frozen=True)
class HubSource:
    """A hub repository at a pinned revision (a commit hash; a branch or tag moves)."""

    repository: str
    revision: str
    variant: str | None = None


@dataclass(frozen=True)
class EndpointSource:
    """A server that speaks the OpenAI chat-completions protocol (vLLM, Ollama, llama.cpp, …).

    ``api_key_variable`` names the environment variable that holds the key; the key itself is never stored.
    """

    base_url: str
    model: str
    api_key_variable: str | None = None


WeightSource = FolderSource | PackageSource | HubSource
