from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engines.errors import Cancelled, EngineError, ModelUnavailable
from engines.llm import endpoint
from engines.llm.base import TextRequest, Turn
from engines.llm.endpoint import EndpointLanguageModel
from engines.llm.load import load_language_model
from engines.sources import EndpointSource
from engines.specs import LanguageModelSpec

Answer = tuple[int, dict[str, str], Any]


class Server(ThreadingHTTPServer):
    """A small real server: ``answer`` decides from the parsed body; every request is kept."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.answer: Callable[[dict[str, Any]], Answer] = echo

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body, dict(self.headers)))
        status, headers, content = self.server.answer(body)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


def chat(text: str | None) -> Answer:
    return 200, {}, {"choices": [{"message": {"role": "assistant", "content": text}}]}


def echo(body: dict[str, Any]) -> Answer:
    return chat(f"{body['messages'][-1]['content']} / {body['seed']}")


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "LONGEST_WAIT_SECONDS", 0.02)


def model(server: Server, style: str = "chat", variable: str | None = None) -> EndpointLanguageModel:
    spec = LanguageModelSpec(
        key="remote",
        title="Remote",
        source=EndpointSource(server.url, "qwen", variable),
        licence="",
        style=style,  # type: ignore[arg-type]
        context_tokens=8192,
        memory_gib=0,
    )
    loaded = load_language_model(spec)
    assert isinstance(loaded, EndpointLanguageModel)
    return loaded


def ask(question: str = "Q", seed: int = 5, **settings: Any) -> TextRequest:
    return TextRequest(system="S", examples=(Turn("q", "a"),), question=question, seed=seed, **settings)


def test_answers_come_back_in_the_order_of_the_questions(server: Server) -> None:
    questions = [ask(f"Q{number}", seed=number) for number in range(20)]
    shares: list[float] = []
    answers = model(server).complete(questions, on_progress=shares.append)
    assert answers == [f"Q{number} / {number}" for number in range(20)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_request_is_in_the_protocol(server: Server) -> None:
    model(server).complete(
        [ask(temperature=0.3, top_p=0.9, max_new_tokens=7, stop=("\n", "b", "c", "d", "e"))]
    )
    [(path, body, headers)] = server.seen
    assert path == "/v1/chat/completions"
    assert "Authorization" not in headers
    assert body == {
        "model": "qwen",
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": "a"},
            {"role": "user", "content": "Q"},
        ],
        "max_tokens": 7,
        "temperature": 0.3,
        "top_p": 0.9,
        "seed": 5,
        "stop": ["\n", "b", "c", "d"],
    }


def test_a_base_model_gets_the_plain_pattern(server: Server) -> None:
    server.answer = lambda body: (200, {}, {"choices": [{"text": " one\nmore"}]})
    assert model(server, style="continue").complete([ask(answer_prefix="-", stop=("\n",))]) == [" one"]
    [(path, body, _)] = server.seen
    assert path == "/v1/completions"
    assert body["prompt"] == "S\n\nq\na\n\nQ\n-"


def test_a_repeated_answer_prefix_is_removed(server: Server) -> None:
    server.answer = lambda body: chat("- one\n- two")
    assert model(server).complete([ask(answer_prefix="-")]) == [" one\n- two"]


def test_a_busy_server_is_asked_again(server: Server) -> None:
    replies = iter([(429, {"Retry-After": "0"}, {}), (503, {}, {}), chat("done")])
    server.answer = lambda body: next(replies)
    assert model(server).complete([ask()]) == ["done"]
    assert len(server.seen) == 3


def test_the_wait_is_as_long_as_the_server_says(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "LONGEST_WAIT_SECONDS", 60.0)
    waits: list[float] = []
    monkeypatch.setattr(threading.Event, "wait", lambda self, timeout=None: waits.append(timeout))
    response = endpoint.requests.Response()
    response.status_code = 429
    response.headers["Retry-After"] = "7"
    monkeypatch.setattr(EndpointLanguageModel, "_post", lambda self, request: response)
    with pytest.raises(ModelUnavailable, match="429"):
        model(server)._ask(ask(), threading.Event())
    assert waits == [7.0] * (endpoint.ATTEMPTS - 1)


def test_a_server_that_stays_down_is_a_clear_error(server: Server) -> None:
    server.answer = lambda body: (500, {}, {})
    with pytest.raises(ModelUnavailable, match="status 500, 5 times"):
        model(server).complete([ask()])
    assert len(server.seen) == endpoint.ATTEMPTS


def test_an_address_where_nobody_listens_is_a_clear_error(server: Server) -> None:
    dead = model(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelUnavailable, match="check that the server is running"):
        dead.complete([ask()])


def test_an_unknown_model_is_not_asked_for_again(server: Server) -> None:
    server.answer = lambda body: (404, {}, {"error": "no such model"})
    with pytest.raises(ModelUnavailable, match="qwen"):
        model(server).complete([ask()])
    assert len(server.seen) == 1


def test_an_answer_out_of_protocol_is_a_clear_error(server: Server) -> None:
    server.answer = lambda body: (200, {"Content-Type": "text/html"}, b"<html>hello</html>")
    with pytest.raises(EngineError, match="text/html"):
        model(server).complete([ask()])


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.answer = lambda body: (307, {"Location": "http://127.0.0.1:1/"}, {})
    with pytest.raises(ModelUnavailable, match="redirects"):
        model(server).complete([ask()])


def test_the_key_comes_from_its_variable_and_stands_in_no_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "sk-secret")
    keyed = model(server, variable="TEAM_KEY")
    keyed.complete([ask()])
    assert server.seen[0][2]["Authorization"] == "Bearer sk-secret"
    server.answer = lambda body: (401, {}, {"error": "bad key sk-secret"})
    with pytest.raises(ModelUnavailable, match="TEAM_KEY") as caught:
        keyed.complete([ask()])
    assert "sk-secret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_missing_key_names_the_variable(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEAM_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match="set the environment variable TEAM_KEY"):
        model(server, variable="TEAM_KEY").complete([ask()])
    assert server.seen == []


def test_a_cancelled_question_is_given_up(server: Server) -> None:
    release = threading.Event()

    def slow(body: dict[str, Any]) -> Answer:
        release.wait(5)
        return chat("late")

    server.answer = slow
    threading.Timer(0.5, release.set).start()
    with pytest.raises(Cancelled):
        model(server).complete([ask() for _ in range(30)], is_cancelled=lambda: True)
    assert len(server.seen) <= model(server).spec.batch_size
