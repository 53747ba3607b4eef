"""Topics, concepts, models, runs and pictures over REST."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Status

from accounts.models import Role, User
from accounts.rest import PerMinute, answers, next_page
from stockgen.models import Concept, Picture, Run, Topic
from stockgen.models.picture import PictureQuerySet
from stockgen.models.registered import image_models, offered_image_models, offered_language_models
from stockgen.models.run import RunQuerySet
from stockgen.schemas import (
    ConceptOut,
    ImageModelOut,
    LanguageModelOut,
    ModelsOut,
    PageOfPictures,
    PictureDetail,
    PictureFilters,
    PictureOut,
    PicturePage,
    RunDetail,
    RunFilters,
    RunIn,
    RunOut,
    RunPage,
    TopicOut,
)
from stockgen.serving import picture_file

router = Router(tags=["stock"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="1 to 200 printable characters of your choice. The same key never launches twice.",
    ),
]


def user_of(request: HttpRequest) -> User:
    """Return the person who asks; the API's authentication has made sure that there is one."""
    assert isinstance(request.user, User)
    return request.user


def runs_of(request: HttpRequest) -> RunQuerySet:
    """Return the runs that the person may see."""
    return Run.objects.visible_to(user_of(request)).select_related("topic", "concept", "owner", "plan")


def pictures_of(request: HttpRequest) -> PictureQuerySet:
    """Return the pictures that the person may see."""
    return (
        Picture.objects.visible_to(user_of(request))
        .select_related("topic", "concept", "prompt")
        .prefetch_related("flags")
    )


# ---------------------------------------------------------------------- what can be asked for
@router.get("/topics", response=answers({200: list[TopicOut]}))
def list_topics(request: HttpRequest) -> list[Topic]:
    """List the topics that are offered."""
    return list(Topic.objects.active())


@router.get("/concepts", response=answers({200: list[ConceptOut]}))
def list_concepts(request: HttpRequest) -> list[Concept]:
    """List the concepts that are offered."""
    return list(Concept.objects.active())


@router.get("/models", response=answers({200: ModelsOut}))
def list_models(request: HttpRequest) -> ModelsOut:
    """List the image and language models that a run may name, with their limits."""
    return ModelsOut(
        image_models=[
            ImageModelOut.of(spec, settings.IMAGE_MODEL) for spec in offered_image_models().values()
        ],
        language_models=[
            LanguageModelOut.of(spec, settings.LANGUAGE_MODEL) for spec in offered_language_models().values()
        ],
    )


# ---------------------------------------------------------------------- runs
@router.post(
    "/runs",
    response=answers({201: RunDetail, 200: RunDetail}, 400, 403, 409, 422),
    throttle=[PerMinute("API_REQUESTS_PER_MINUTE"), PerMinute("API_LAUNCHES_PER_MINUTE")],
)
def launch_run(
    request: HttpRequest, body: RunIn, idempotency_key: IdempotencyKey = None
) -> Status[RunDetail]:
    """Launch a run. Designers and operators only.

    With an `Idempotency-Key`, the same request sent again answers 200 with the run that the first one
    launched; another request under the same key is 409.
    """
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    key = idempotency_key or ""
    known = bool(key) and Run.objects.filter(owner=user, idempotency_key=key).exists()
    topic, concept = look_up(body.topic, body.concept)
    assert topic
    assert concept
    asked = body.model_dump(exclude_none=True, exclude={"topic", "concept"})
    run = Run.objects.launch(user, topic=topic, concept=concept, **asked, idempotency_key=key)
    return Status(200 if known else 201, RunDetail.read(run))


def look_up(topic_key: str | None, concept_key: str | None) -> tuple[Topic | None, Concept | None]:
    """Find the rows that a request names. Raises ``ValidationError`` at the fields that name nothing."""
    topic = Topic.objects.filter(key=topic_key).first() if topic_key else None
    concept = Concept.objects.filter(key=concept_key).first() if concept_key else None
    errors = {}
    if topic_key and not topic:
        errors["topic"] = _("There is no topic of this key.")
    if concept_key and not concept:
        errors["concept"] = _("There is no concept of this key.")
    if errors:
        raise ValidationError(errors)
    return topic, concept


@router.get("/runs", response=answers({200: RunPage}, 422))
def list_runs(request: HttpRequest, filters: Query[RunFilters]) -> RunPage:
    """List your runs (operators: everyone's), newest first."""
    rows = runs_of(request).order_by("-id")
    if filters.before:
        rows = rows.filter(id__lt=filters.before)
    found = list(rows[: filters.limit + 1])
    runs = found[: filters.limit]
    tallies = Run.tallies(runs)
    return RunPage(
        items=[RunOut.of(run, tallies[run.pk]) for run in runs],
        next=next_page(request, filters, runs[-1].pk) if len(found) > len(runs) else None,
    )


@router.get("/runs/{uuid:run_id}", response=answers({200: RunDetail}, 404), url_name="run")
def get_run(request: HttpRequest, run_id: UUID) -> RunDetail:
    """Show a run: its phase, its tally, how long it will still take, and its plan."""
    return RunDetail.read(get_object_or_404(runs_of(request), pk=run_id))


def _run_to_change(request: HttpRequest, run_id: UUID) -> Run:
    user_of(request).require_role(Role.DESIGNER, Role.OPERATOR)
    return get_object_or_404(runs_of(request), pk=run_id)


@router.post("/runs/{uuid:run_id}/pause", response=answers({200: RunDetail}, 403, 404, 409))
def pause_run(request: HttpRequest, run_id: UUID) -> RunDetail:
    """Render nothing more until resumed; what is being rendered is finished. 409 once the run is over."""
    run = _run_to_change(request, run_id)
    run.pause()
    return RunDetail.read(run)


@router.post("/runs/{uuid:run_id}/resume", response=answers({200: RunDetail}, 403, 404, 409))
def resume_run(request: HttpRequest, run_id: UUID) -> RunDetail:
    """Go on with a paused run."""
    run = _run_to_change(request, run_id)
    run.resume()
    return RunDetail.read(run)


@router.post("/runs/{uuid:run_id}/cancel", response=answers({200: RunDetail}, 403, 404, 409))
def cancel_run(request: HttpRequest, run_id: UUID) -> RunDetail:
    """Give up what is not done yet; finished pictures stay. 409 once the run is over."""
    run = _run_to_change(request, run_id)
    run.cancel()
    return RunDetail.read(run)


@router.post("/runs/{uuid:run_id}/retry", response=answers({200: RunDetail}, 403, 404, 409))
def retry_run(request: HttpRequest, run_id: UUID) -> RunDetail:
    """Queue again what failed or was cancelled. 409 where nothing did."""
    run = _run_to_change(request, run_id)
    run.retry()
    return RunDetail.read(run)


@router.get("/runs/{uuid:run_id}/pictures", response=answers({200: PicturePage}, 404, 422))
def list_pictures_of_run(request: HttpRequest, run_id: UUID, filters: Query[PageOfPictures]) -> PicturePage:
    """List the pictures of a run, newest first."""
    run = get_object_or_404(runs_of(request), pk=run_id)
    return _picture_page(request, pictures_of(request).filter(run=run), filters)


# ---------------------------------------------------------------------- pictures
@router.get("/pictures", response=answers({200: PicturePage}, 422))
def list_pictures(request: HttpRequest, filters: Query[PictureFilters]) -> PicturePage:
    """List the pictures you may see, newest first: your own; experts: every finished one; operators: all.

    Those made to compare models are left out unless their run is asked for.
    """
    topic, concept = look_up(filters.topic, filters.concept)
    named = {
        "topic": topic,
        "concept": concept,
        "run": filters.run,
        "image_model": filters.model,
        "state": filters.state,
    }
    chosen = {name: value for name, value in named.items() if value is not None}
    pictures = pictures_of(request).filter(**chosen)
    if "run" not in chosen:
        pictures = pictures.stock()
    if filters.verdict is not None:
        if not user_of(request).has_role(Role.DESIGNER, Role.OPERATOR):
            raise ValidationError({"verdict": _("Only designers and operators can ask for a verdict.")})
        pictures = pictures.with_verdict(filters.verdict, user_of(request))
    return _picture_page(request, pictures, filters)


def _picture_page(request: HttpRequest, pictures: PictureQuerySet, filters: PageOfPictures) -> PicturePage:
    """Answer one page: one query, whose cost does not grow with the table."""
    found = pictures.page(before=filters.before, size=filters.limit + 1)
    shown = found[: filters.limit]
    models = image_models()
    return PicturePage(
        items=[PictureOut.of(picture, models, user_of(request)) for picture in shown],
        next=next_page(request, filters, shown[-1].pk) if len(found) > len(shown) else None,
    )


def _with_lineage(request: HttpRequest) -> PictureQuerySet:
    """Return the pictures that the person may see, with all that their lineage reads."""
    return pictures_of(request).select_related(
        "prompt__location",
        "prompt__template",
        "run__plan__locations_addition",
        "run__plan__descriptions_addition",
    )


@router.get("/pictures/{uuid:picture_id}", response=answers({200: PictureDetail}, 404), url_name="picture")
def get_picture(request: HttpRequest, picture_id: UUID) -> PictureDetail:
    """Show a picture with its whole lineage."""
    picture = get_object_or_404(_with_lineage(request), pk=picture_id)
    return PictureDetail.read(picture, image_models(), user_of(request))


FILE = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/pictures/{uuid:picture_id}/image",
    response=answers({}, 404),
    url_name="picture_image",
    openapi_extra={"responses": {200: {"description": "The PNG", "content": {"image/png": FILE}}}},
)
def get_image(request: HttpRequest, picture_id: UUID) -> HttpResponse | FileResponse:
    """Download the PNG; its text chunks carry the parameters and the lineage. 404 before it is done."""
    return picture_file(
        request, get_object_or_404(pictures_of(request), pk=picture_id), "image", attachment=True
    )


@router.get(
    "/pictures/{uuid:picture_id}/thumbnail",
    response=answers({}, 404),
    url_name="picture_thumbnail",
    openapi_extra={"responses": {200: {"description": "The WebP", "content": {"image/webp": FILE}}}},
)
def get_thumbnail(request: HttpRequest, picture_id: UUID) -> HttpResponse | FileResponse:
    """Fetch the small WebP version. 404 before the picture is done."""
    return picture_file(request, get_object_or_404(pictures_of(request), pk=picture_id), "thumbnail")


def _picture_to_change(request: HttpRequest, picture_id: UUID) -> Picture:
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    # Who rates other people's pictures may see them, not change them.
    changeable = _with_lineage(request).filter(run__in=Run.objects.visible_to(user))
    return get_object_or_404(changeable, pk=picture_id)


@router.post("/pictures/{uuid:picture_id}/cancel", response=answers({200: PictureDetail}, 403, 404, 409))
def cancel_picture(request: HttpRequest, picture_id: UUID) -> PictureDetail:
    """Give up a picture that is queued or being rendered. Cancelling twice is 200; a finished one is 409."""
    picture = _picture_to_change(request, picture_id)
    picture.cancel()
    return PictureDetail.read(picture, image_models(), user_of(request))


@router.post("/pictures/{uuid:picture_id}/retry", response=answers({200: PictureDetail}, 403, 404, 409))
def retry_picture(request: HttpRequest, picture_id: UUID) -> PictureDetail:
    """Queue a failed or cancelled picture again; any other is 409."""
    picture = _picture_to_change(request, picture_id)
    picture.retry()
    return PictureDetail.read(picture, image_models(), user_of(request))
