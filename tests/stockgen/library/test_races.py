"""Two at the same moment, on the real PostgreSQL: nobody's name, sharing or flags are lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from engines.gates.results import Examined, Finding
from jobs.states import worker_name
from stockgen.models import Cause, Collection, Examination, StockPicture
from tests.factories import make_pictures, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let each do its work in the same moment, with a connection of its own; returns results and exceptions."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return work()
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_collections_of_a_name_at_once_are_one_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    both_looked = threading.Barrier(2)
    check = Collection.check_name

    def check_and_wait(self: Collection, name: str) -> str:
        checked = check(self, name)
        both_looked.wait(10)
        return checked

    monkeypatch.setattr(Collection, "check_name", check_and_wait)
    results = at_once(*[lambda: Collection.objects.start(owner, name="Food")] * 2)
    [refused] = [one for one in results if isinstance(one, Exception)]
    assert isinstance(refused, ValidationError)
    assert refused.message_dict == {"name": ["You have a collection of this name."]}
    assert Collection.objects.count() == 1


def test_a_name_taken_meanwhile_leaves_the_transaction_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_user()
    Collection.objects.start(owner, name="Food")
    other = Collection.objects.start(owner, name="Bread")
    monkeypatch.setattr(
        Collection, "check_name", lambda self, name: name
    )  # it was free when it was looked for
    with transaction.atomic():
        with pytest.raises(ValidationError):
            other.edit(name="Food")
        assert Collection.objects.get(pk=other.pk).name == "Bread"


def test_sharing_does_not_write_back_a_name_from_before() -> None:
    collection = Collection.objects.start(make_user(), name="Food")
    stale = Collection.objects.get(pk=collection.pk)
    collection.edit(name="Bread")
    stale.edit(is_shared=True)
    collection.refresh_from_db()
    assert (collection.name, collection.is_shared) == ("Bread", True)


def test_a_picture_approved_while_its_examination_is_stored_keeps_its_flags() -> None:
    [picture] = make_pictures(1)
    [job] = Examination.objects.claim(worker_name())
    approved, stored = threading.Event(), threading.Event()

    def approve() -> None:
        with transaction.atomic():
            assert picture.approve(Cause.VOTES)  # its row in the stock is there, and nobody else sees it
            approved.set()
            stored.wait(1)  # what is stored waits for this at its end, if it waits

    def store() -> None:
        assert approved.wait(10)
        job.store(Examined(findings=(Finding("dark", 0.1),), failures=()), looks=("0" * 256,), seconds=0.1)
        stored.set()

    assert at_once(approve, store) == [None, None]
    assert StockPicture.objects.get().flags == ["dark"]


def test_a_picture_examined_just_before_its_approval_comes_into_the_stock_with_its_flags() -> None:
    [picture] = make_pictures(1)
    [job] = Examination.objects.claim(worker_name())
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        job.store(Examined(findings=(Finding("dark", 0.1),), failures=()), looks=("0" * 256,), seconds=0.1)
        approved = pool.submit(lambda: at_once(lambda: picture.approve(Cause.VOTES)))
        assert not StockPicture.objects.exists()
    assert approved.result(20) == [True]
    assert StockPicture.objects.get().flags == ["dark"]
