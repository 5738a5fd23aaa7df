from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from reading_room import name_of, sent
from small_library import FRIENDLY_ORIGIN, Site

from portal.api.app import create_app
from portal.api.recommending_documents import EventsAnswer, PreferencesAnswer, RecommendationsAnswer
from portal.bench.serving import served
from portal.simulation import mark_simulated
from portal.trainer import train_here
from recommend.events.event import check_all

UNKNOWN = "01JF8Z6Q3V7W9X2Y4B5C6D7E8F"
KEY = "a-curator-key-for-tests"


def post(client: httpx.Client, *events: Any) -> dict[str, Any]:
    response = client.post("/v1/events", json={"events": list(events)})
    assert response.status_code == 200, response.text
    EventsAnswer.model_validate(response.json())
    return response.json()  # type: ignore[no-any-return]


def recommend(client: httpx.Client, **wanted: Any) -> dict[str, Any]:
    response = client.post("/v1/recommendations", json=wanted)
    assert response.status_code == 200, response.text
    RecommendationsAnswer.model_validate(response.json())
    return response.json()  # type: ignore[no-any-return]


def learn_together(site: Site, client: httpx.Client, first: str, second: str) -> None:
    for reader in range(100, 105):
        post(client, sent(site.ids[first], reader), sent(site.ids[second], reader))
    train_here(site.services)
    site.services.recommendation.look_again()


def test_a_list_is_never_empty(client: httpx.Client) -> None:
    answer = recommend(client)
    assert len(answer["items"]) == 10
    assert answer["strategy"] == "general"
    assert all(item["reason"]["text"] for item in answer["items"])


def test_what_readers_use_together_is_recommended_and_the_reason_names_it(
    own: httpx.Client, own_site: Site
) -> None:
    learn_together(own_site, own, "scroll", "opera")
    post(own, sent(own_site.ids["scroll"], 1))
    answer = recommend(own, subject=name_of(1), n=3)
    first = answer["items"][0]
    assert (answer["strategy"], first["id"]) == ("personal", own_site.ids["opera"])
    assert first["reason"]["because"] == {"id": own_site.ids["scroll"], "title": "清明上河图"}
    assert first["reason"]["text"] == "因为您看过“清明上河图”"
    english = recommend(own, subject=name_of(1), n=1, lang="en")["items"][0]
    assert english["reason"]["text"] == "Because you viewed “清明上河图”"
    beside = recommend(own, context="item", item=own_site.ids["scroll"], n=1)["items"][0]
    assert (beside["reason"]["type"], beside["id"]) == ("together", own_site.ids["opera"])


def test_each_event_of_a_batch_has_its_own_verdict(client: httpx.Client, site: Site) -> None:
    answer = post(
        client,
        sent(site.ids["scroll"], 1, id="verdicts-1"), sent(UNKNOWN, 1), "nonsense", sent(site.ids["withdrawn"], 1),
        sent(site.ids["opera"], 1, id="verdicts-2", type="bought"), sent(site.ids["scroll"], 1, id="verdicts-1"),
        sent(site.ids["opera"], 1, id="verdicts-1"),
    )  # fmt: skip
    assert (answer["accepted"], answer["duplicates"]) == (2, 1)
    verdicts = [(one["index"], one["field"]) for one in answer["rejected"]]
    assert verdicts == [(1, "resource"), (2, ""), (3, "resource"), (4, "type"), (6, "id")]


def test_a_batch_that_is_sent_again_changes_nothing(own: httpx.Client, own_site: Site) -> None:
    batch = [sent(own_site.ids["scroll"], reader) for reader in range(20)]
    assert post(own, *batch) | {"rejected": []} == {"accepted": 20, "duplicates": 0, "rejected": []}
    assert post(own, *batch) == {"accepted": 20, "duplicates": 20, "rejected": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"), (b"{", "body"), (b"[]", "events"), (b'{"events": {}}', "events"), (b'{"event": []}', "events"),
        (b'{"events": [{"value": NaN}]}', "body"), (b'{"events": ["\\ud800"]}', "body"), (b"\xff", "body"),
        (b'{"events": [' + b"1," * 1000 + b"1]}", "events"), (b"[" * 100_000, "body"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_batch_is_refused(client: httpx.Client, body: bytes, field: str) -> None:
    response = client.post("/v1/events", content=body)
    assert response.status_code == 400
    assert response.json()["field"] == field


def test_with_an_events_key_only_its_holder_speaks_for_readers(own_site: Site) -> None:
    with_key = own_site.services.settings.model_copy(update={"events_key": SecretStr(KEY)})
    visit = sent(own_site.ids["scroll"], id="of-a-visit") | {"session": "a-visit-of-tests-0001"}
    del visit["subject"]
    batch = {"events": [sent(own_site.ids["scroll"], 1), visit]}
    with (
        served(create_app(replace(own_site.services, settings=with_key))) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        taken = client.post("/v1/events", json=batch).json()
        assert (taken["accepted"], [one["field"] for one in taken["rejected"]]) == (1, ["subject"])
        wrong = client.post("/v1/events", json=batch, headers={"authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        right = client.post("/v1/events", json=batch, headers={"authorization": f"Bearer {KEY}"})
        assert (right.json()["accepted"], right.json()["rejected"]) == (2, [])
        assert "data-control" not in client.get("/").text
        # What earlier pages made browsers keep is given up on each page.
        for address in ("/", "/search", f"/resources/{own_site.ids['scroll']}"):
            assert " data-no-profiles>" in client.get(address).text
            assert " data-no-profiles>" not in httpx.get(own_site.url + address, trust_env=False).text


def test_a_strategy_or_a_reason_that_there_is_not_is_refused(client: httpx.Client, site: Site) -> None:
    shown = sent(site.ids["scroll"], 1, "impression")
    for name in ("strategy", "reason"):
        assert [one["field"] for one in post(client, shown | {name: "invented"})["rejected"]] == [name]


def test_a_body_beyond_a_megabyte_is_not_read(client: httpx.Client) -> None:
    response = client.post("/v1/events", content=b" " * ((1 << 20) + 1))
    assert response.status_code == 413


def test_a_client_that_sends_all_before_it_reads_hears_that_it_was_too_much(site: Site) -> None:
    # It closes the connection after one request, which takes the answer with it where the body was not read.
    sender = build_opener(ProxyHandler({}))
    with pytest.raises(HTTPError) as refused:
        sender.open(f"{site.url}/v1/events", b" " * (20 << 20), timeout=20)
    assert refused.value.code == 413
    refused.value.close()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"n": "5"}, 400, "n"), ({"personalised": "no"}, 400, "personalised"),
        ({"n": 0}, 400, "n"), ({"n": 101}, 400, "n"), ({"context": "nowhere"}, 400, "context"), ({"context": "item"}, 400, "item"),
        ({"context": "home", "item": "x"}, 400, "item"), ({"item": "x"}, 404, "item"), ({"filter": {"kind": ["boook"]}}, 400, "filter.kind"), ({"filter": {"colour": []}}, 400, "filter.colour"),
        ({"subject": "13800138000"}, 400, "subject"), ({"size": 3}, 400, "size"), ({"n": 1e999}, 400, "n"),
        ({"context": "item", "item": UNKNOWN}, 404, "item"), ({"filter": {"year.from": 900, "year.to": 800}}, 400, "filter.year.to"),
        ({"institution": "x" * 100}, 400, "institution"), ({"institution": "nowhere"}, 400, "institution"), ({"filter": {"kind": ["book"] * 33}}, 400, "filter.kind"), ({"lang": "fr"}, 400, "lang"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_by_its_field(
    client: httpx.Client, body: dict[str, Any], status: int, field: str
) -> None:
    content = str(body).replace("'", '"').replace("inf", "1e999").encode()
    response = client.post("/v1/recommendations", content=content)
    assert response.status_code == status
    assert response.json()["field"] == field


def test_codes_of_any_length_are_refused_without_being_told_again(client: httpx.Client) -> None:
    for facet in ("kind", "region", "institution"):
        response = client.post("/v1/recommendations", json={"filter": {facet: ["甲乙丙丁" * 80_000]}})
        assert (response.status_code, response.json()["field"]) == (400, f"filter.{facet}.0")
        assert len(response.content) < 1000


def test_while_a_large_batch_is_checked_other_requests_go_on(
    client: httpx.Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def noted(*given: Any, **more: Any) -> Any:
        threads.append(threading.current_thread().name)
        return check_all(*given, **more)

    monkeypatch.setattr("portal.api.recommending.check_all", noted)
    post(client, sent(UNKNOWN, 1))
    assert len(post(client, *[sent(UNKNOWN, 1)] * 1000)["rejected"]) == 1000
    of_requests, of_large_ones = threads
    assert of_requests != of_large_ones


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ("subject", "session", "context", "item", "filter", "institution", "n", "personalised", "lang")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(_NAMES), anything))
def test_whatever_is_asked_for_is_answered_or_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    assert client.post("/v1/recommendations", json=body).status_code in (200, 400, 404)


def test_switching_personalisation_off_takes_effect_at_once_and_deletes(
    own: httpx.Client, own_site: Site
) -> None:
    learn_together(own_site, own, "scroll", "opera")
    post(own, sent(own_site.ids["scroll"], 1))
    assert recommend(own, subject=name_of(1))["strategy"] == "personal"
    chosen = own.put(f"/v1/subjects/{name_of(1)}/preferences", json={"personalised": False})
    assert chosen.json()["personalised"] is False
    assert recommend(own, subject=name_of(1))["strategy"] == "general"
    own.put(f"/v1/subjects/{name_of(1)}/preferences", json={"personalised": True})
    assert recommend(own, subject=name_of(1))["strategy"] == "general"


def test_what_is_left_out_of_a_choice_stays_as_it_was(own: httpx.Client) -> None:
    address = f"/v1/subjects/{name_of(1)}/preferences"
    own.put(address, json={"personalised": False, "minor": True})
    label = {"facet": "kind", "value": "book"}
    chosen = own.put(address, params={"lang": "en"}, json={"liked": [label, label], "disliked": []}).json()
    assert (chosen["personalised"], chosen["minor"]) == (False, True)
    assert chosen["liked"] == [{**label, "label": "Book", "source": "written"}]
    assert own.put(address, json={"disliked": [label]}).json()["liked"] == []


def test_interests_are_shown_edited_and_deleted(own: httpx.Client, own_site: Site) -> None:
    address = f"/v1/subjects/{name_of(1)}/preferences"
    post(own, sent(own_site.ids["opera"], 1))
    seen = own.get(address).json()
    PreferencesAnswer.model_validate(seen)
    assert {"facet": "content_type", "value": "opera", "label": "戏曲", "source": "inferred"} in seen["liked"]
    label = {"facet": "content_type", "value": "opera"}
    edited = own.put(address, json={"disliked": [label]}).json()
    assert label.items() <= edited["disliked"][0].items()
    assert label not in [{"facet": one["facet"], "value": one["value"]} for one in edited["liked"]]
    assert all(
        "opera" not in str(item)
        for item in recommend(own, subject=name_of(1), n=50)["items"]
        if item["kind"] == "audiovisual"
    )
    for facet, value in (("kind", "nothing"), ("access", "open")):
        refused = own.put(address, json={"liked": [{"facet": facet, "value": value}]})
        assert (refused.status_code, refused.json()["field"]) == (400, "liked")


def test_an_interest_that_is_deleted_is_inferred_no_more_and_hides_nothing_until_it_is_taken_back(
    own: httpx.Client, own_site: Site
) -> None:
    address = f"/v1/subjects/{name_of(1)}/preferences"
    post(own, sent(own_site.ids["scroll"], 1))

    def ids() -> set[str]:
        return {item["id"] for item in recommend(own, subject=name_of(1), n=50)["items"]}

    before = ids()
    label = {"facet": "kind", "value": "heritage"}
    inferred = {**label, "label": "文化遗产", "source": "inferred"}
    assert inferred in own.get(address).json()["liked"]
    chosen = own.put(address, json={"deleted": [label]}).json()
    PreferencesAnswer.model_validate(chosen)
    assert chosen["deleted"] == [{**inferred, "source": "written"}]
    post(own, sent(own_site.ids["caves"], 1))
    assert inferred not in own.get(address).json()["liked"]
    assert own_site.ids["copies"] in before & ids()
    assert inferred in own.put(address, json={"deleted": []}).json()["liked"]
    refused = own.put(address, json={"deleted": [{"facet": "access", "value": "open"}]})
    assert (refused.status_code, refused.json()["field"]) == (400, "deleted")


def test_after_deletion_no_file_has_a_trace_of_the_subject(own: httpx.Client, own_site: Site) -> None:
    learn_together(own_site, own, "scroll", "opera")
    ago = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    event = sent(
        own_site.ids["scroll"], 1, id="event-of-the-one-who-goes", session="visit-of-the-one-who-goes", at=ago
    )
    post(own, event)
    train_here(own_site.services)
    response = own.delete(f"/v1/subjects/{name_of(1)}/events")
    assert response.json() == {"deleted": 1}
    assert recommend(own, subject=name_of(1))["strategy"] == "general"
    train_here(own_site.services)
    visit = own_site.services.pseudonyms.of("visit-of-the-one-who-goes")
    for file in own_site.services.settings.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for trace in (name_of(1), "event-of-the-one-who-goes", "visit-of-the-one-who-goes", visit):
                assert trace.encode() not in content, (file, trace)
    assert [one["field"] for one in post(own, event)["rejected"]] == ["at"]
    opened = own_site.services.recommendation.table()
    assert opened is not None
    assert opened[1].subjects.max() == 5


def test_what_is_no_pseudonym_can_be_deleted_all_the_same(client: httpx.Client) -> None:
    name = "user.13800138000.x"
    assert client.get(f"/v1/subjects/{name}/preferences").status_code == 400
    assert client.delete(f"/v1/subjects/{name}/events").json() == {"deleted": 0}


def test_what_only_two_readers_did_shows_in_no_list_of_others(own: httpx.Client, own_site: Site) -> None:
    for reader in (1, 2):
        post(own, sent(own_site.ids["scroll"], reader), sent(own_site.ids["volume7"], reader))
    train_here(own_site.services)
    own_site.services.recommendation.look_again()
    by_use = {"viewed", "together", "popular"}
    others = recommend(own, session=[own_site.ids["scroll"]], n=50)["items"]
    assert [item for item in others if item["reason"]["type"] in by_use] == []
    post(own, sent(own_site.ids["scroll"], 3), sent(own_site.ids["volume7"], 3))
    train_here(own_site.services)
    own_site.services.recommendation.look_again()
    first = recommend(own, session=[own_site.ids["scroll"]], n=50)["items"][0]
    assert (first["id"], first["reason"]["type"]) == (own_site.ids["volume7"], "viewed")


def test_clicks_are_counted_by_strategy_and_reason(own: httpx.Client, own_site: Site) -> None:
    answer = recommend(own, n=2)
    for place, item in enumerate(answer["items"]):
        shown = {
            "request_id": answer["request_id"],
            "strategy": answer["strategy"],
            "reason": item["reason"]["type"],
        }
        post(own, sent(item["id"], 1, "impression", **shown))
        if place == 0:
            post(own, sent(item["id"], 1, "opened", **shown))
    lines = own.get("/metrics").text.splitlines()
    reasons = [item["reason"]["type"] for item in answer["items"]]
    expected = {reason: 1.0 / reasons.count(reason) if reason == reasons[0] else 0.0 for reason in reasons}
    for reason, rate in expected.items():
        labels = f'{{reason="{reason}",strategy="general"}}'
        assert any(
            line.startswith(f"wenmai_recommendation_click_through{labels}")
            and float(line.split()[-1]) == rate
            for line in lines
        ), lines


def test_simulated_use_is_called_simulated_where_it_is_seen(own: httpx.Client, own_site: Site) -> None:
    before = [own.get(page).text for page in ("/", "/metrics")]
    mark_simulated(own_site.services.settings.data)
    assert ["由程序模拟" in before[0], "wenmai_simulated_use 0.0" in before[1]] == [False, True]
    assert "由程序模拟" in own.get("/").text
    assert "simulated by a program" in own.get("/?lang=en").text
    assert "wenmai_simulated_use 1.0" in own.get("/metrics").text


def test_no_cache_keeps_what_is_of_one_reader(client: httpx.Client) -> None:
    address = f"/v1/subjects/{name_of(1)}/preferences"
    for answer in (
        client.get(address), client.put(address, json={}),
        client.post("/v1/recommendations", json={"subject": name_of(1)}),
    ):  # fmt: skip
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"


def test_a_friendly_site_may_ask_and_report_and_no_other(client: httpx.Client) -> None:
    asked = {"origin": FRIENDLY_ORIGIN, "access-control-request-method": "POST"}
    allowed = client.options("/v1/recommendations", headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == FRIENDLY_ORIGIN
    assert "POST" in allowed.headers["access-control-allow-methods"]
    other = client.options("/v1/recommendations", headers=asked | {"origin": "https://other.example"})
    assert other.status_code == 405
    assert "access-control-allow-origin" not in other.headers
