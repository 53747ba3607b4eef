"""What ImageModel.load accepts, refuses and says."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

from engines.devices import dtype_on
from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderRequest
from engines.errors import ModelUnavailable
from engines.sources import FolderSource, HubSource
from engines.specs import ImageModelSpec, Lora
from tests.engines.diffusion import tiny_pipelines


@pytest.fixture
def copy_of(folder_of: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a copy of a family's folder that a test may spoil."""
    return lambda family: Path(shutil.copytree(folder_of(family), tmp_path / family))


def test_a_folder_that_is_not_there_is_named_with_the_remedy(spec_of: Callable[..., ImageModelSpec]) -> None:
    with pytest.raises(
        ModelUnavailable, match=r"“tiny-sd” .* looked in /no/such/place\. Nothing is there: put"
    ):
        ImageModel.load(spec_of("sd", source=FolderSource("/no/such/place")))


def test_a_hub_model_without_the_hub_says_where_it_looked_and_what_to_do(
    spec_of: Callable[..., ImageModelSpec], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        ModelUnavailable, match=r"hub repository nobody/nothing at main .* connect this machine"
    ):
        ImageModel.load(spec_of("sd", source=HubSource("nobody/nothing", "main")))


def test_a_folder_without_an_index_is_no_pipeline(
    copy_of: Callable[[str], Path], spec_of: Callable[..., ImageModelSpec]
) -> None:
    folder = copy_of("sd")
    (folder / "model_index.json").unlink()
    with pytest.raises(ModelUnavailable, match="no diffusers pipeline folder"):
        ImageModel.load(spec_of("sd", source=FolderSource(str(folder))))


def test_weights_as_a_pickle_are_refused(
    copy_of: Callable[[str], Path], spec_of: Callable[..., ImageModelSpec]
) -> None:
    folder = copy_of("sd")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    torch.save({}, folder / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"diffusion_pytorch_model\.bin is a pickle"):
        ImageModel.load(spec_of("sd", source=FolderSource(str(folder))))


def test_a_damaged_file_is_reported_and_not_a_crash(
    copy_of: Callable[[str], Path], spec_of: Callable[..., ImageModelSpec]
) -> None:
    folder = copy_of("sd")
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        ImageModel.load(spec_of("sd", source=FolderSource(str(folder))))


def test_code_beside_the_weights_is_never_run(
    copy_of: Callable[[str], Path], spec_of: Callable[..., ImageModelSpec], tmp_path: Path
) -> None:
    folder = copy_of("sd")
    trace = tmp_path / "it-ran"
    code = f"open({str(trace)!r}, 'w')\nfrom diffusers import UNet2DConditionModel as Own\n"
    (folder / "unet" / "own.py").write_text(code)
    (folder / "own.py").write_text(code)
    index = json.loads((folder / "model_index.json").read_text())
    index["unet"] = ["own", "Own"]
    (folder / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ModelUnavailable):
        ImageModel.load(spec_of("sd", source=FolderSource(str(folder))))
    assert not trace.exists()


def test_a_safety_checker_that_is_not_there_is_not_missed(
    copy_of: Callable[[str], Path],
    spec_of: Callable[..., ImageModelSpec],
    request_for: Callable[..., RenderRequest],
) -> None:
    folder = copy_of("sd")
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["requires_safety_checker"] = True
    (folder / "model_index.json").write_text(json.dumps(index))
    model = ImageModel.load(spec_of("sd", source=FolderSource(str(folder))), device="cpu")
    assert len(model.render([request_for()])) == 1


def test_half_precision_becomes_float32_on_a_cpu(spec_of: Callable[..., ImageModelSpec]) -> None:
    model = ImageModel.load(spec_of("sdxl", precision="float16"), device="cpu")
    assert {part.dtype for part in (model._pipeline.unet, model._pipeline.vae)} == {torch.float32}
    assert dtype_on(torch.device("cuda"), "float16") is torch.float16


def test_a_vae_in_another_precision_takes_the_latents_of_the_rest(
    spec_of: Callable[..., ImageModelSpec], request_for: Callable[..., RenderRequest]
) -> None:
    model = ImageModel.load(spec_of("sdxl"), device="cpu")
    [fine] = model.render([request_for()])
    model._pipeline.vae.to(torch.bfloat16)
    [coarse] = model.render([request_for()])
    gap = np.abs(np.asarray(fine.image, np.int16) - np.asarray(coarse.image, np.int16))
    assert 0 < gap.mean() < 4


def test_the_scheduler_of_the_spec_replaces_the_one_in_the_weights(
    spec_of: Callable[..., ImageModelSpec],
) -> None:
    spec = spec_of("sdxl", scheduler="DPMSolverMultistepScheduler", timestep_spacing="trailing")
    model = ImageModel.load(spec, device="cpu")
    assert model.sampler == "DPMSolverMultistepScheduler"
    assert model._pipeline.scheduler.config.timestep_spacing == "trailing"


def test_loading_prints_nothing(
    spec_of: Callable[..., ImageModelSpec],
    capfd: pytest.CaptureFixture[str],
    request_for: Callable[..., RenderRequest],
) -> None:
    spec = spec_of("flux")
    capfd.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ImageModel.load(spec, device="cpu").render([request_for()])
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.fixture
def lora_in(tmp_path: Path) -> Callable[[str], Lora]:
    """Return a LoRA with random weights for a family's denoiser."""

    def make(family: str) -> Lora:
        pipeline = tiny_pipelines.build(family)
        part = "unet" if hasattr(pipeline, "unet") else "transformer"
        denoiser = getattr(pipeline, part)
        torch.manual_seed(11)
        targets = ["to_q", "to_k", "to_v", "to_out.0"]
        denoiser.add_adapter(LoraConfig(r=4, target_modules=targets, init_lora_weights=False))
        with torch.no_grad():
            for name, weight in denoiser.named_parameters():
                if "lora_" in name:
                    weight.mul_(5)
        folder = tmp_path / f"lora-{family}"
        type(pipeline).save_lora_weights(
            folder,
            **{f"{part}_lora_layers": get_peft_model_state_dict(denoiser)},
            weight_name="style.safetensors",
        )
        return Lora(FolderSource(str(folder)), "style.safetensors")

    return make


@pytest.mark.parametrize("family", ["sd", "sdxl", "flux", "qwen_image"])
def test_a_lora_changes_the_picture_by_its_weight_and_shows_in_the_revision(
    family: str,
    spec_of: Callable[..., ImageModelSpec],
    request_for: Callable[..., RenderRequest],
    lora_in: Callable[[str], Lora],
) -> None:
    lora = lora_in(family)

    def load(*loras: Lora) -> ImageModel:
        return ImageModel.load(spec_of(family, loras=loras), device="cpu")

    plain, full = load(), load(lora)
    none = load(Lora(lora.source, lora.file_name, weight=0.0))
    pictures = [np.asarray(model.render([request_for()])[0].image, np.int16) for model in (plain, full, none)]
    assert np.abs(pictures[0] - pictures[1]).max() > 2
    assert np.abs(pictures[0] - pictures[2]).max() <= 1
    assert full.revision.startswith(f"{plain.revision}+style*1@")
    assert len({plain.revision, full.revision, none.revision}) == 3


def test_a_lora_that_is_not_there_is_named(spec_of: Callable[..., ImageModelSpec], tmp_path: Path) -> None:
    lora = Lora(FolderSource(str(tmp_path)), "absent.safetensors")
    with pytest.raises(ModelUnavailable, match=r"absent\.safetensors.*The LoRA is not there"):
        ImageModel.load(spec_of("sd", loras=(lora,)), device="cpu")


def test_a_lora_as_a_pickle_is_refused(spec_of: Callable[..., ImageModelSpec], tmp_path: Path) -> None:
    torch.save({}, tmp_path / "style.pt")
    lora = Lora(FolderSource(str(tmp_path)), "style.pt")
    with pytest.raises(ModelUnavailable, match="no safetensors file"):
        ImageModel.load(spec_of("sd", loras=(lora,)), device="cpu")
