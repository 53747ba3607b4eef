"""Which rooms there are, and what prompts call them."""

from __future__ import annotations

from collections.abc import Callable

from training.rooms.kinds import halls, homes, offices, public_rooms, schools
from training.rooms.rooms import Room

KINDS: dict[str, tuple[Callable[[Room], None], tuple[str, ...]]] = {
    "office": (
        offices.office,
        (
            "office",
            "open-plan office with desks",
            "office with computers",
            "coworking space",
            "small office",
            "accounting office with desks",
            "business office interior",
        ),
    ),
    "meeting room": (
        offices.meeting_room,
        (
            "meeting room",
            "conference room with a long table",
            "boardroom",
            "meeting room with a screen",
            "business centre meeting room",
        ),
    ),
    "lobby": (
        offices.lobby,
        (
            "hotel lobby",
            "reception area with armchairs",
            "lobby of an office building",
            "reception desk",
            "entrance hall of a clinic",
            "bank reception hall",
        ),
    ),
    "classroom": (
        schools.classroom,
        (
            "classroom",
            "classroom with a chalkboard",
            "school classroom with desks",
            "empty classroom",
            "classroom with rows of desks",
        ),
    ),
    "lecture hall": (
        schools.lecture_hall,
        (
            "lecture hall",
            "university lecture hall with seats",
            "auditorium",
            "conference hall with rows of seats",
            "university auditorium",
        ),
    ),
    "computer lab": (
        offices.computer_lab,
        (
            "computer lab",
            "computer classroom",
            "room with rows of computers",
            "call centre",
            "technology training room",
        ),
    ),
    "library": (
        schools.library_hall,
        (
            "library",
            "library hall with bookshelves",
            "reading room of a library",
            "university library",
            "school library",
        ),
    ),
    "ward": (
        public_rooms.ward,
        (
            "hospital ward with beds",
            "hospital room",
            "patient room in a clinic",
            "ward of a hospital",
            "recovery room with beds",
        ),
    ),
    "waiting room": (
        public_rooms.waiting_room,
        (
            "waiting room",
            "waiting area of a clinic",
            "waiting room with chairs",
            "dental clinic waiting room",
            "airport waiting area",
        ),
    ),
    "kitchen": (
        homes.kitchen,
        ("kitchen", "kitchen with cabinets", "home kitchen", "fitted kitchen", "kitchen of a house"),
    ),
    "restaurant kitchen": (
        public_rooms.restaurant_kitchen,
        (
            "restaurant kitchen",
            "professional kitchen with steel worktops",
            "bakery kitchen",
            "hotel kitchen",
            "commercial kitchen",
        ),
    ),
    "dining room": (
        homes.dining_room,
        ("dining room", "dining room with a table and chairs", "family dining room"),
    ),
    "restaurant": (
        public_rooms.restaurant,
        (
            "restaurant",
            "restaurant with tables",
            "cafe with small tables",
            "restaurant dining hall",
            "cafe interior",
        ),
    ),
    "bar": (
        public_rooms.bar,
        ("bar", "bar with stools", "hotel bar", "bar counter with bottles", "cocktail bar"),
    ),
    "bedroom": (
        homes.bedroom,
        ("bedroom", "hotel room with a double bed", "bedroom with a double bed", "hotel suite", "guest room"),
    ),
    "nursery": (
        homes.nursery,
        (
            "children's room",
            "kindergarten room",
            "nursery with toys",
            "playroom",
            "kindergarten playroom with toys",
        ),
    ),
    "living room": (
        homes.living_room,
        (
            "living room",
            "living room with a sofa",
            "lounge",
            "apartment living room",
            "hotel lounge with sofas",
        ),
    ),
    "bathroom": (
        homes.bathroom,
        ("bathroom", "bathroom with tiles", "hotel bathroom", "bathroom with a bathtub"),
    ),
    "laundry": (
        homes.laundry,
        ("laundry room", "laundry with washing machines", "laundrette", "hotel laundry"),
    ),
    "workshop": (
        halls.workshop,
        (
            "workshop with tools",
            "carpentry workshop",
            "repair workshop",
            "workshop with a workbench",
            "robotics workshop",
        ),
    ),
    "factory": (
        halls.factory,
        (
            "factory hall with machines",
            "assembly line in a factory",
            "production hall",
            "machine hall",
            "manufacturing plant interior",
        ),
    ),
    "warehouse": (
        halls.warehouse,
        (
            "warehouse with high shelves",
            "storage hall",
            "warehouse aisle",
            "logistics warehouse",
            "parcel warehouse",
        ),
    ),
    "shop": (
        public_rooms.shop,
        (
            "supermarket aisle",
            "shop with shelves",
            "supermarket with shelves",
            "grocery store",
            "pharmacy with shelves",
        ),
    ),
    "boutique": (
        public_rooms.boutique,
        ("boutique with clothes", "clothes shop", "fashion boutique", "boutique interior"),
    ),
    "gym": (
        public_rooms.gym,
        ("gym with mirrors", "fitness room", "gym with treadmills", "sports hall with machines", "hotel gym"),
    ),
    "games room": (
        public_rooms.games_room,
        ("games room", "games room with a table", "club room", "recreation room"),
    ),
    "music room": (schools.music_room, ("music room with a piano", "rehearsal room", "music school room")),
    "server room": (
        offices.server_room,
        ("server room", "data centre with server racks", "data centre aisle", "server room with blue lights"),
    ),
    "laboratory": (
        schools.laboratory,
        (
            "laboratory",
            "medical laboratory with benches",
            "chemistry laboratory",
            "research laboratory",
            "school laboratory",
        ),
    ),
    "vault": (
        offices.vault,
        ("bank vault", "vault with safe deposit boxes", "bank vault with steel boxes", "safe deposit room"),
    ),
    "building site": (
        halls.building_site,
        (
            "room under renovation",
            "unfinished room",
            "unfinished house with ladders",
            "renovation of a flat",
            "construction site interior",
        ),
    ),
}
"""Kind of room → how it is furnished, and what such a place is called in prompts."""
