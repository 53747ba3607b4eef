"""Photos of boards, the rooms that share them, and what people say of them."""

from upscale.models.clip import Clip, ClipFrame
from upscale.models.photo import Photo, PhotoSource
from upscale.models.room import Membership, Room, RoomClosed
from upscale.models.survey import Problem, Readable, SurveyAnswer

__all__ = [
    "Clip",
    "ClipFrame",
    "Membership",
    "Photo",
    "PhotoSource",
    "Problem",
    "Readable",
    "Room",
    "RoomClosed",
    "SurveyAnswer",
]
