"""Attacks on the HTTP lane, on 127.0.0.1: strangers, impostors, slow and greedy callers, downgrades."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.courier.conftest import HURRIED, post, read_all

from accord import courier, exchange
from accord.courier import certificates, reception, serving
from accord.courier.terms import MESSAGE, Pace
from accord.errors import PeerError, TrustError
from accord.ledger import SigningKey

NAME = b"Amina"


def question(desks: Any) -> bytes:
    return exchange.ask(desks.unodc, "interpol", "investigation", "case-7")


def untouched(served: Any) -> bool:
    return not any(entry.kind.startswith("exchange.") for entry in served.party.log.entries())


def context_signed_by(desks: Any, key: SigningKey, name: str = "unodc") -> ssl.SSLContext:
    """A caller's context as unodc's, with a certificate in the name of `name` that `key` signed."""
    from dataclasses import replace

    return certificates.calling_context(replace(desks.unodc, id=name, sign=key), "interpol")


def refused_at_the_door(served: Any, context: ssl.SSLContext, message: bytes) -> None:
    """TLS 1.3 tells a caller late: its handshake may end, but nothing is read, and nothing but the end comes back."""
    answer = b""
    with suppress(ssl.SSLError, ConnectionError), served.connect(context=context) as line:
        line.sendall(post(MESSAGE, message))
        answer = line.recv(65536)
    assert answer == b""
    assert untouched(served)


def test_attack_certificate_outside_the_accord(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    refused_at_the_door(served, context_signed_by(desks, SigningKey.generate()), question(desks))


def test_attack_caller_without_a_certificate(desks: Any, serve: Any) -> None:
    served, context = serve(desks.interpol), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    refused_at_the_door(served, context, question(desks))


def test_attack_self_signed_certificate_that_names_a_party(desks: Any, serve: Any, tmp_path: Path) -> None:
    """Everything in it is as it should be, but the signature is by its own key."""
    served, own = serve(desks.interpol), SigningKey.generate()
    context = context_signed_by(desks, own, "unodc")
    refused_at_the_door(served, context, question(desks))


def test_attack_certificate_of_the_desk_itself(desks: Any, serve: Any) -> None:
    """Whoever stole a desk's own key cannot bring it messages as if from a partner."""
    served = serve(desks.interpol)
    refused_at_the_door(served, context_signed_by(desks, desks.interpol.sign, "unodc"), question(desks))


def test_attack_valid_certificate_that_carries_another_partys_message(desks: Any, serve: Any) -> None:
    """A message that interpol wrote for itself to take in, as if a party could be made to talk to itself."""
    served, message = serve(desks.unodc), question(desks)
    with pytest.raises((PeerError, TrustError)):
        courier.deliver(desks.interpol, message, "unodc", served.address, HURRIED)
    # and a genuine message of the one party over the line of another
    with pytest.raises(TrustError) as caught:
        exchange.receive(desks.interpol, message, carrier="europol")
    assert caught.value.code == "courier.sender"
    assert not any(entry.kind == "exchange.answered" for entry in desks.interpol.log.entries())


def test_attack_name_in_a_certificate_is_not_who_speaks(desks: Any) -> None:
    given = certificates.certificate(
        "interpol", desks.unodc.sign, Ed25519PrivateKey.generate().public_key(), desks.interpol.now
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    shown = given.public_bytes(Encoding.DER)
    assert certificates.speaker(shown, desks.interpol.accord, "interpol", desks.interpol.now) == "unodc"


@pytest.mark.parametrize("days", [-2, 9])
def test_attack_certificate_out_of_its_time(desks: Any, days: int) -> None:
    import datetime as dt

    from cryptography.hazmat.primitives.serialization import Encoding

    now = desks.interpol.now
    public = Ed25519PrivateKey.generate().public_key()
    shown = certificates.certificate("unodc", desks.unodc.sign, public, now).public_bytes(Encoding.DER)
    with pytest.raises(TrustError):
        certificates.speaker(shown, desks.interpol.accord, "interpol", now + dt.timedelta(days=days))


def test_attack_impostor_at_the_partners_address(desks: Any, serve: Any) -> None:
    """Another desk of the accord listens where interpol should: nothing is sent to it."""
    impostor = serve(desks.unodc)
    with pytest.raises(TrustError) as caught:
        courier.deliver(desks.unodc, question(desks), "interpol", impostor.address, HURRIED)
    assert caught.value.code == "courier.impostor"
    assert impostor.said == []


@pytest.mark.parametrize(
    "request_", [b"POST /accord/v1/message HTTP/1.1\r\nHost: desk\r\nContent-Length: 0\r\n\r\n", b"\0" * 99]
)
def test_attack_downgrade_to_plain_http(desks: Any, serve: Any, request_: bytes) -> None:
    served = serve(desks.interpol)
    with socket.create_connection((served.address.host, served.address.port), timeout=5) as line:
        line.sendall(request_)
        assert not read_all(line).startswith(b"HTTP")
    assert untouched(served)


def test_attack_downgrade_to_an_older_tls(desks: Any, serve: Any) -> None:
    served, context = serve(desks.interpol), certificates.calling_context(desks.unodc, "interpol")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        served.connect(context=context)


def test_attack_plain_http_server_at_the_partners_address(desks: Any) -> None:
    """A caller that is answered in the open sends nothing, and follows no redirect to the open."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        heard: list[bytes] = []

        def answer() -> None:
            for _ in range(HURRIED.tries):
                line, _ = listening.accept()
                heard.append(line.recv(65536))
                line.sendall(b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1/\r\n\r\n")
                line.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(Exception, match=r"does not answer|does not show"):
            courier.deliver(
                desks.unodc,
                question(desks),
                "interpol",
                courier.Address("127.0.0.1", listening.getsockname()[1]),
                HURRIED,
            )
        thread.join(10)
    assert all(one.startswith(b"\x16\x03") for one in heard)  # a TLS greeting and nothing else


# --- too slow, too large ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [b"", b"POST /accord/v1/message HTTP/1.1\r\nHost: de"])
def test_attack_slow_client_that_never_ends_its_headers(
    desks: Any, serve: Any, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(serving, "HEADERS_SECONDS", 0.3)
    served = serve(desks.interpol)
    with served.connect(desks.unodc) as line:
        line.sendall(sent)
        assert read_all(line) == b""  # returns only because the desk hangs up
    assert courier.deliver(desks.unodc, question(desks), "interpol", served.address, HURRIED)


def test_attack_slow_client_that_never_ends_its_body(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol, Pace(grace_seconds=0.3, bytes_per_second=1e6))
    got = served.ask(desks.unodc, post(MESSAGE, b"age", "Content-Length: 1000"))
    assert got.startswith(b"HTTP/1.1 408")
    assert b"courier.slow" in got
    assert untouched(served)


def test_attack_client_that_never_reads_its_reply() -> None:
    stalled, ended = asyncio.Event(), []

    async def send(message: Any) -> None:
        await stalled.wait()

    async def nothing() -> Any:
        await stalled.wait()

    scope = {"type": "http", "accord.abort": lambda: ended.append(True)}
    asyncio.run(reception._Paced(b"a reply", 0.05)(scope, nothing, send))
    assert ended == [True]


def test_attack_client_that_is_gone_before_its_reply(desks: Any, serve: Any) -> None:
    """The work is done all the same, once, and the reply is there next time."""
    served, message = serve(desks.interpol), question(desks)
    line = served.connect(desks.unodc)
    line.sendall(post(MESSAGE, message))
    line.close()
    assert courier.deliver(desks.unodc, message, "interpol", served.address, HURRIED)


def test_attack_oversize_body_is_refused_before_it_is_read(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    got = served.ask(desks.unodc, post(MESSAGE, b"", f"Content-Length: {served.mailroom.limit + 1}"))
    assert got.startswith(b"HTTP/1.1 413")
    got = served.ask(desks.unodc, post(MESSAGE, b"", f"Content-Length: {10**30}"))
    assert got.startswith(b"HTTP/1.1 4")


def test_attack_body_without_end(desks: Any, serve: Any) -> None:
    """A chunked body states no length: it is not begun."""
    served = serve(desks.interpol)
    got = served.ask(desks.unodc, post(MESSAGE, b"5\r\nhello\r\n", "Transfer-Encoding: chunked"))
    assert got.startswith(b"HTTP/1.1 411")


def test_attack_oversize_headers(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    got = served.ask(desks.unodc, post(MESSAGE, b"", f"X: {'x' * 100_000}"))
    assert not got.startswith(b"HTTP/1.1 2")
    assert untouched(served)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_attack_decompression_bomb(desks: Any, serve: Any, encoding: str) -> None:
    served, bomb = serve(desks.interpol), gzip.compress(bytes(1 << 24))
    got = served.ask(desks.unodc, post(MESSAGE, bomb, f"Content-Length: {len(bomb)}", f"Content-Encoding: {encoding}"))
    assert got.startswith(b"HTTP/1.1 415")


def test_attack_bomb_without_a_header_is_bytes_that_are_no_message(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    got = served.ask(desks.unodc, post(MESSAGE, gzip.compress(bytes(1 << 24))))
    assert got.startswith(b"HTTP/1.1 400")
    assert b"message.form" in got


def test_attack_partner_that_fills_the_memory(desks: Any, serve: Any) -> None:
    """Many large bodies of one partner at once: one is read, the others are told to come again."""
    served = serve(desks.interpol)
    half = served.mailroom.limit // 2
    begun = [served.connect(desks.unodc) for _ in range(4)]
    for line in begun:
        line.sendall(post(MESSAGE, b"age-encryption.org/v1\n", f"Content-Length: {half}"))
    answers = []
    for line in begun[1:]:
        answers.append(line.recv(65536))
    for line in begun:
        line.close()
    assert all(answer.startswith(b"HTTP/1.1 503") for answer in answers)


def test_attack_list_of_conversations_that_is_none(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    for body in (b"[" * 100_000, b'{"a": "b"}', b"\xff", b"3", b'{"a": true}'):
        assert served.ask(desks.unodc, post("/accord/v1/waiting", body)).startswith(b"HTTP/1.1 422")


# --- replay, and what is told ----------------------------------------------------------------------------------------


def test_attack_replay_of_an_older_message(desks: Any, serve: Any) -> None:
    served, message = serve(desks.interpol), question(desks)
    list(courier.carry(desks.unodc, message, "interpol", served.address, HURRIED))
    entries = len(list(desks.interpol.log.entries()))
    got = served.ask(desks.unodc, post(MESSAGE, message))
    assert got.startswith(b"HTTP/1.1 204")  # the conversation is over: nothing is due, nothing was done
    assert len(list(desks.interpol.log.entries())) == entries


def test_attack_messages_out_of_order(desks: Any, serve: Any) -> None:
    served = serve(desks.interpol)
    m3 = exchange.receive(desks.unodc, exchange.receive(desks.interpol, question(desks)).reply).reply
    other = serve(desks.unodc)
    assert courier.deliver(desks.unodc, m3, "interpol", served.address, HURRIED)
    with pytest.raises(PeerError):  # unodc is brought its own message
        courier.deliver(desks.interpol, m3, "unodc", other.address, HURRIED)


def test_attack_reading_names_from_addresses_logs_and_errors(
    desks: Any, serve: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    served = serve(desks.interpol)
    list(courier.carry(desks.unodc, question(desks), "interpol", served.address, HURRIED))
    with pytest.raises(PeerError):
        courier.deliver(desks.unodc, b"age-encryption.org/v1\n" + NAME, "interpol", served.address, HURRIED)
    for path in (f"/{NAME.decode()}?name={NAME.decode()}", "/accord/v1/message?x=1"):
        served.ask(desks.unodc, post(path, b""))
    written = "\n".join(served.said) + "".join(capfd.readouterr())
    assert "question of" in written
    for word in (NAME.decode(), "case-7", "u1", "i1", "possible"):
        assert word not in written


def test_attack_asking_by_errors_what_a_desk_holds(desks: Any, serve: Any) -> None:
    """An error that rests on this desk's own records is told as one that rests on nothing."""
    from accord.courier.mailroom import told
    from accord.errors import InputError

    for code in ("record.gone", "hit.unknown", "refused.protected", "database.locked"):
        assert told(InputError(code, "the own record is not in this desk any more"))["code"] == "courier.refused"


def test_attack_key_left_in_the_temporary_folder(
    desks: Any, serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: (written.append(data), write(self, data))[1])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    certificates.calling_context(desks.unodc, "interpol")
    assert all(b"ENCRYPTED PRIVATE KEY" in data for data in written)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_attack_key_that_a_new_accord_revoked(desks: Any) -> None:
    """Who speaks is looked up in the accord as it is now, not as it was when the desk began to listen."""
    from dataclasses import replace

    from cryptography.hazmat.primitives.serialization import Encoding

    accord, now = desks.interpol.accord, desks.interpol.now
    public = Ed25519PrivateKey.generate().public_key()
    shown = certificates.certificate("unodc", desks.unodc.sign, public, now).public_bytes(Encoding.DER)
    assert certificates.speaker(shown, accord, "interpol", now) == "unodc"
    parties = tuple(
        replace(one, sign=SigningKey.generate().verify_key) if one.id == "unodc" else one for one in accord.parties
    )
    with pytest.raises(TrustError):
        certificates.speaker(shown, replace(accord, parties=parties), "interpol", now)
