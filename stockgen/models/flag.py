"""Flags: what a picture was found doubtful for before a person looked, with the evidence; and the job of looking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext_lazy

from engines.gates.results import VERSION, Examined
from jobs.models import Job, JobQuerySet, Turn
from jobs.states import State
from jobs.tasks import wake_on_commit
from stockgen.models.picture import Picture
from stockgen.signals import picture_examined

CHUNK = 500
LARGEST_CLAIM = 32
LARGEST_CLAIM_OF_OLD = 4

NOT_READ = gettext_noop("The file of the picture cannot be read.")


class Kind(models.TextChoices):
    """What a picture may be doubted for; values as the engines name it."""

    BLANK = "blank", gettext_lazy("Blank")
    DARK = "dark", pgettext_lazy("of a picture", "Dark")
    BLURRED = "blurred", gettext_lazy("Blurred")
    LOW_CONTRAST = "low-contrast", gettext_lazy("Low contrast")
    FAKE_TEXT = "fake-text", gettext_lazy("Fake text")


class ExaminationQuerySet(JobQuerySet["Examination"]):
    def outdated(self) -> Self:
        """Ended, by another version of the detectors than the present one."""
        return self.filter(state__in=(State.DONE, State.FAILED)).exclude(version=VERSION)

    def ask_for(self, pictures: Iterable[Picture], *, priority: int = 0) -> int:
        """Have pictures examined that never were. Asking again changes nothing. Return how many are new."""
        asked = [
            Examination(picture=one, person=one.person, priority=priority, version=VERSION)
            for one in pictures
        ]
        with transaction.atomic():
            before = set(
                self.filter(picture__in=[one.picture_id for one in asked]).values_list("picture", flat=True)
            )
            fresh = [one for one in asked if one.picture_id not in before]
            self.bulk_create(fresh, ignore_conflicts=True)
            if fresh:
                Turn.objects.ask(Examination.kind, (one.person for one in fresh))
                wake_on_commit()
        return len(fresh)

    def ask_for_missing(self, *, most: int = CHUNK) -> int:
        """Have up to so many pictures examined that never were, or by another version, newest first. Return how many.

        They go behind new pictures. Call it until it returns 0; after an interruption it goes on where it was.
        """
        pictures = Picture.objects.done().stock().filter(examination=None).order_by("-id")
        asked = self.ask_for(pictures.only("id", "person")[:most], priority=-1)
        return asked + self.ask_anew(most=most - asked)

    def ask_anew(self, *, most: int = CHUNK) -> int:
        """Have up to so many pictures examined again that another version of the detectors looked at."""
        keys = list(self.outdated().order_by("-id").values_list("pk", flat=True)[: max(0, most)])
        with transaction.atomic():
            rows = list(
                self.outdated().filter(pk__in=keys).select_for_update(skip_locked=True).only("id", "person")
            )
            self.filter(pk__in=[row.pk for row in rows]).update(
                state=State.QUEUED, priority=-1, progress=0, failures=0, error="", due_at=Now(), finished_at=None,
                version=VERSION,
            )  # fmt: skip
            if rows:
                Turn.objects.ask(Examination.kind, (row.person for row in rows))
                wake_on_commit()
        return len(rows)


class Examination(Job):
    """The job of looking for defects in a picture, in a worker. It has no say in whether the picture is done.

    ``version`` is that of the detectors which were asked last, ``failures_of`` what those said that raised.
    Its verb is :meth:`store`.
    """

    kind = "examination"

    picture = models.OneToOneField(
        Picture, on_delete=models.CASCADE, related_name="examination", editable=False
    )
    version = models.PositiveSmallIntegerField(gettext_lazy("version of the detectors"), editable=False)
    seconds = models.FloatField(gettext_lazy("seconds"), null=True, editable=False)
    failures_of = models.JSONField(gettext_lazy("detectors that failed"), default=dict, editable=False)

    objects = ExaminationQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Job.Meta):
        abstract = False
        verbose_name = gettext_lazy("examination")
        verbose_name_plural = gettext_lazy("examinations")
        indexes: ClassVar = [
            *Job.Meta.indexes,
            models.Index(fields=["version"], name="examination_by_version"),
        ]

    def __str__(self) -> str:
        return str(self.picture_id)

    @classmethod
    def batch_limit(cls, first: Examination) -> int:
        """Return how many one claim takes: new pictures as many as are rendered at once, old ones a few in between.

        Otherwise new ones would pile up unexamined beside a bulk run, or old ones keep a run waiting.
        """
        return LARGEST_CLAIM if first.priority >= 0 else LARGEST_CLAIM_OF_OLD

    def store(self, examined: Examined, *, looks: Sequence[str], seconds: float) -> bool:
        """Put the flags in the place of those before and tell who waits. False if the claim was lost or it is gone."""
        with transaction.atomic():
            failed = {failure.defect: failure.error for failure in examined.failures}
            if not self.succeed(version=VERSION, seconds=seconds, failures_of=failed):
                return False
            kept = Flag.objects.filter(picture=self.picture_id)
            kept.exclude(kind__in=failed).delete()  # what could not be measured again stays as it was
            flags = [
                Flag(
                    picture_id=self.picture_id, kind=found.defect, measure=found.measure, threshold=found.threshold,
                    boxes=[vars(box) for box in found.boxes], version=VERSION,
                )
                for found in examined.defects
            ]  # fmt: skip
            Flag.objects.bulk_create(flags)
            picture_examined.send(
                Examination, picture=self.picture_id, is_flagged=bool(flags) or kept.exists(), looks=looks
            )
        return True


class Flag(models.Model):
    """One doubt about a picture: the ``measure`` that passed the ``threshold``, and for text the ``boxes``.

    Boxes are shares of the picture from its top left (``left``, ``top``, ``width``, ``height``), with the
    ``text`` read.
    """

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(pgettext_lazy("of a picture", "flag"), max_length=20, choices=Kind.choices)
    measure = models.FloatField(gettext_lazy("measure"))
    threshold = models.FloatField(gettext_lazy("threshold"))
    boxes = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(gettext_lazy("version of the detectors"))

    class Meta:
        verbose_name = pgettext_lazy("of a picture", "flag")
        verbose_name_plural = gettext_lazy("flags")
        ordering: ClassVar = ["picture", "kind"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["picture", "kind"], name="flag_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return what it is called in the reader's language."""
        return str(Kind(self.kind).label)

    @property
    def evidence(self) -> str:
        """Return the measure and its threshold in a sentence, in the reader's language."""
        return evidence_of(self.kind, self.measure, self.threshold)


def evidence_of(kind: str, measure: float, threshold: float) -> str:
    """Say what was measured and from where on it is doubtful."""
    if kind == Kind.FAKE_TEXT:
        letters = ngettext(
            "%(n)d letter belongs to no word", "%(n)d letters belong to no word", round(measure)
        )
        return letters % {"n": round(measure)}
    values = {"measure": f"{measure:.1%}", "threshold": f"{threshold:.1%}"}
    if kind == Kind.BLURRED:
        values = {"measure": f"{measure:.2%}", "threshold": f"{threshold:.2%}"}
    sentences = {
        Kind.BLANK: _("something is to be seen in %(measure)s of it; doubtful up to %(threshold)s"),
        Kind.DARK: _("nine tenths are darker than %(measure)s; doubtful up to %(threshold)s"),
        Kind.BLURRED: _("its edges are blurred by %(measure)s of its side; doubtful from %(threshold)s"),
        Kind.LOW_CONTRAST: _(
            "its darkest parts are only %(measure)s darker than its brightest; doubtful up to %(threshold)s"
        ),
    }
    return sentences[Kind(kind)] % values


_REJECTED = """
SELECT CASE WHEN grouping(flag.kind) = 1 THEN 'all' ELSE coalesce(flag.kind, '') END, count(DISTINCT picture.id),
       count(DISTINCT picture.id) FILTER (WHERE picture.verdict = 'rejected'),
       count(DISTINCT picture.id) FILTER (WHERE flag.kind = ANY(picture.verdict_reasons))
FROM stockgen_picture picture JOIN stockgen_examination examination ON examination.picture_id = picture.id
LEFT JOIN stockgen_flag flag ON flag.picture_id = picture.id
WHERE picture.verdict <> 'pending' AND examination.state = 'done' AND examination.version = %s
GROUP BY GROUPING SETS ((flag.kind), ()) ORDER BY grouping(flag.kind), flag.kind NULLS LAST
"""


def rejected_by_flag() -> list[tuple[str, int, int, int]]:
    """Return for each flag how many decided pictures have it, are rejected, and for a reason of that name.

    Then the same for those without a flag (""), and for ``all`` that were examined, each counted once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REJECTED, [VERSION])
        return [tuple(row) for row in cursor.fetchall()]
