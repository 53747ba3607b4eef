from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StockgenConfig(AppConfig):
    name = "stockgen"
    verbose_name = _("Stock generation")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {
        "operator": (
            "add_topic", "change_topic", "delete_topic", "view_topic",
            "add_concept", "change_concept", "delete_concept", "view_concept",
            "add_promptaddition", "view_promptaddition",
            "add_negativeprompt", "change_negativeprompt", "delete_negativeprompt", "view_negativeprompt",
            "add_registeredmodel", "change_registeredmodel", "delete_registeredmodel", "view_registeredmodel",
            "view_run", "view_plan", "view_location", "view_prompt", "view_picture",
            "add_reason", "change_reason", "view_reason", "view_verdictchange", "view_comparison",
            "view_campaign", "view_campaigncell", "view_examination", "view_flag",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        from jobs import kinds
        from stockgen.models import DryRun, Examination, Picture, Plan, Proposal
        from stockgen.signals import picture_done, picture_examined, plan_done, stock_grew, verdicts_changed

        kinds.register(kinds.Kind(model=DryRun, rank=10, handler="stockgen.work.dry_running.dry_run"))
        kinds.register(
            kinds.Kind(model=Proposal, rank=25, handler="stockgen.work.proposing.propose", gives_way=True)
        )
        plan_done.connect(wake_after_plan, dispatch_uid="stockgen.wake_after_plan")
        verdicts_changed.connect(wake_after_verdicts, dispatch_uid="stockgen.wake_after_verdicts")

        kinds.register(
            kinds.Kind(
                model=Plan,
                rank=20,
                handler="stockgen.work.planning.make_plan",
                gives_way=True,
                urgent_rank=7,
            )
        )
        kinds.register(
            kinds.Kind(
                model=Examination,
                rank=28,
                handler="stockgen.work.examining.examine_pictures",
                gives_way=True,
            )
        )
        stock_grew.connect(index_after_commit, dispatch_uid="stockgen.index_after_commit")
        picture_examined.connect(flag_in_stock, dispatch_uid="stockgen.flag_in_stock")
        picture_done.connect(examine_soon, dispatch_uid="stockgen.examine_soon")
        kinds.register(
            kinds.Kind(
                model=Picture, rank=30, handler="stockgen.work.rendering.render_pictures", urgent_rank=6
            )
        )


def wake_after_plan(sender: Any, *, plan: Any, **_: Any) -> None:
    """Let a campaign go on with the prompts that it waited for."""
    from stockgen.campaigns.waking import wake_cells

    if plan.run.cell_id:
        wake_cells([plan.run.cell_id])


def wake_after_verdicts(sender: Any, *, cells: Any, **_: Any) -> None:
    """Let campaigns react to verdicts at once."""
    from stockgen.campaigns.waking import wake_cells

    wake_cells(cells)


def examine_soon(sender: Any, *, picture: Any, **_: Any) -> None:
    """Have a picture that is done looked through for defects, unless it only compares models."""
    from stockgen.models import Examination

    if picture.run.comparison_id is None:
        Examination.objects.ask_for([picture])


def index_after_commit(sender: Any, **_: Any) -> None:
    """Have what came into the stock found by its meaning, too."""
    from django.db import transaction

    from stockgen.tasks import index_soon

    transaction.on_commit(index_soon)


def flag_in_stock(sender: Any, *, picture: Any, **_: Any) -> None:
    """Let the stock be filtered by the flags that a picture has now.

    And once more when they can be seen by all: a picture that is being approved at this moment is not in the stock yet,
    and comes into it without them. Its row is waited for only then, for whoever approves it holds its entry in the
    queue, which this transaction is about to change.
    """
    from functools import partial

    from django.db import transaction

    from stockgen.models import StockPicture

    StockPicture.objects.copy_flags(picture)
    transaction.on_commit(partial(StockPicture.objects.copy_settled_flags, picture), robust=True)
