"""How a :class:`TextRequest` becomes text: chat messages, or a few-shot pattern to be continued."""

from __future__ import annotations

from collections.abc import Iterable

from engines.llm.base import TextRequest


def as_messages(request: TextRequest) -> list[dict[str, str]]:
    """Return chat messages: the system prompt, each worked example as two turns, the question.

    The request's ``answer_prefix`` is not among them: how an answer is begun depends on the server or template.
    """
    messages = [{"role": "system", "content": request.system}] if request.system.strip() else []
    for turn in request.examples:
        messages.append({"role": "user", "content": turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    messages.append({"role": "user", "content": request.question})
    return messages


def as_pattern(request: TextRequest) -> str:
    """Return the plain text that a base model continues: instructions, examples, question, begun answer.

    Blocks are separated by one blank line, so a blank line is the natural end of an answer.
    """
    blocks = [request.system.strip()] if request.system.strip() else []
    blocks += [f"{turn.question.strip()}\n{turn.answer.strip()}" for turn in request.examples]
    blocks.append(f"{request.question.strip()}\n{request.answer_prefix}")
    return "\n\n".join(blocks)


def cut_at_stop(text: str, stop: Iterable[str]) -> str:
    """Return what comes before the first of the ``stop`` strings, or all of ``text``."""
    ends = [found for string in stop if string and (found := text.find(string)) >= 0]
    return text[: min(ends)] if ends else text
