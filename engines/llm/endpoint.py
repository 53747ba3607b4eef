"""A language model behind a server that speaks the OpenAI chat-completions protocol (vLLM, Ollama, llama.cpp, …)."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import requests

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled
from engines.errors import Cancelled, EngineError, ModelUnavailable
from engines.llm.base import TextRequest
from engines.llm.formatting import as_messages, as_pattern, cut_at_stop
from engines.sources import EndpointSource
from engines.specs import LanguageModelSpec

CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0
ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 60.0

_MAX_STOPS = 4
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_POLL_SECONDS = 0.2


class EndpointLanguageModel:
    """A remote language model; see :class:`engines.llm.base.LanguageModel` for what it promises.

    ``spec.batch_size`` requests are under way at once. The seed is sent along; whether the server honours it is
    the server's affair. A server cannot be made to begin its answer in a given way, so an ``answer_prefix`` that
    it repeats is removed. The key is read from the environment at each call and stands in no message.
    """

    def __init__(self, spec: LanguageModelSpec) -> None:
        if not isinstance(spec.source, EndpointSource):
            raise TypeError(f"Model “{spec.key}” has no endpoint: its source is {spec.source}.")
        self.spec = spec
        self._source = spec.source
        self._path = "/chat/completions" if spec.style == "chat" else "/completions"

    @property
    def revision(self) -> str:
        """The endpoint's own name of the model."""
        return self._source.model

    def complete(
        self,
        requests: Sequence[TextRequest],
        *,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> list[str]:
        """Return one text a request, in their order.

        A server that is busy or failing (408, 429, 5xx, no connection) is asked again up to five times, waiting as
        long as its ``Retry-After`` says (at most a minute), else twice as long each time. Raises
        :class:`ModelUnavailable` when it stays so, refuses the key or does not know the model, and
        :class:`EngineError` when an answer is not in the protocol.
        """
        given_up = threading.Event()
        with ThreadPoolExecutor(max_workers=self.spec.batch_size) as pool:
            futures = [pool.submit(self._ask, request, given_up) for request in requests]
            try:
                self._watch(futures, on_progress, is_cancelled)
                return [future.result() for future in futures]
            except BaseException:
                given_up.set()
                for future in futures:
                    future.cancel()
                raise

    @staticmethod
    def _watch(futures: list[Future[str]], on_progress: OnProgress, is_cancelled: IsCancelled) -> None:
        waiting = set(futures)
        while waiting:
            if is_cancelled():
                raise Cancelled("The work was cancelled.")
            done, waiting = wait(waiting, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            on_progress(1 - len(waiting) / len(futures))
        on_progress(1.0)

    def _ask(self, request: TextRequest, given_up: threading.Event) -> str:
        problem = "no attempt was made"
        for attempt in range(ATTEMPTS):
            if given_up.is_set():
                raise Cancelled("The work was cancelled.")
            pause = float(2**attempt)
            try:
                response = self._post(request)
            except requests.RequestException as error:
                problem = f"{type(error).__name__} instead of an answer"
            else:
                if 200 <= response.status_code < 300:
                    return self._read(response, request)
                if response.status_code not in _BUSY:
                    raise self._refusal(response)
                problem = f"status {response.status_code}"
                pause = _retry_after(response) or pause
            if attempt < ATTEMPTS - 1:
                given_up.wait(min(pause, LONGEST_WAIT_SECONDS))
        raise ModelUnavailable(
            self.spec.key,
            self._place(),
            f"It gave {problem}, {ATTEMPTS} times: check that the server is running.",
        )

    def _post(self, request: TextRequest) -> requests.Response:
        body: dict[str, Any] = {
            "model": self._source.model,
            "max_tokens": request.max_new_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
        }
        if self.spec.style == "chat":
            body["messages"] = as_messages(request)
        else:
            body["prompt"] = as_pattern(request)
        if request.stop:
            body["stop"] = list(request.stop[:_MAX_STOPS])
        return requests.post(
            self._source.base_url.rstrip("/") + self._path,
            json=body,
            headers=self._headers(),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
        )

    def _headers(self) -> dict[str, str]:
        variable = self._source.api_key_variable
        if variable is None:
            return {}
        key = os.environ.get(variable, "").strip()
        if not key:
            raise ModelUnavailable(
                self.spec.key, self._place(), f"It needs a key: set the environment variable {variable}."
            )
        if not key.isascii() or not key.isprintable():
            raise ModelUnavailable(
                self.spec.key,
                self._place(),
                f"The key in the environment variable {variable} is no header value.",
            )
        return {"Authorization": f"Bearer {key}"}

    def _read(self, response: requests.Response, request: TextRequest) -> str:
        try:
            choice = response.json()["choices"][0]
            text = choice["message"]["content"] if self.spec.style == "chat" else choice["text"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise EngineError(
                f"The server at {self._place()} answered something that is no chat completion "
                f"({response.headers.get('Content-Type', 'no content type')}, {len(response.content)} bytes): "
                "check the address; it usually ends in /v1."
            ) from error
        text = cut_at_stop(text or "", request.stop)
        prefix = request.answer_prefix
        return text.lstrip().removeprefix(prefix) if prefix and self.spec.style == "chat" else text

    def _refusal(self, response: requests.Response) -> ModelUnavailable:
        if response.status_code in {401, 403}:
            variable = self._source.api_key_variable
            remedy = (
                f"The server refused the key: check the environment variable {variable}."
                if variable
                else "The server wants a key: name the environment variable that holds it."
            )
        elif response.status_code == 404:
            remedy = f"The server does not know the model “{self._source.model}” or this address: check both."
        elif 300 <= response.status_code < 400:
            remedy = "The server redirects, which is not followed: give its final address."
        else:
            remedy = f"The server refused the request with status {response.status_code}: check its log."
        return ModelUnavailable(self.spec.key, self._place(), remedy)

    def _place(self) -> str:
        return f"the endpoint {self._source.base_url}"


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds that the server asks to wait; a date (RFC 9110, 10.2.3) counts as not said."""
    value = response.headers.get("Retry-After", "").strip()
    return float(value) if value.isdecimal() else None
