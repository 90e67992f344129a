"""Draws over HTTP: the API of fans, the public page, and the files that sceptics download."""

from __future__ import annotations

import hashlib
import html
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from masterapp.db import db, now
from masterapp.draws import certificate_pdf, outcome, service, showing, verify_page
from masterapp.draws.keeping import Kept
from masterapp.draws.protocol.commitment import commit_hash, human_code
from masterapp.draws.protocol.tree import Node, verify_leaf
from masterapp.exact import canonical
from masterapp.exact.log import verify_log
from masterapp.fairness import beacon, signing
from masterapp.testing import draws as kit
from masterapp.testing.draws import Clock
from masterapp.testing.factories import (
    Player,
    create_brand,
    create_fan,
    create_game,
    rows,
)
from masterapp.testing.statements import counted
from masterapp.web.fan import draw_files, draws

VERIFIERS = ("verify.html", "verify_draw.py")
VERIFIER = Path(__file__).parents[2] / "static" / "verify" / "verify_draw.py"
WEIGHTS = {"ada": 5, "bob": 1, "chloe": 3, "david": 20, "emma": 9}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """What pages keep for some seconds does not outlive a test."""
    draws.forget()
    yield
    draws.forget()


@pytest.fixture
def brand(app: Flask) -> UUID:
    """A brand whose pages have an address."""
    return create_brand(app, slug="draws", name="Olympe FC", time_zone="Europe/Paris")


@pytest.fixture
def game(app: Flask, brand: UUID) -> UUID:
    """A game whose campaign has the draws."""
    return create_game(app, brand)


def get(fan: Player, path: str) -> Any:
    """Ask the API as this fan."""
    return fan.client.get(f"/api/v1/draws{path}", headers=fan.headers)


def post(fan: Player, path: str, **body: Any) -> Any:
    """Tap as this fan; a key is made where none is given."""
    body.setdefault("key", secrets.token_hex(8))
    return fan.client.post(f"/api/v1/draws{path}", json=body, headers=fan.headers)


def give_points(app: Flask, fan: Player, amount: int) -> None:
    """Give a fan points."""
    with app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key)"
            " VALUES (%s, gen_random_uuid(), %s, %s, 'gift', '{}', 'gift')",
            (fan.brand_id, fan.id, amount),
        )
        db.driver.execute(
            "INSERT INTO balance (brand_id, fan_id, amount, earned) VALUES (%s, %s, %s, %s)",
            (fan.brand_id, fan.id, amount, amount),
        )


def balance(app: Flask, fan: Player) -> int:
    """What the fan has."""
    return int(rows(app, "SELECT amount FROM balance WHERE fan_id = %s", fan.id)[0][0])


def test_a_fan_enters_stakes_leaves_and_comes_back(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """The free ticket is one, a stake adds tickets, leaving gives the points back; each is told at once."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=100, most=5)
    fan = create_fan(app, brand)
    give_points(app, fan, 350)

    assert get(fan, f"/{draw}").json["mine"] is None
    assert post(fan, f"/{draw}/entry", free=True).json["mine"]["tickets"] == "1"
    assert post(fan, f"/{draw}/entry", free=True).json["mine"]["tickets"] == "1"
    staked = post(fan, f"/{draw}/entry", stake=300).json
    assert (staked["mine"]["tickets"], staked["balance"]) == ("4", 50)
    left = post(fan, f"/{draw}/withdraw").json
    assert (left["mine"]["tickets"], left["mine"]["class"], left["balance"]) == ("0", 1, 350)
    assert post(fan, f"/{draw}/withdraw").status_code == 200
    back = post(fan, f"/{draw}/entry", free=True).json
    assert (back["mine"]["tickets"], back["mine"]["class"]) == ("1", 0)
    (line,) = get(fan, "").json["draws"]
    assert line["mine"]["tickets"] == "1"
    assert line["page"].endswith(f"/play/draws/draws/{draw}")


def test_a_late_retry_changes_nothing(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """A tap that arrives again after the fan left, or came back, is answered and does nothing more."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=100)
    fan = create_fan(app, brand)
    give_points(app, fan, 100)
    free, stake, leave, back = (secrets.token_hex(8) for _ in range(4))
    post(fan, f"/{draw}/entry", key=free, free=True)
    post(fan, f"/{draw}/entry", key=stake, stake=100)
    post(fan, f"/{draw}/withdraw", key=leave)
    assert post(fan, f"/{draw}/entry", key=free, free=True).json["mine"]["tickets"] == "0"
    assert post(fan, f"/{draw}/entry", key=stake, stake=100).json["balance"] == 100
    post(fan, f"/{draw}/entry", key=back, free=True)
    assert post(fan, f"/{draw}/withdraw", key=leave).json["mine"]["tickets"] == "1"
    assert rows(app, "SELECT seq FROM draw_entry") == [(4,)]


def test_fifty_taps_at_once_are_one(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """Fifty requests with one key stake once; fifty with keys of their own stop at the balance, exactly."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=10, most=0)
    one, many = create_fan(app, brand), create_fan(app, brand)
    give_points(app, one, 500)
    give_points(app, many, 305)
    seen: list[int] = []

    def tap(number: int) -> None:
        seen.append(post(one, f"/{draw}/entry", key="the-same-tap", stake=50).status_code)
        seen.append(post(many, f"/{draw}/entry", stake=10).status_code)

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(seen)) == [200, 409]
    assert seen.count(409) == 20
    assert (balance(app, one), balance(app, many)) == (450, 5)
    staked = dict(rows(app, "SELECT fan_id, staked FROM draw_entry"))
    assert (staked[one.id], staked[many.id]) == (50, 300)


def test_staking_and_leaving_at_once_loses_no_point(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """However stakes and withdrawals cross, points held and points staked add up, and nothing fails."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=10, most=0)
    fan = create_fan(app, brand)
    give_points(app, fan, 1000)
    post(fan, f"/{draw}/entry", free=True)
    seen: list[int] = []

    def tap(number: int) -> None:
        path, body = ("entry", {"stake": 10}) if number % 2 else ("withdraw", {})
        seen.append(post(fan, f"/{draw}/{path}", **body).status_code)

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {200}
    ((staked,),) = rows(app, "SELECT staked FROM draw_entry")
    assert balance(app, fan) + staked == 1000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"free": True, "stake": 100}, "invalid"),
        ({}, "invalid"),
        ({"stake": 150}, "stake_uneven"),
        ({"stake": 500}, "stake_cap"),
        ({"stake": 600}, "points_short"),
        ({"stake": -100}, "invalid"),
        ({"stake": "100"}, "invalid"),
        ({"free": True, "key": "short"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    app: Flask, brand: UUID, game: UUID, clock: Clock, body: dict[str, Any], code: str
) -> None:
    """Both or neither, odd sums, more than the limit or the balance: refused, and nothing is spent."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=100, most=5)
    fan = create_fan(app, brand)
    give_points(app, fan, 550)
    answer = post(fan, f"/{draw}/entry", **body)
    assert answer.json["code"] == code
    assert balance(app, fan) == 550
    assert rows(app, "SELECT 1 FROM draw_entry") == []
    assert rows(app, "SELECT 1 FROM draw_tap") == []


def test_a_closed_draw_takes_nobody_and_lets_go_until_it_is_fixed(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """After closing nobody enters, who is in may still leave; once the list is fixed nobody can."""
    draw = kit.make_draw(app, brand, game, at=clock())
    fans = kit.enter_many(app, brand, draw, {"ada": 5, "bob": 2})
    clock.pass_by(minutes=61)
    late = create_fan(app, brand)
    assert post(late, f"/{draw}/entry", free=True).json["code"] == "draw_closed"
    assert post(late, f"/{draw}/withdraw").json["code"] == "not_found"
    assert post(fans["ada"], f"/{draw}/withdraw").status_code == 200
    kit.fix(app, brand, draw, clock)
    assert post(fans["bob"], f"/{draw}/withdraw").json["code"] == "draw_is_fixed"


def test_walls_between_brands_fans_and_drafts(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Another brand's fan finds no draw; another fan sees no entry, receipt or ticket; a draft does not exist."""
    draw = kit.make_draw(app, brand, game, at=clock())
    draft = kit.make_draw(app, brand, game, at=clock())
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE draw SET state = 'draft' WHERE id = %s", (draft,))
    fans = kit.enter_many(app, brand, draw, WEIGHTS)
    stranger = create_fan(app, create_brand(app))
    neighbour = create_fan(app, brand)
    for path in ("", "/receipt", "/ticket"):
        assert get(stranger, f"/{draw}{path}").status_code == 404
        assert get(fans["ada"], f"/{draft}{path}").status_code == 404
        assert app.test_client().get(f"/api/v1/draws/{draw}{path}").status_code == 401
    for path, body in (("entry", {"free": True}), ("withdraw", {})):
        assert post(stranger, f"/{draw}/{path}", **body).status_code == 404
        assert post(fans["ada"], f"/{draft}/{path}", **body).status_code == 404
    kit.fix(app, brand, draw, clock)
    for path in ("/receipt", "/ticket"):
        assert get(neighbour, f"/{draw}{path}").status_code == 404
    assert get(stranger, "").json["draws"] == []
    assert [one["id"] for one in get(neighbour, "").json["draws"]] == [str(draw)]


def test_a_fan_takes_home_what_the_published_verifier_accepts(
    app: Flask, brand: UUID, game: UUID, clock: Clock, tmp_path: Path
) -> None:
    """Receipt and ticket from the API pass verify_draw.py beside the certificate, and the numbers agree."""
    draw = kit.make_draw(app, brand, game, at=clock())
    fans = kit.enter_many(app, brand, draw, WEIGHTS)
    receipt = get(fans["chloe"], f"/{draw}/receipt")
    assert get(fans["chloe"], f"/{draw}/ticket").json["code"] == "draw_not_fixed"
    kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)
    ticket = get(fans["chloe"], f"/{draw}/ticket")
    shown = get(fans["chloe"], f"/{draw}").json

    assert get(fans["chloe"], f"/{draw}/receipt").json == receipt.json
    with app.app_context():
        assert signing.is_signed(receipt.json, signing.public_key(brand))
    assert (receipt.json["weight"], shown["tickets"]) == ("3", "38")
    first, last = int(shown["mine"]["first"]), int(shown["mine"]["last"])
    assert last - first == 2
    for name, answer in (("receipt", receipt), ("ticket", ticket)):
        (tmp_path / f"{name}.json").write_bytes(answer.data)
    page = f"/play/draws/draws/{draw}"
    certificate = app.test_client().get(f"{page}/certificate.json")
    (tmp_path / "certificate.json").write_bytes(certificate.data)
    for words in (
        ["ticket", "ticket.json", "certificate.json"],
        ["receipt", "receipt.json", "ticket.json"],
        ["certificate.json"],
    ):
        run = subprocess.run(
            [sys.executable, str(VERIFIER), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"{words}: {run.stdout}{run.stderr}"
        if words[0] == "ticket":
            assert str(first) in run.stdout
    result = {(place["prize"], place["kind"]) for place in shown["result"]["places"]}
    assert ("P1", "winner") in result
    outcomes = [get(fan, f"/{draw}").json["mine"]["outcome"] for fan in fans.values()]
    assert sorted(one["kind"] for one in outcomes if one) == ["alternate", "alternate", "winner"]


PAGE = "/play/draws/draws"


def browser(app: Flask, fan: Player | None = None) -> Any:
    """A browser, with the cookie of a fan's hosted session if there is one."""
    return app.test_client() if fan is None else fan.browser


def seen(client: Any, path: str, **options: Any) -> str:
    """Open a page in English and return its text."""
    answer = client.get(path, headers={"Accept-Language": "en"}, **options)
    assert answer.status_code == 200, answer.text
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def test_the_page_goes_with_the_draw_from_open_to_drawn(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Each state says what is so now, in words; codes, numbers and files appear when they exist and not before."""
    draw = kit.make_draw(app, brand, game, at=clock())
    fans = kit.enter_many(app, brand, draw, WEIGHTS, locale="en")
    stranger, path = browser(app), f"{PAGE}/{draw}"
    page = seen(stranger, path)
    assert "One ticket is always free" in page
    assert "Sign in to take your free ticket" in page
    assert "entries.bin" not in page
    clock.pass_by(minutes=90)
    assert "Entries are closed. The list is looked through" in seen(stranger, path)
    fixed = kit.fix(app, brand, draw, clock)
    page = seen(stranger, path)
    assert fixed.commitment is not None
    assert fixed.commit_hash is not None
    for told in (
        fixed.commit_hash.hex(),
        fixed.commitment["entries"]["file_sha256"],
        f"{fixed.commitment['entropy'][0]['round']:,}",
        "2026-11-01 15:00:00 UTC",
        "16:00",
        *human_code(fixed.commit_hash).split("-"),
        *(hashlib.sha256(VERIFIER.with_name(n).read_bytes()).hexdigest() for n in VERIFIERS),
    ):
        assert told in page, told
    assert "certificate.json" not in page.split("</main>")[0]
    kit.hold(app, brand, draw, clock)
    page = seen(stranger, path)
    document = kit.certificate(app, brand, draw)
    for told in (document["seed"], *kit.numbers(document), "certificate.json", "Level D"):
        assert told in page, told
    won = dict(rows(app, "SELECT fan_id, kind FROM draw_winner"))
    for fan in fans.values():
        page = seen(browser(app, fan), path)
        outcome = {"winner": "You have won", "alternate": "You are alternate"}
        assert outcome.get(won.get(fan.id, ""), "Not this time") in page


def test_waiting_called_off_and_locked_are_told_in_one_sentence(
    app: Flask, brand: UUID, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent beacon, a draw called off with its reason, and one that the crowd did not unlock say so."""
    off = kit.make_draw(app, brand, game)
    with app.app_context(), db.transaction():
        service.call_off(
            service.find(brand, off), "The match was moved", now=clock(), member_id=None
        )
    tier = kit.make_draw(app, brand, game, source="tier", threshold=5)
    late = kit.make_draw(app, brand, game)
    kit.enter_many(app, brand, late, WEIGHTS)
    stranger = browser(app)
    page = seen(stranger, f"{PAGE}/{tier}")
    assert "still 5 to go" in page
    assert "“The match was moved”" in seen(stranger, f"{PAGE}/{off}")
    kit.fix(app, brand, tier, clock)
    assert "did not reach the 5" in seen(stranger, f"{PAGE}/{tier}")
    kit.fix(app, brand, late, clock)

    def silent(*_: Any, **__: Any) -> None:
        raise beacon.BeaconUnavailable(["silence"])

    monkeypatch.setattr(beacon, "obtain", silent)
    kit.hold(app, brand, late, clock)
    page = seen(stranger, f"{PAGE}/{late}")
    assert "The public beacon has not answered us yet" in page
    assert "72 hours" in page


def test_the_forms_of_the_page_work_without_a_script(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Take, stake and leave by plain forms; the same form sent twice is once; a refusal is said on the page."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="stakes", price=100, most=5)
    fan = create_fan(app, brand, locale="en")
    give_points(app, fan, 350)
    client, path = browser(app, fan), f"{PAGE}/{draw}"
    key = form_key(seen(client, path), "stake")

    def send(where: str, **form: str) -> str:
        answer = client.post(f"{path}/{where}", data={"key": key + where[:1], **form})
        assert answer.status_code == 303, answer.text
        assert answer.location.endswith(f"{path}#mine")
        return seen(client, path)

    assert "You are in the draw" in send("free")
    page = send("stake", tickets="2")
    assert "200 points staked" in page
    send("stake", tickets="2")
    assert balance(app, fan) == 150
    for wrong in ("0", "-1", "x", "99999999", "1.5"):
        answer = client.post(f"{path}/stake", data={"key": secrets.token_hex(8), "tickets": wrong})
        assert answer.status_code == 303
    assert "A ticket costs 100 points" in seen(client, path)
    answer = client.post(f"{path}/stake", data={"key": secrets.token_hex(8), "tickets": "2"})
    assert "You have 150 points, which is not enough" in seen(client, path)
    assert client.post(f"{path}/free", data={"key": "x"}).status_code == 400
    assert "You are not in this draw" not in send("leave")
    assert balance(app, fan) == 350
    stranger = browser(app).post(f"{path}/free", data={"key": key})
    assert (stranger.status_code, "sign-in" in stranger.location) == (303, True)
    ledger = seen(client, "/play/draws/me/points")
    assert "Staked in a draw" in ledger
    assert "Stake returned" in ledger


def form_key(page: str, where: str) -> str:
    """The key that a form of the page carries."""
    found = re.search(rf'/{where}".*?name="key" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_typed_code_is_compared_as_people_type(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """The right code counts in small letters, with blanks, I for 1 and O for 0; a wrong one is said to be wrong."""
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS)
    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commit_hash is not None
    code = human_code(fixed.commit_hash)
    client, path = browser(app), f"{PAGE}/{draw}"
    sloppy = code.lower().replace("-", " ").replace("1", "i").replace("0", "o")
    for typed in (code, sloppy, code.replace("-", "")):
        page = seen(client, path, query_string={"code": typed})
        assert "Yes: this is the code" in page
    last = "A" if code[-1] != "A" else "B"
    for typed in (code[:-1] + last, code[:-1], "<script>"):
        page = seen(client, path, query_string={"code": typed})
        assert "No: this is another code" in page
        assert "Yes: this is" not in page
    assert "another code" not in seen(client, path, query_string={"code": " "})


def test_strangers_check_the_draw_with_nothing_but_the_files(
    app: Flask, brand: UUID, game: UUID, clock: Clock, tmp_path: Path
) -> None:
    """Commitment, list, certificate, any proof, log and verifiers are served, and the served verifier accepts them."""
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS)
    client, path = browser(app), f"{PAGE}/{draw}"
    for name in ("commitment.json", "entries.bin", f"proof/{'0' * 64}"):
        assert client.get(f"{path}/{name}").status_code == 409
    assert client.get(f"{path}/certificate-fr.pdf").status_code == 409
    fixed = kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)
    assert fixed.commit_hash is not None
    for name in ("certificate.json", "entries.bin"):
        (tmp_path / name).write_bytes(client.get(f"{path}/{name}").data)
    (tmp_path / "verify_draw.py").write_bytes(client.get("/verify/verify_draw.py").data)
    run = subprocess.run(
        [sys.executable, "verify_draw.py", "full", "certificate.json", "entries.bin"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    commitment = canonical.decode(client.get(f"{path}/commitment.json").data)
    assert commit_hash(commitment) == fixed.commit_hash
    entries = commitment["entries"]
    for (tag,) in rows(app, "SELECT encode(tag, 'hex') FROM draw_entry"):
        proof = client.get(f"{path}/proof/{tag}").json
        tickets = verify_leaf(
            bytes.fromhex(proof["record"]),
            proof["leaf"],
            entries["n"],
            [Node(int(total), bytes.fromhex(digest)) for total, digest in proof["path"]],
            int(entries["W"]),
            bytes.fromhex(entries["root"]),
        )
        assert (str(tickets.start + 1), str(tickets.stop)) == (proof["first"], proof["last"])
    for wrong in ("0" * 64, "zz", tag.upper(), tag + "00"):
        assert client.get(f"{path}/proof/{wrong}").status_code == 404
    records = client.get(f"{path}/log.json").json["records"]
    assert [one["record"]["type"] for one in records][:2] == ["draw_announced", "draw_committed"]
    whole = client.get(f"{PAGE}/log.json").json
    assert (
        verify_log([one["record"] for one in whole["records"]]).hex()
        == whole["records"][-1]["hash"]
    )
    for one in whole["records"]:
        assert (
            hashlib.sha256(canonical.encode(one["data"])).hexdigest()
            == one["record"]["data_sha256"]
        )
    assert client.get(f"{PAGE}/log.json?from=2").json["records"][0]["record"]["seq"] == 2
    assert client.get(f"{PAGE}/log.json?from=x").status_code == 404


def test_the_certificate_is_printed_once_for_each_state(
    app: Flask, brand: UUID, game: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PDF is made once for ten requests and again when the certificate has changed, in both languages."""
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS)
    kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)
    made: list[str] = []
    genuine = certificate_pdf.pdf

    def counted(*args: Any, **values: Any) -> bytes:
        made.append(values["locale"])
        return genuine(*args, **values)

    monkeypatch.setattr(certificate_pdf, "pdf", counted)
    client, path = browser(app), f"{PAGE}/{draw}"
    for _ in range(5):
        for locale in ("fr", "en"):
            answer = client.get(f"{path}/certificate-{locale}.pdf")
            assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert sorted(made) == ["en", "fr"]
    with app.app_context(), db.transaction():
        document = kit.certificate(app, brand, draw)
        content = canonical.encode(
            {**document, "labels": [{"slot": ["P1", "winner", 1], "label": "A. L."}]}
        )
        db.driver.execute(
            "UPDATE draw_document SET content = %s WHERE name = 'certificate'", (content,)
        )
    draws.forget()
    assert client.get(f"{path}/certificate-fr.pdf").status_code == 200
    assert sorted(made) == ["en", "fr", "fr"]
    names = [name for (name,) in rows(app, "SELECT name FROM draw_document ORDER BY name")]
    assert len(names) == 4, names
    assert client.get(f"{path}/certificate-de.pdf").status_code == 404


def many_entries(app: Flask, brand: UUID, draw: UUID, count: int) -> None:
    """Put made-up entries into a draw, without fans behind them."""
    with app.app_context(), db.transaction():
        db.driver.execute("SET session_replication_role = replica")
        db.driver.execute(
            "INSERT INTO draw_entry (brand_id, draw_id, fan_id, tickets, salt, tag, grouping, changed_at)"
            " SELECT %s, %s, gen_random_uuid(), 1, sha256(n::text::bytea), sha256(('t' || n)::bytea),"
            " substring(sha256(n::text::bytea) FOR 16), now() FROM generate_series(1, %s) AS n",
            (brand, draw, count),
        )
        db.driver.execute("SET session_replication_role = origin")


def test_the_list_travels_in_pieces(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """The file has its length, tag and hash; any part of it can be asked for; no piece holds much of it."""
    draw = kit.make_draw(app, brand, game, at=clock(), most=0)
    many_entries(app, brand, draw, 70_000)
    fixed = kit.fix(app, brand, draw, clock)
    assert fixed.commitment is not None
    client, path = browser(app), f"{PAGE}/{draw}/entries.bin"
    whole = kit.entries_bin(app, brand, draw)
    answer = client.get(path, buffered=False)
    pieces = list(answer.iter_encoded())
    assert b"".join(pieces) == whole
    assert max(len(piece) for piece in pieces) < len(whole)
    assert answer.headers["Content-Length"] == str(len(whole))
    assert hashlib.sha256(whole).hexdigest() == fixed.commitment["entries"]["file_sha256"]
    tag = answer.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(path).headers["Content-Length"] == str(len(whole))
    size = len(whole)
    for asked, part in {
        "bytes=0-0": whole[:1],
        "bytes=10-100": whole[10:101],
        "bytes=36-37": whole[36:38],
        f"bytes=57036-{57036 + 3_700_000}": whole[57036 : 57036 + 3_700_001],
        f"bytes={size - 1}-": whole[-1:],
        "bytes=-57": whole[-57:],
        "bytes=0-": whole,
    }.items():
        found = client.get(path, headers={"Range": asked})
        assert (found.status_code, found.data == part) == (206 if part != whole else 200, True), (
            asked
        )
    assert client.get(path, headers={"Range": f"bytes={size}-"}).status_code == 416
    changed = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert client.get(path, headers=changed).data == whole


def test_nothing_public_tells_who_anybody_is(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """No public answer holds a fan's id, address, number or salt, before or after the draw."""
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS, display_name="Ada Lovelace")
    secrets_of = [
        value
        for row in rows(
            app,
            "SELECT fan.id::text, fan.email, encode(salt, 'hex'), fan.display_name, encode(salt, 'base64')"
            " FROM draw_entry JOIN fan ON fan.id = fan_id",
        )
        for value in row
    ]
    raw = [bytes(salt) for (salt,) in rows(app, "SELECT salt FROM draw_entry")]
    tags = [tag for (tag,) in rows(app, "SELECT encode(tag, 'hex') FROM draw_entry")]
    names = ["", "/live.json", "/commitment.json", "/certificate.json", "/log.json", "/entries.bin"]
    names += ["/certificate-fr.pdf", *(f"/proof/{tag}" for tag in tags)]
    paths = [f"{PAGE}/{draw}{name}" for name in names]
    paths += [f"{PAGE}/log.json", "/play/draws/"]
    looked = 0
    for step in (None, kit.fix, kit.hold):
        if step:
            step(app, brand, draw, clock)
        for path in paths:
            answer = browser(app).get(path)
            assert answer.status_code in (200, 409), path
            looked += answer.status_code == 200
            for secret in secrets_of:
                assert secret.strip() not in answer.get_data().decode("latin1"), (path, secret)
            for salt in raw:
                assert salt not in answer.data, path
    assert looked > 25
    for name in ("ticket.json", "receipt.json"):
        assert browser(app).get(f"{PAGE}/{draw}/{name}").status_code == 302


def test_drafts_and_other_brands_have_no_page(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A draft has no page and no file, and a draw has none under another brand's address."""
    other = create_brand(app, slug="other")
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS)
    kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)
    client = browser(app)
    names = ("", "/live.json", "/commitment.json", "/certificate.json", "/log.json", "/entries.bin")
    for name in names:
        assert client.get(f"{PAGE}/{draw}{name}").status_code == 200
        assert client.get(f"/play/other/draws/{draw}{name}").status_code == 404
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE draw SET state = 'draft'")
    draws.forget()
    for name in names:
        assert client.get(f"{PAGE}/{draw}{name}").status_code == 404
    assert "Big draw" not in seen(client, "/play/draws/")
    foreign = create_fan(app, other)
    assert foreign.id
    assert seen(browser(app), "/play/other/")


def count_statements(app: Flask, client: Any, path: str) -> int:
    """How many statements a page takes, by either way to the database."""
    with counted() as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_page_costs_few_statements(app: Flask, brand: UUID, game: UUID, clock: Clock) -> None:
    """Once somebody has looked, a stranger costs three statements in any state, the live question one, a fan eight."""
    draw = kit.make_draw(app, brand, game, at=clock(), source="tier", threshold=1)
    fans = kit.enter_many(app, brand, draw, WEIGHTS)
    with app.app_context(), db.transaction():
        db.driver.execute("UPDATE draw SET terms = terms || '{\"threshold\": 0}'")
    stranger, path = browser(app), f"{PAGE}/{draw}"
    mine = browser(app, fans["david"])
    for step in (None, kit.fix, kit.hold):
        if step:
            step(app, brand, draw, clock)
        for client in (stranger, mine):
            client.get(path)
        stranger.get(f"{path}/live.json")
        assert count_statements(app, stranger, path) <= 3
        assert count_statements(app, stranger, f"{path}/live.json") <= 1
        if step is kit.hold:
            stranger.get(f"{path}/certificate.json")
            assert count_statements(app, stranger, f"{path}/certificate.json") <= 2
        assert count_statements(app, mine, path) <= 8


def test_lists_name_the_draws_and_my_space_mine(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """Home and campaign link to announced draws; my space shows tickets, numbers, receipt and result of mine."""
    draw = kit.make_draw(app, brand, game, at=clock())
    fans = kit.enter_many(app, brand, draw, WEIGHTS, locale="en")
    kit.make_draw(app, brand, game, at=clock(), title={"fr": "Autre", "en": "Not mine"})
    slug = rows(app, "SELECT slug FROM campaign")[0][0]
    for path in ("/play/draws/", f"/play/draws/campaigns/{slug}/"):
        assert f"/draws/{draw}" in seen(browser(app), path)
    client = browser(app, fans["david"])
    page = seen(client, "/play/draws/me/draws")
    assert "Big draw" in page
    assert "Not mine" not in page
    kit.fix(app, brand, draw, clock)
    with app.app_context():
        leaf = showing.mine(service.find(brand, draw), fans["david"].id)
    assert leaf is not None
    assert f"No. {leaf.first} to {leaf.last}" in seen(client, "/play/draws/me/draws")
    for name in ("ticket.json", "receipt.json"):
        answer = client.get(f"{PAGE}/{draw}/{name}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert canonical.decode(answer.data)["salt"]


def test_the_verifier_opens_under_its_own_policy(app: Flask) -> None:
    """verify.html may run its own script and nothing else; only the modules that a page needs are served beside it."""
    client = app.test_client()
    answer = client.get("/verify/verify.html")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert verify_page.policy() in answer.headers["Content-Security-Policy"]
    with app.test_request_context():
        folder = draw_files.check_address()
    assert client.get(f"{folder}mvd1.js").headers["Cache-Control"].endswith("immutable")
    for missing in (f"{folder}page.js", f"{folder}__init__.py", "/verify/x", f"{folder}../x"):
        assert client.get(missing).status_code == 404


def test_the_gauge_rises_with_real_plays(app: Flask, brand: UUID, game: UUID) -> None:
    """Finished plays fill the gauge of every tier of the campaign, and say how many are missing."""
    at = now()
    tiers = [
        kit.make_draw(app, brand, game, at=at, source="tier", threshold=many) for many in (2, 8)
    ]
    fan = create_fan(app, brand, locale="en")
    for _ in range(2):
        assert fan.play(game, points=0).status_code == 200
    page = seen(browser(app, fan), f"{PAGE}/{tiers[1]}")
    assert "2</strong> plays so far" in page
    assert "unlocked at 2" in page
    assert "still 6 to go" in page
    assert "2 from plays" in page


def test_reasons_of_vacancies_are_counted_in_words(
    app: Flask, brand: UUID, game: UUID, clock: Clock
) -> None:
    """A place that fell vacant stays visible as such, its alternate steps in, and the reason is counted."""
    draw = kit.make_draw(app, brand, game, at=clock())
    kit.enter_many(app, brand, draw, WEIGHTS)
    kit.fix(app, brand, draw, clock)
    kit.hold(app, brand, draw, clock)
    with app.app_context(), db.transaction():
        found = service.find(brand, draw, lock=True)
        places = outcome.places(found)
        winner = next(place for place in places if place.kind == "winner")
        winner.state = "vacant"
        winner.vacancy = {
            "number": 1,
            "reason": "NO_REPLY",
            "evidence_sha256": "0" * 64,
            "approvers": ["a", "b"],
            "ts": "2026-11-03T12:00:00Z",
        }
        db.session.flush()
        outcome.renew_certificate(found, places)
    draws.forget()
    page = seen(browser(app), f"{PAGE}/{draw}")
    assert "fell vacant" in page
    assert "stepped in, alternate 1" in page
    assert "No answer before the deadline (1)" in page


def test_a_crowd_costs_one_look() -> None:
    """While one caller looks again, fifty others get the last value at once; after a failure the next one looks."""
    kept: Kept[int] = Kept(0.05)
    looked: list[int] = []
    go_on = threading.Event()

    def look() -> int:
        looked.append(1)
        return len(looked)

    def slow() -> int:
        go_on.wait(5)
        return look()

    assert kept.get("one", look) == 1
    time.sleep(0.06)
    slowly = threading.Thread(target=kept.get, args=("one", slow))
    slowly.start()
    time.sleep(0.05)
    assert [kept.get("one", slow) for _ in range(50)] == [1] * 50
    go_on.set()
    slowly.join()
    assert kept.get("one", look) == 2

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        kept.get("two", fail)
    assert kept.get("two", look) == 3
    assert kept.get("two", fail) == 3
