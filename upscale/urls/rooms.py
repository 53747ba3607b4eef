"""The addresses of rooms."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from upscale.models.room import CODE_LENGTH, LETTERS
from upscale.views import rooms, timeline


class RoomCode(StringConverter):
    """The code of a room as the site itself writes it."""

    regex = f"[{LETTERS}]{{{CODE_LENGTH}}}"


register_converter(RoomCode, "room")

urlpatterns = [
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/<str:code>/", rooms.room_page, name="room"),
    path("rooms/<room:code>/timeline/", timeline.room_timeline, name="room-timeline"),
    path("rooms/<room:code>/projector/", timeline.room_projector, name="room-projector"),
    path("rooms/<str:code>/join/", rooms.join_room, name="join-room"),
    path("rooms/<room:code>/leave/", rooms.leave_room, name="leave-room"),
    path("rooms/<room:code>/close/", rooms.close_room, name="close-room"),
    path("rooms/<room:code>/members/<int:pk>/remove/", rooms.remove_member, name="remove-member"),
    path("rooms/<room:code>/photos/<uuid:pk>/remove/", rooms.unshare_photo, name="unshare-photo"),
]
