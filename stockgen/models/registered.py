"""Models that an operator adds beside the registry, and the catalogue of both."""

from __future__ import annotations

import re
from typing import ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from engines.registry import IMAGE_MODELS, LANGUAGE_MODELS
from engines.sources import EndpointSource, FolderSource, HubSource, WeightSource
from engines.specs import ImageModelSpec, LanguageModelSpec, Lora

Spec = TypeVar("Spec", ImageModelSpec, LanguageModelSpec)

COMMIT = re.compile(r"[0-9a-f]{40}")


class RegisteredModel(models.Model):
    """A language or image model of this installation: a folder, a hub repository at a commit, or an endpoint."""

    class Role(models.TextChoices):
        IMAGE = "image", _("image model")
        LANGUAGE = "language", _("language model")

    class SourceKind(models.TextChoices):
        FOLDER = "folder", _("folder")
        HUB = "hub", _("hub repository")
        ENDPOINT = "endpoint", _("OpenAI-compatible endpoint")

    class Precision(models.TextChoices):
        FLOAT32 = "float32"
        FLOAT16 = "float16"
        BFLOAT16 = "bfloat16"

    class Style(models.TextChoices):
        CHAT = "chat", _("chat template")
        CONTINUE = "continue", _("continue the examples")

    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    licence = models.CharField(_("licence"), max_length=120)
    is_active = models.BooleanField(_("offered"), default=True)
    source_kind = models.CharField(_("where the weights are"), max_length=10, choices=SourceKind.choices)
    location = models.CharField(
        _("folder, repository or base URL"), max_length=300,
        help_text=_("/models/sdxl · stabilityai/stable-diffusion-xl-base-1.0 · http://localhost:8080/v1"),
    )  # fmt: skip
    revision = models.CharField(
        _("revision"), max_length=40, blank=True,
        help_text=_("For a hub repository: the commit, 40 hexadecimal digits. A branch or tag moves."),
    )  # fmt: skip
    endpoint_model = models.CharField(_("model name at the endpoint"), max_length=120, blank=True)
    api_key_variable = models.CharField(
        _("environment variable with the API key"), max_length=80, blank=True,
        help_text=_("The name of the variable; the key itself is never stored."),
    )  # fmt: skip
    precision = models.CharField(
        _("precision"), max_length=10, choices=Precision.choices, default=Precision.BFLOAT16
    )
    batch_size = models.PositiveSmallIntegerField(
        _("batch size"), default=4, validators=[MinValueValidator(1)]
    )
    memory_gib = models.FloatField(_("memory, GiB"), default=8, validators=[MinValueValidator(0)])
    # Language models
    style = models.CharField(_("style"), max_length=10, choices=Style.choices, default=Style.CHAT)
    context_tokens = models.PositiveIntegerField(_("context, tokens"), default=8192)
    # Image models
    width = models.PositiveIntegerField(
        _("usual width, px"), default=1024, validators=[MinValueValidator(64)]
    )
    height = models.PositiveIntegerField(
        _("usual height, px"), default=1024, validators=[MinValueValidator(64)]
    )
    max_side = models.PositiveIntegerField(
        _("largest side, px"), default=1536, validators=[MinValueValidator(64), MaxValueValidator(8192)]
    )
    steps = models.PositiveSmallIntegerField(_("usual steps"), default=30, validators=[MinValueValidator(1)])
    guidance_scale = models.FloatField(
        _("usual guidance scale"), default=5.0, validators=[MinValueValidator(0)]
    )
    lora = models.CharField(
        _("LoRA"), max_length=300, blank=True, help_text=_("A .safetensors file, with its full path.")
    )
    lora_weight = models.FloatField(_("LoRA weight"), default=1.0)

    class Meta:
        verbose_name = _("registered model")
        verbose_name_plural = _("registered models")
        ordering: ClassVar = ["role", "title"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a key of the built-in registry, a moving revision, and an endpoint that renders pictures."""
        errors: dict[str, object] = {}
        if self.key in IMAGE_MODELS or self.key in LANGUAGE_MODELS:
            errors["key"] = _("The built-in registry has a model of this key.")
        if self.source_kind == self.SourceKind.HUB and not COMMIT.fullmatch(self.revision):
            errors["revision"] = _("Give the commit: 40 hexadecimal digits.")
        if self.source_kind == self.SourceKind.ENDPOINT and self.role == self.Role.IMAGE:
            errors["source_kind"] = _("Only language models can be behind an endpoint.")
        if self.source_kind == self.SourceKind.ENDPOINT and not self.endpoint_model:
            errors["endpoint_model"] = _("Give the name by which the endpoint knows the model.")
        if self.role == self.Role.IMAGE and max(self.width, self.height) > self.max_side:
            errors["max_side"] = _("The usual size is larger than this.")
        if self.lora and not self.lora.endswith(".safetensors"):
            errors["lora"] = _("Only .safetensors files are read.")
        if errors:
            raise ValidationError(errors)

    @property
    def weights(self) -> WeightSource:
        """Return where the weights are, as the engines take it."""
        if self.source_kind == self.SourceKind.HUB:
            return HubSource(self.location, self.revision)
        return FolderSource(self.location)

    def image_spec(self) -> ImageModelSpec:
        """Describe an image model to the engines."""
        folder, _slash, file_name = self.lora.rpartition("/")
        return ImageModelSpec(
            key=self.key, title=self.title, source=self.weights, licence=self.licence,
            precision=self.precision, default_width=self.width, default_height=self.height,  # type: ignore[arg-type]
            max_side=self.max_side, default_steps=self.steps, default_guidance_scale=self.guidance_scale,
            batch_size=self.batch_size, memory_gib=self.memory_gib,
            loras=(Lora(FolderSource(folder), file_name, self.lora_weight),) if self.lora else (),
        )  # fmt: skip

    def language_spec(self) -> LanguageModelSpec:
        """Describe a language model to the engines."""
        source = (
            EndpointSource(self.location, self.endpoint_model, self.api_key_variable or None)
            if self.source_kind == self.SourceKind.ENDPOINT
            else self.weights
        )
        return LanguageModelSpec(
            key=self.key, title=self.title, source=source, licence=self.licence, style=self.style,  # type: ignore[arg-type]
            precision=self.precision, context_tokens=self.context_tokens,  # type: ignore[arg-type]
            batch_size=self.batch_size, memory_gib=self.memory_gib,
        )  # fmt: skip


def image_models() -> dict[str, ImageModelSpec]:
    """Return every image model, by key: the registry and what operators added, offered or no longer."""
    rows = RegisteredModel.objects.filter(role=RegisteredModel.Role.IMAGE)
    return IMAGE_MODELS | {row.key: row.image_spec() for row in rows}


def language_models() -> dict[str, LanguageModelSpec]:
    """Return every language model, by key: the registry and what operators added, offered or no longer."""
    rows = RegisteredModel.objects.filter(role=RegisteredModel.Role.LANGUAGE)
    return LANGUAGE_MODELS | {row.key: row.language_spec() for row in rows}


def offered_image_models() -> dict[str, ImageModelSpec]:
    """Return the image models that a new run may use."""
    return _offered(image_models())


def offered_language_models() -> dict[str, LanguageModelSpec]:
    """Return the language models that a new run may use."""
    return _offered(language_models())


def _offered(models_by_key: dict[str, Spec]) -> dict[str, Spec]:
    withdrawn = set(RegisteredModel.objects.filter(is_active=False).values_list("key", flat=True))
    return {key: spec for key, spec in models_by_key.items() if key not in withdrawn}
