from __future__ import annotations

from dataclasses import replace

from engines.planning.brief import Brief
from engines.planning.systems import compose_system


def test_each_step_gets_its_own_text_and_addition(medicine: Brief) -> None:
    topic = replace(
        medicine.topic, locations_addition=" No corridors. ", descriptions_addition="Clean and bright."
    )
    brief = replace(medicine, topic=topic)
    assert compose_system(brief, "locations") == f"{medicine.concept.locations_system}\nNo corridors."
    assert (
        compose_system(brief, "descriptions") == f"{medicine.concept.descriptions_system}\nClean and bright."
    )
    assert compose_system(medicine, "locations") == medicine.concept.locations_system
