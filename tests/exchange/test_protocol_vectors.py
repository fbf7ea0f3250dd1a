"""The vectors of docs/reference/protocol-vectors.json, this implementation, and a second one written from the RFC alone.

The second implementation works over libsodium's group (`rbcl`) and shares no code with `accord.oblivious.psi`; `voprf`
is curve25519-dalek. `python tests/exchange/test_protocol_vectors.py` writes the vectors again.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rbcl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from voprf import ristretto

from accord.arrangement import Action, Request, Terms
from accord.exchange.messages import Header, Message, seal
from accord.exchange.opening import draw
from accord.exchange.protocol import Answering, Asking, MarkSet, Opened, pack_matches, pack_names
from accord.exchange.receipt import RECEIPT_TYPE
from accord.exchange.tally import Counting, Tallied
from accord.ledger import DecryptKey, Envelope, SigningKey, canonical, merkle
from accord.oblivious import psi

FILE = Path(__file__).parents[2] / "docs" / "reference" / "protocol-vectors.json"
ORDER = (1 << 252) + 27742317777372353535851937790883648493
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
INFO = b"accord exchange v1"


# --- RFC 9497 and RFC 9380, read again -------------------------------------------------------------------------------


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def expand(message: bytes, domain: bytes) -> bytes:
    tail = domain + bytes([len(domain)])
    b0 = hashlib.sha512(b"\0" * 128 + message + (64).to_bytes(2, "big") + b"\0" + tail).digest()
    return hashlib.sha512(b0 + b"\1" + tail).digest()


def scalar(message: bytes, domain: bytes = b"HashToScalar-" + CONTEXT) -> int:
    return int.from_bytes(expand(message, domain), "little") % ORDER


def times(number: int, point: bytes) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255((number % ORDER).to_bytes(32, "little"), point)


def base(number: int) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255_base((number % ORDER).to_bytes(32, "little"))


def to_group(message: bytes) -> bytes:
    return rbcl.crypto_core_ristretto255_from_hash(expand(message, b"HashToGroup-" + CONTEXT))


def derive_key(seed: bytes, info: bytes) -> int:
    for counter in range(256):
        found = scalar(seed + sized(info) + bytes([counter]), b"DeriveKeyPair" + CONTEXT)
        if found:
            return found
    raise AssertionError


def output(key: int, message: bytes) -> bytes:
    return hashlib.sha512(sized(message) + sized(times(key, to_group(message))) + b"Finalize").digest()


def prove(key: int, asked: list[bytes], answered: list[bytes], nonce: int) -> bytes:
    public = base(key)
    seed = hashlib.sha512(sized(public) + sized(b"Seed-" + CONTEXT)).digest()
    composite = None
    for index, (one, other) in enumerate(zip(asked, answered, strict=True)):
        weight = scalar(sized(seed) + index.to_bytes(2, "big") + sized(one) + sized(other) + b"Composite")
        term = times(weight, one)
        composite = term if composite is None else rbcl.crypto_core_ristretto255_add(composite, term)
    assert composite is not None
    commitments = (public, composite, times(key, composite), base(nonce), times(nonce, composite))
    challenge = scalar(b"".join(map(sized, commitments)) + b"Challenge")
    response = (nonce - challenge * key) % ORDER
    return challenge.to_bytes(32, "little") + response.to_bytes(32, "little")


# --- the three against each other ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 7])
def test_the_second_implementation_equals_voprf_byte_for_byte(number: int) -> None:
    seed = bytes([number]) * 32
    library, key = ristretto.Evaluator.from_seed(seed, INFO), derive_key(seed, INFO)
    assert library.public_key.serialize() == base(key)
    inputs = [bytes([number, each]) * (each + 1) for each in range(5)]
    assert [library.evaluate_known_input(value) for value in inputs] == [output(key, value) for value in inputs]
    blinded = [times(1000 + each, to_group(value)) for each, value in enumerate(inputs)]
    answer = library.evaluate_batch([ristretto.BlindedInput.deserialize(one) for one in blinded]).serialize()
    assert answer[64:] == b"".join(times(key, one) for one in blinded)
    challenge = int.from_bytes(answer[:32], "little")
    nonce = (int.from_bytes(answer[32:64], "little") + challenge * key) % ORDER  # the holder may know it
    assert prove(key, blinded, psi.split(answer[64:]), nonce) == answer[:64]


def test_our_asker_accepts_the_second_implementation_as_holder() -> None:
    marks, secret, key = [bytes([each]) * 32 for each in range(6)], bytes([9]) * 32, derive_key(bytes(32), INFO)
    blinded = psi.blind(marks, secret)
    answered = [times(key, one) for one in psi.split(blinded)]
    answer = b"".join(answered) + prove(key, psi.split(blinded), answered, nonce=12345)
    assert psi.finalise(marks, secret, blinded, answer, base(key)) == [output(key, one)[:32] for one in marks]


def vectors() -> dict[str, object]:
    secret, seed, smallest = bytes(range(32)), bytes(range(32, 64)), 4
    asked = MarkSet.of({"case-7": [b"\x01" * 32, b"\x02" * 32], "case-8": [b"\x02" * 32, b"\x03" * 32]})
    held = MarkSet.of({"file-1": [b"\x02" * 32], "file-2": [b"\x04" * 32], "file-3": [b"\x02" * 32, b"\x05" * 32]})
    asking, answering = Asking(asked, secret, smallest), Answering(held, seed, smallest)
    key = derive_key(seed, INFO)
    answered = [times(key, one) for one in psi.split(asking.question())]
    answer = b"".join(answered) + prove(key, psi.split(asking.question()), answered, nonce=42)
    outputs = answering.answer(asking.question())[1]
    matches = asking.compare(answer, answering.public, outputs)
    pairs = dict.fromkeys((match.group, record) for match, records in answering.confirm(matches) for record in records)
    names = [(group, f"{place:016x}") for place, (group, _) in enumerate(pairs)]
    return {
        "smallest_set": smallest,
        "asker": {
            "secret": secret.hex(),
            "marks": {"case-7": ["01" * 32, "02" * 32], "case-8": ["02" * 32, "03" * 32]},
        },
        "holder": {
            "seed": seed.hex(),
            "info": INFO.decode(),
            "marks": {"file-1": ["02" * 32], "file-2": ["04" * 32], "file-3": ["02" * 32, "05" * 32]},
            "prf_outputs": {
                f"{number:02x}" * 32: output(key, bytes([number]) * 32).hex() for number in (1, 2, 3, 4, 5)
            },
            "proof_nonce": 42,
        },
        "m1.blinded": asking.question().hex(),
        "m2.public": answering.public.hex(),
        "m2.evaluated": answer.hex(),
        "m2.outputs": outputs.hex(),
        "m3.matches": pack_matches(matches).hex(),
        "m4.hits": pack_names(names).hex(),
        "audit": opened(asking, answering),
        "count": counted(),
        "statements": statements(),
        "message": sent(),
        "log": logged(),
        "buckets": {str(count): psi_bucket(count) for count in (1, 256, 257, 1000, 100_000)},
    }


NONCE, FIXED, SAMPLE = bytes(range(128, 160)), bytes(range(160, 192)), 3


def opened(asking: Asking, answering: Answering) -> dict[str, object]:
    def shown(one: Opened) -> dict[str, str]:
        values = {"mark": one.mark, "blind": one.blind, "salt": one.salt}
        return {name: value.hex() for name, value in values.items() if value}

    places = draw(NONCE, FIXED, asking.size, SAMPLE), draw(NONCE, FIXED, len(answering.held.shown), SAMPLE)
    return {
        "nonce": NONCE.hex(),
        "fixed": FIXED.hex(),
        "sample": SAMPLE,
        "places": places[0],
        "asker": [shown(asking.opened(place)) for place in places[0]],
        "holder": [shown(answering.opened(place)) for place in places[1]],
    }


def test_an_opening_by_the_second_implementation() -> None:
    """From the page: the places, the padding, and what each opened place has to be."""
    said = vectors()
    audit: Any = said["audit"]
    elements, answer, outputs = (
        bytes.fromhex(str(said[name])) for name in ("m1.blinded", "m2.evaluated", "m2.outputs")
    )
    found: list[int] = []
    for number in range(1000):
        block = hashlib.sha256(b"accord sample 1" + NONCE + FIXED + number.to_bytes(4, "big")).digest()
        if len(found) < SAMPLE and (place := int.from_bytes(block[:8], "big") % 4) not in found:
            found.append(place)
    assert sorted(found) == audit["places"]
    held = {output(derive_key(bytes(range(32, 64)), INFO), bytes([number]) * 32)[:10]: number for number in (2, 4, 5)}
    for place, asker, holder in zip(audit["places"], audit["asker"], audit["holder"], strict=True):
        mark, blind = bytes.fromhex(asker["mark"]), int.from_bytes(bytes.fromhex(asker["blind"]), "little")
        assert times(blind, to_group(mark)) == psi.split(elements)[place]
        if "salt" in asker:
            assert hashlib.sha256(b"accord padding 1" + bytes.fromhex(asker["salt"])).digest() == mark
        point = times(pow(blind, -1, ORDER), psi.split(answer[: len(elements)])[place])
        value = hashlib.sha512(sized(mark) + sized(point) + b"Finalize").digest()
        assert (value[:10] in held) == (mark == b"\x02" * 32)
        shown = outputs[10 * place : 10 * place + 10]
        if "salt" in holder:
            assert hashlib.sha256(b"accord padding 1" + bytes.fromhex(holder["salt"])).digest()[:10] == shown
        else:
            assert bytes([held[shown]]) * 32 == bytes.fromhex(holder["mark"])


COUNT_SEEDS = (bytes(range(64, 96)), bytes(range(96, 128)))
COUNTED = [bytes([number]) * 32 for number in (2, 5, 9)]
COUNT_HELD = {"file-1": [b"\x02" * 32], "file-2": [b"\x04" * 32], "file-3": [b"\x02" * 32, b"\x05" * 32]}


def counted() -> dict[str, object]:
    asking, counting = Tallied(COUNT_SEEDS[0]), Counting(COUNT_HELD, COUNT_SEEDS[1], 2, 4)
    elements, groups = asking.question(COUNTED, 4), counting.groups()
    answer = asking.answer(groups, 2)
    return {
        "asker_seed": COUNT_SEEDS[0].hex(),
        "holder_seed": COUNT_SEEDS[1].hex(),
        "asker_marks": [mark.hex() for mark in COUNTED],
        "holder_marks": {record: [mark.hex() for mark in given] for record, given in COUNT_HELD.items()},
        "width": 2,
        "smallest_groups": 4,
        "c1.elements": elements.hex(),
        "c2.groups": groups.hex(),
        "c3.groups": answer.hex(),
        "count": counting.count(elements, answer),
    }


def test_a_count_by_the_second_implementation() -> None:
    """From the page: k·H(x), r·H(y) in groups, k·r·H(y); a mark that an earlier record has is left out."""
    k, r, said = derive_key(COUNT_SEEDS[0], INFO), derive_key(COUNT_SEEDS[1], INFO), counted()

    def shown(name: str) -> list[bytes]:
        return psi.split(bytes.fromhex(str(said[name])))

    assert {times(k, to_group(mark)) for mark in COUNTED} < set(shown("c1.elements"))
    assert {times(r, to_group(bytes([number]) * 32)) for number in (2, 4, 5)} < set(shown("c2.groups"))
    assert len(shown("c1.elements")) == 4
    assert len(shown("c2.groups")) == 2 * 4
    assert sorted(times(k, one) for one in shown("c2.groups")) == sorted(shown("c3.groups"))
    asked = {times(r, one) for one in shown("c1.elements")}
    groups = [shown("c3.groups")[place : place + 2] for place in range(0, 8, 2)]
    assert sum(bool(asked & set(group)) for group in groups) == said["count"] == 2


def statements() -> dict[str, object]:
    wanted = Request(
        Action.RELEASE, "interpol", "unodc", "Person", ("passportNumber",), "investigation", record="a" * 16,
        requester="unodc/analyst", until=dt.date(2027, 1, 31), terms=Terms(handling=frozenset({"tlp:AMBER"})),
    )  # fmt: skip
    key = SigningKey.from_bytes(bytes(range(32)))
    receipt = {
        "accord": "0" * 64, "by": "unodc", "release": "b" * 16, "fields": ["passportNumber"], "erased": ["the fields"],
        "erased_at": "2026-11-25T00:00:00+00:00", "derived": [], "onward": [], "attested": None, "not_reached": "notes",
    }  # fmt: skip
    return {
        "request": wanted.to_dict(),
        "about": wanted.wish,
        "about_of_an_approval": wanted.digest,
        "sign_seed": bytes(range(32)).hex(),
        "sign_key": str(key.verify_key),
        "receipt": Envelope.sign(RECEIPT_TYPE, canonical(receipt), key).to_dict(),
    }


def test_what_a_statement_is_about_as_the_page_says() -> None:
    said = statements()
    whole = dict(said["request"])  # type: ignore[call-overload]

    def plain(value: object) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    assert hashlib.sha256(plain(whole)).hexdigest() == said["about_of_an_approval"]
    fewer = {name: value for name, value in whole.items() if name not in ("schema", "terms")}
    assert hashlib.sha256(plain(fewer)).hexdigest() == said["about"]


def sent() -> dict[str, object]:
    """A message before it is encrypted: its envelope, and the frame as its length and digest."""
    key, box = SigningKey.from_bytes(bytes(range(32))), DecryptKey.generate()
    said = Header(
        "question", "a" * 16, 1, "", "unodc", "interpol", "2026-11-25T00:00:00+00:00", "0" * 64, "1" * 64, {},
        {"purpose": "investigation", "case": "2026-7", "size": 512},
    )  # fmt: skip
    sealed = seal(Message(said, {"blinded": PART}), key, box.recipient)
    frame = box.decrypt(sealed.data)
    return {
        "blinded": "512 · 32 bytes 07",
        "envelope": sealed.signed.decode(),
        "digest": sealed.digest,
        "frame_bytes": len(frame),
        "frame_sha256": hashlib.sha256(frame).hexdigest(),
    }


PART = b"\x07" * 32 * 512
ENTRIES = [f"entry {number}".encode() for number in range(7)]


def logged() -> dict[str, object]:
    """Heads and proofs of a log with seven entries; the ledger holds `merkle` against the RFC's definition."""
    nodes = merkle.complete_nodes([merkle.leaf_hash(entry) for entry in ENTRIES])
    return {
        "entries": [entry.decode() for entry in ENTRIES],
        "roots": {str(size): merkle.root(size, nodes).hex() for size in (1, 2, 3, 7)},
        "proofs_to_7": {str(old): [one.hex() for one in merkle.consistency(old, 7, nodes)] for old in (1, 3, 4, 7)},
    }


def test_a_message_by_the_second_implementation() -> None:
    """From the page: the envelope's signature, and a frame filled up to the next step."""
    said: Any = sent()
    envelope: Any = json.loads(said["envelope"])
    kind, payload = envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])
    signed = b" ".join((b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)
    assert hashlib.sha256(payload).hexdigest() == said["digest"]
    head = said["envelope"].encode()
    frame = b"accord message 1\n" + len(head).to_bytes(4, "big") + head + PART
    filled = frame + bytes(18_432 - len(frame))  # 16,384 + 16,384 / 8
    assert (len(filled), hashlib.sha256(filled).hexdigest()) == (said["frame_bytes"], said["frame_sha256"])


def psi_bucket(count: int) -> int:
    from accord.exchange.protocol import bucket

    return bucket(count, 256)


def test_the_published_vectors_are_what_both_implementations_compute() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == vectors()


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
