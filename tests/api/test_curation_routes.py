from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from small_library import Site
from support import add, step

from catalog.lifecycle import Step
from portal.api.app import create_app
from portal.bench.serving import served
from recommend import curation

KEY = "a-curator-key-for-tests"


def recommended(client: httpx.Client) -> list[dict[str, Any]]:
    """What is recommended in the name of the palace."""
    answer = client.post("/v1/recommendations", json={"institution": "palace", "n": 50})
    assert answer.status_code == 200
    return answer.json()["items"]  # type: ignore[no-any-return]


@pytest.fixture
def curated(own_site: Site) -> Iterator[httpx.Client]:
    """A client with the curator key of a site that has one."""
    with_key = own_site.services.settings.model_copy(update={"curator_key": SecretStr(KEY)})
    app = create_app(replace(own_site.services, settings=with_key))
    with (
        served(app) as url,
        httpx.Client(base_url=url, trust_env=False, headers={"authorization": f"Bearer {KEY}"}) as client,
    ):
        yield client


def test_curators_pin_and_exclude(curated: httpx.Client, own_site: Site) -> None:
    address = f"/v1/institutions/palace/recommendations/{own_site.ids['scroll']}"
    made = curated.put(address, json={"action": "pin", "note": "特展"}).json()
    assert (made["title"], made["action"]) == ("清明上河图", "pin")
    first = recommended(curated)[0]
    assert (first["id"], first["reason"]["text"]) == (own_site.ids["scroll"], "馆员推荐")
    assert curated.get("/v1/institutions/palace/recommendations").json()["items"] == [made]
    curated.put(address, json={"action": "exclude"})
    assert own_site.ids["scroll"] not in [item["id"] for item in recommended(curated)]
    assert curated.delete(address).status_code == 200
    assert curated.delete(address).status_code == 404
    assert own_site.ids["scroll"] in [item["id"] for item in recommended(curated)]
    assert curated.put(address, json={"action": "hide"}).json()["field"] == "action"
    assert curated.put(address.replace("palace", "nowhere"), json={"action": "pin"}).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic ???", "Basic Og==", "Bearer"])
def test_nobody_curates_without_the_key(curated: httpx.Client, own: httpx.Client, header: str) -> None:
    for address in ("/v1/institutions/palace/recommendations", "/console/recommendations"):
        refused = curated.get(address, headers={"authorization": header})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        assert own.get(address).status_code == 403


def test_a_form_of_another_site_is_refused(curated: httpx.Client, own_site: Site) -> None:
    form = {"institution": "palace", "resource": own_site.ids["scroll"], "action": "pin"}
    foreign = curated.post("/console/recommendations", data=form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    own_page = {"origin": str(curated.base_url).rstrip("/")}
    assert curated.post("/console/recommendations", data=form, headers=own_page).status_code == 303
    assert "馆员推荐" in curated.get("/console/recommendations?institution=palace").text
    form["resource"] = f" {curated.base_url}resources/{own_site.ids['copies']}?lang=en"
    assert curated.post("/console/recommendations", data=form, headers=own_page).status_code == 303
    assert own_site.ids["copies"] in curated.get("/v1/institutions/palace/recommendations").text
    for unknown in ("nothing", "http://[x", "?", "///"):
        form["resource"] = unknown
        assert curated.post("/console/recommendations", data=form, headers=own_page).status_code == 404


def test_a_form_of_the_consoles_own_page_is_known_behind_a_server_that_changes_host(
    curated: httpx.Client, own_site: Site
) -> None:
    form = {"institution": "palace", "resource": own_site.ids["scroll"], "action": "pin"}
    outside = {"origin": "https://catalogue.example.org"}
    address = "/console/recommendations"
    assert (
        curated.post(address, data=form, headers=outside | {"sec-fetch-site": "same-origin"}).status_code
        == 303
    )
    for other in ("cross-site", "same-site", "none"):
        # The browser's own word goes before what a server in front may have made of the rest.
        own_page = {"origin": str(curated.base_url).rstrip("/"), "sec-fetch-site": other}
        assert curated.post(address, data=form, headers=own_page).status_code == 403
    assert curated.post(address, data=form).status_code == 403
    assert curated.post(address, data=form, headers={"host": "", "origin": ""}).status_code in (400, 403)


def test_who_has_no_key_hears_so_before_anything_that_was_sent_is_read(
    curated: httpx.Client, own: httpx.Client, own_site: Site
) -> None:
    nobody = {"authorization": "Bearer wrong"}
    for body in ({}, {"action": "hide"}):
        assert curated.post("/console/recommendations", data=body, headers=nobody).status_code == 401
        assert own.post("/console/recommendations", data=body).status_code == 403
        address = f"/v1/institutions/palace/recommendations/{own_site.ids['scroll']}"
        assert curated.put(address, json=body, headers=nobody).status_code == 401
        assert own.put(address, json=body).status_code == 403


def test_a_form_is_read_up_to_a_few_kilobytes_and_its_faults_are_named(
    curated: httpx.Client, own_site: Site
) -> None:
    own_page = {"origin": str(curated.base_url).rstrip("/")}
    form = {"institution": "palace", "resource": own_site.ids["scroll"], "action": "pin"}
    sent = {"headers": own_page}
    large = curated.post("/console/recommendations", data=form | {"more": "x" * 20_000}, **sent)
    assert large.status_code == 413
    files = curated.post("/console/recommendations", data=form, files={"file": b"x"}, **sent)
    assert files.status_code == 400
    for name, value in (("action", "hide"), ("resource", "x" * 301), ("institution", "")):
        wrong = form | {name: value}
        if not value:
            del wrong[name]
        refused = curated.post("/console/recommendations", data=wrong, **sent)
        assert (refused.status_code, refused.json()["field"]) == (400, name)


def test_taking_a_choice_back_twice_shows_the_console_again(curated: httpx.Client, own_site: Site) -> None:
    own_page = {"origin": str(curated.base_url).rstrip("/")}
    form = {"institution": "palace", "resource": own_site.ids["scroll"]}
    for action in ("pin", "undo", "undo"):
        pressed = curated.post("/console/recommendations", data=form | {"action": action}, headers=own_page)
        assert pressed.status_code == 303


def test_the_console_says_what_cannot_be_pinned_and_that_no_more_can_be(
    curated: httpx.Client, own_site: Site
) -> None:
    own_page = {"origin": str(curated.base_url).rstrip("/")}

    def pin(resource: str, institution: str = "palace") -> httpx.Response:
        form = {"institution": institution, "resource": resource, "action": "pin"}
        return curated.post("/console/recommendations", data=form, headers=own_page)

    unknown = pin("<nothing>")
    assert unknown.status_code == 404
    assert "selected>故宫博物院</option>" in unknown.text
    assert "没有已发布的资源“&lt;nothing&gt;”" in unknown.text
    for number in range(1, curation.MAX_PINS + 1):
        assert pin(own_site.ids[f"volume{number}"]).status_code == 303
    full = pin(own_site.ids["scroll"])
    assert full.status_code == 409
    assert "本机构已置顶 20 条" in full.text
    assert pin(own_site.ids["scroll"], "nowhere").json()["field"] == "institution"


def test_any_published_record_is_kept_out_by_its_id(curated: httpx.Client, own_site: Site) -> None:
    own_page = {"origin": str(curated.base_url).rstrip("/")}
    form = {"institution": "palace", "resource": own_site.ids["volume7"], "action": "exclude"}
    assert curated.post("/console/recommendations", data=form, headers=own_page).status_code == 303
    assert own_site.ids["volume7"] not in [item["id"] for item in recommended(curated)]
    refused = curated.post(
        "/console/recommendations?lang=en", data=form | {"resource": own_site.ids["draft"]}, headers=own_page
    )
    assert refused.status_code == 404
    assert f'value="{own_site.ids["draft"]}" aria-invalid="true" aria-describedby="fault"' in refused.text
    assert "There is no published record" in refused.text


@pytest.mark.parametrize(
    ("lang", "withdrawn", "unavailable"),
    [
        ("zh", "已下架，列表中不显示", "读者目前无法使用，列表中不显示"),
        ("en", "Withdrawn: no list shows it", "Out of readers&#39; reach for now: no list shows it"),
    ],
)
def test_the_console_says_of_what_is_pinned_why_no_list_shows_it(
    curated: httpx.Client, own_site: Site, lang: str, withdrawn: str, unavailable: str
) -> None:
    database = own_site.services.database
    gone, repaired = add(database, "将撤之书"), add(database, "待修之书", availability={"status": "repair"})
    for one in (gone, repaired):
        address = f"/v1/institutions/palace/recommendations/{one.id}"
        curated.put(address, json={"action": "pin"})
    step(database, gone, Step.WITHDRAW)
    obstacles = [
        one["obstacle"] for one in curated.get("/v1/institutions/palace/recommendations").json()["items"]
    ]
    assert obstacles == ["withdrawn", "unavailable"]
    page = curated.get(f"/console/recommendations?institution=palace&lang={lang}").text
    assert withdrawn in page
    assert unavailable in page
    assert f'href="/resources/{gone.id}"' not in page
    curated.put(f"/v1/institutions/palace/recommendations/{repaired.id}", json={"action": "exclude"})
    page = curated.get(f"/console/recommendations?institution=palace&lang={lang}").text
    assert unavailable not in page


@pytest.mark.parametrize(
    ("lang", "text"),
    [("zh", "只在以本机构名义显示的推荐列表中有效"), ("en", "shown in the name of this institution")],
)
def test_the_console_says_in_which_lists_a_choice_holds(
    curated: httpx.Client, own_site: Site, lang: str, text: str
) -> None:
    address = f"/v1/institutions/palace/recommendations/{own_site.ids['scroll']}"
    curated.put(address, json={"action": "exclude"})
    assert text in curated.get(f"/console/recommendations?institution=palace&lang={lang}").text
    everywhere = curated.post("/v1/recommendations", json={"n": 50}).json()["items"]
    assert own_site.ids["scroll"] in [item["id"] for item in everywhere]


def test_choices_of_an_unknown_institution_are_not_found(curated: httpx.Client) -> None:
    for code in ("typo", "%00"):
        answer = curated.get(f"/v1/institutions/{code}/recommendations")
        assert (answer.status_code, answer.json()["field"]) == (404, "institution")
        assert curated.get(f"/console/recommendations?institution={code}").status_code == 404


def test_a_note_with_nul_is_refused(curated: httpx.Client, own_site: Site) -> None:
    address = f"/v1/institutions/palace/recommendations/{own_site.ids['scroll']}"
    refused = curated.put(address, json={"action": "pin", "note": "a\0b"})
    assert (refused.status_code, refused.json()["field"]) == (400, "note")


def test_the_console_names_institutions_in_the_language_of_the_page(curated: httpx.Client) -> None:
    english = curated.get("/console/recommendations?lang=en").text
    assert ">The Palace Museum</option>" in english
    assert "故宫博物院</option>" not in english
    assert ">故宫博物院</option>" in curated.get("/console/recommendations?lang=zh").text


def test_a_curators_name_with_nul_is_kept_without_it(curated: httpx.Client, own_site: Site) -> None:
    address = f"/v1/institutions/palace/recommendations/{own_site.ids['scroll']}"
    assert curated.put(address, json={"action": "pin"}, auth=("馆员\0甲", KEY)).status_code == 200
    with own_site.services.database.read() as session:
        assert [one.actor for one in curation.choices(session, "palace")] == ["馆员甲"]
