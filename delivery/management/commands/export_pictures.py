"""``manage.py export_pictures``: approved pictures into a file, a folder or a bucket, with a progress bar."""

from __future__ import annotations

import errno
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from tqdm import tqdm

from accounts.models import User
from delivery.archive import ArchiveBroken, stream
from delivery.errors import FULL
from delivery.models import Export
from delivery.selecting import Selection
from delivery.snapshot import NOTHING_NEW
from delivery.targets import Target
from jobs.models import Worker
from jobs.states import OPEN_STATES, State
from jobs.supervisor import Stopped, Supervisor, manage, supervising
from stockgen.models import Campaign, Collection, Concept, Topic

M = TypeVar("M", Topic, Concept)
POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Export approved pictures with a manifest. Starts a worker for the time being if none is running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner", required=True, help="user name of a designer or an operator")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument(
            "--zip", type=Path, metavar="FILE", help="write a ZIP; one that broke off is continued"
        )
        where.add_argument("--folder", action="store_true", help="into a folder of its own in EXPORT_FOLDER")
        where.add_argument("--s3", action="store_true", help="into EXPORT_S3_BUCKET")
        parser.add_argument("--topic", help="the topic's name or key")
        parser.add_argument("--concept", help="the concept's name or key")
        parser.add_argument("--campaign", type=UUID, help="the campaign's id")
        parser.add_argument("--collection", type=UUID, help="the collection's id")
        parser.add_argument("--longest-side", type=int, default=0, help="enlarge to so many pixels")
        parser.add_argument(
            "--since", help="only what is new since this export: its id, or “last” (done the same way)"
        )
        parser.add_argument(
            "--resume", type=UUID, metavar="ID", help="follow, and fetch, an export already started"
        )
        parser.add_argument("--no-worker", action="store_true", help="never start a worker, only wait")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no user “{options['owner']}”.")
        export = self._begun(owner, options) if options["resume"] else self._started(owner, options)
        if export is None:
            self.stdout.write("Nothing is new.")
            return
        self.stdout.write(f"Export {export.pk}: {export.count} pictures")
        needs_worker = not options["no_worker"] and not Worker.objects.alive().exists()
        try:
            with supervising(settings.DATA_DIR / "log", settings.WORKER_GRACE_SECONDS + 5) as supervisor:
                if needs_worker and export.state in OPEN_STATES:
                    supervisor.start("worker", manage("run_huey"))
                export = self._follow(export, supervisor)
        except Stopped:
            raise CommandError(
                f"Stopped watching. The export goes on whenever a worker runs; fetch it with --resume {export.pk}.",
                returncode=130,
            ) from None
        if export.state != State.DONE:
            raise CommandError(
                f"The export is {export.get_state_display()}. {export.error_text} {export.detail}"
            )
        if options["zip"]:
            fetch(export, options["zip"])
        self._report(export, options["zip"])

    def _begun(self, owner: User, options: dict[str, Any]) -> Export:
        export = Export.objects.visible_to(owner).filter(pk=options["resume"]).first()
        if export is None:
            raise CommandError(f"{owner} has no export {options['resume']}.")
        if export.target != _target(options):
            raise CommandError(f"That export goes to another place: {export.get_target_display()}.")
        return export

    def _started(self, owner: User, options: dict[str, Any]) -> Export | None:
        """Start an export; None where nothing is new, which a nightly one may well find."""
        campaign, collection = options["campaign"], options["collection"]
        selection = Selection(
            topic=_named(Topic, options["topic"]),
            concept=_named(Concept, options["concept"]),
            campaign=Campaign.objects.visible_to(owner).filter(pk=campaign).first(),
            collection=Collection.objects.visible_to(owner).filter(pk=collection).first(),
        )
        if campaign and selection.campaign is None:
            raise CommandError(f"{owner} has no campaign {campaign}.")
        if collection and selection.collection is None:
            raise CommandError(f"{owner} has no collection {collection}.")
        try:
            since = self._since(owner, selection, options)
            return Export.objects.start(
                owner, selection, target=_target(options), longest_side=options["longest_side"], since=since
            )
        except ValidationError as error:
            if getattr(error, "code", None) == NOTHING_NEW:
                return None
            raise CommandError("\n".join(error.messages)) from None
        except PermissionDenied as error:
            raise CommandError(str(error)) from None

    def _since(self, owner: User, selection: Selection, options: dict[str, Any]) -> Export | None:
        """Find the export that this one builds on; “last” is the latest of the same selection, target and size."""
        if not options["since"]:
            return None
        done = Export.objects.visible_to(owner).done()
        if options["since"] == "last":
            alike = {**vars(selection), "target": _target(options), "longest_side": options["longest_side"]}
            if selection.collection is None:
                alike["collection_name"] = ""
            found = done.filter(**alike).order_by("-id").first()
            if found is None:
                self.stdout.write("There is no earlier export like this one: everything is new.")
            return found
        with suppress(ValueError):
            if found := done.filter(pk=UUID(options["since"])).first():
                return found
        raise CommandError(f"{owner} has no export {options['since']} that is done.")

    def _follow(self, export: Export, supervisor: Supervisor) -> Export:
        """Show the progress until the export is over. Raises CommandError if a worker of our own ends before."""
        with tqdm(
            total=export.count, unit="picture", file=sys.stderr, disable=None, dynamic_ncols=True
        ) as bar:
            while True:
                supervisor.check()
                export = Export.objects.get(pk=export.pk)
                bar.update(export.packed - bar.n)
                if export.state not in OPEN_STATES:
                    return export
                time.sleep(POLL_SECONDS)

    def _report(self, export: Export, file: Path | None) -> None:
        self.stdout.write(f"{export.files} pictures, {export.byte_size / 1e6:.1f} MB: {file or export.place}")
        if export.left_out:
            self.stdout.write(f"{export.left_out} left out: no longer approved.")
        if export.withdrawn:
            self.stdout.write(
                f"{export.withdrawn} delivered earlier are no longer approved: see the manifest."
            )


def fetch(export: Export, file: Path) -> None:
    """Write the ZIP of an export to a file, going on behind what an earlier attempt has written of it.

    Until it is whole it is called ``….part``. Raises ``CommandError`` where it cannot be written; a full disk leaves
    nothing behind.
    """
    if not export.can_be_fetched:
        raise CommandError("The export was deleted and can be fetched no more.")
    part = file.with_name(f"{file.name}.{export.pk}.part")
    try:
        with part.open("ab") as target:
            for chunk in stream(export, target.tell()):
                target.write(chunk)
        if part.stat().st_size != export.archive_size:
            part.unlink()
            raise CommandError(f"{file} came out with another size than the export has. Start again.")
        part.replace(file)
    except ArchiveBroken as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"{error} Make the export anew.") from None
    except OSError as error:
        if error.errno in FULL:
            part.unlink(missing_ok=True)
        reason = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else error.strerror
        raise CommandError(
            f"{file} cannot be written: {reason}. Fetch it with --resume {export.pk}."
        ) from None


def _target(options: dict[str, Any]) -> Target:
    if options["folder"]:
        return Target.FOLDER
    return Target.S3 if options["s3"] else Target.ZIP


def _named(model: type[M], name: str | None) -> M | None:
    """Return the topic or concept of this key or name, whatever the case; None without one."""
    if not name:
        return None
    row: M | None = model._default_manager.filter(Q(key__iexact=name) | Q(name__iexact=name)).first()
    if row is None:
        raise CommandError(f"There is no {model._meta.verbose_name} “{name}”.")
    return row
