"""Canonical bytes, keys and signed envelopes, and those who would bend them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import AccordError, InputError, TrustError
from accord.ledger import DecryptKey, Envelope, Recipient, SigningKey, VerifyKey, canonical
from accord.ledger.envelope import pae

KEY, OTHER = SigningKey.from_bytes(bytes(32)), SigningKey.from_bytes(bytes([1]) * 32)
KIND = "text/plain"
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


def test_the_encoding_of_the_dsse_specification() -> None:
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_ed25519_vector_of_rfc_8032() -> None:
    key = SigningKey.from_bytes(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.verify_key.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")


@given(plain)
def test_canonical_bytes_read_back_and_do_not_depend_on_order(value: object) -> None:
    data = canonical(value)
    again = json.loads(data)
    assert again == value
    if isinstance(again, dict):
        assert canonical(dict(reversed(again.items()))) == data


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), float("inf"), "\ud800", {1: 2}, b"x", {"a": object()}])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        canonical(value)


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"])))
def test_envelopes_read_back(payload: bytes, kind: str) -> None:
    envelope = Envelope.from_bytes(Envelope.sign(kind, payload, KEY, OTHER).to_bytes())
    assert envelope.open(kind, KEY.verify_key, OTHER.verify_key) == payload
    assert envelope.open_by_one(kind, [OTHER.verify_key]) == (payload, OTHER.verify_key)


def test_attack_every_bit_of_an_envelope_flipped() -> None:
    whole = Envelope.sign(KIND, b"pay", KEY).to_bytes()
    for position in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[position // 8] ^= 1 << position % 8
        try:
            payload = Envelope.from_bytes(bytes(flipped)).open(KIND, KEY.verify_key)
        except AccordError:
            continue
        assert payload == b"pay"  # only where JSON has two ways to write the same


@pytest.mark.parametrize("keys", [(), (OTHER.verify_key,), (KEY.verify_key, OTHER.verify_key)])
def test_attack_a_signature_that_is_not_there(keys: tuple[VerifyKey, ...]) -> None:
    with pytest.raises(TrustError):
        Envelope.sign(KIND, b"x", KEY).open(KIND, *keys)


def test_attack_one_kind_of_statement_passed_off_as_another() -> None:
    envelope = Envelope.sign("application/a", b"x", KEY)
    for attempt in (envelope, Envelope("application/b", b"x", envelope.signatures)):
        with pytest.raises(TrustError):
            attempt.open("application/b", KEY.verify_key)


def test_attack_payload_moved_into_the_type() -> None:
    envelope = Envelope.sign("a", b"b c", KEY)
    for kind, payload in (("a 3 b", b"c"), ("a b", b"c"), ("a", b"b  c")):
        with pytest.raises(TrustError):
            Envelope(kind, payload, envelope.signatures).open(kind, KEY.verify_key)


def test_attack_good_and_bad_signature_under_one_key_id() -> None:
    good = Envelope.sign(KIND, b"x", KEY)
    both = Envelope(KIND, b"x", (*good.signatures, (KEY.verify_key.id, bytes(64))))
    with pytest.raises(TrustError):
        both.open(KIND, KEY.verify_key)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b'{"payloadType":1,"payload":"","signatures":[]}',
                                  b'{"payloadType":"a","payload":"!","signatures":[]}', b"[" * 100_000])  # fmt: skip
def test_attack_malformed_envelope(data: bytes) -> None:
    with pytest.raises(TrustError):
        Envelope.from_bytes(data)


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA", "ed25519:" + "A" * 44, "ed25519:é"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(InputError):
        VerifyKey.parse(text)
    with pytest.raises(InputError):
        Recipient.parse(text)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    decrypt = DecryptKey.generate()
    assert decrypt.to_bytes().decode() not in repr(decrypt)
    assert KEY.to_bytes().hex() not in repr(KEY)


def test_attack_message_for_another_or_altered() -> None:
    mine, theirs = DecryptKey.generate(), DecryptKey.generate()
    sealed = Recipient.parse(str(mine.recipient)).encrypt(b"message")
    assert DecryptKey.from_bytes(mine.to_bytes()).decrypt(sealed) == b"message"
    for key, data in (
        (theirs, sealed),
        (mine, sealed[:-1]),
        (mine, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (mine, b""),
    ):
        with pytest.raises(TrustError):
            key.decrypt(data)
