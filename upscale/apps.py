from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpscaleConfig(AppConfig):
    name = "upscale"
    verbose_name = _("Board photos")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {"operator": ("view_photo", "view_room", "view_surveyanswer", "view_clip")}

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from jobs import kinds
        from upscale.adopting import adopt_guest
        from upscale.models import Clip, Photo

        kinds.register(kinds.Kind(model=Photo, rank=0, handler="upscale.work.enhancing.enhance_photos"))
        kinds.register(
            kinds.Kind(model=Clip, rank=5, handler="upscale.work.clips.find_frames", gives_way=True)
        )
        user_logged_in.connect(adopt_guest, dispatch_uid="upscale.adopt_guest")
