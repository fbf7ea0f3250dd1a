"""Another implementation of the protocol, written from docs/reference/protocol.md and the RFCs that it names.

It shares nothing with `accord` but what that page takes from it: the marks of records (bytes to it), the digest of the
accord, that of the mark scheme, and whether a clause of the accord speaks of silence. Groups are libsodium's (`rbcl`), the seal is `pyrage`, signatures `cryptography`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyrage
import rbcl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .test_protocol_vectors import CONTEXT, INFO, ORDER, base, derive_key, output, prove, scalar, sized, times, to_group

MAGIC, BATCH, SHOWN, EVIDENCE = b"accord message 1\n", 4096, 10, 22
MESSAGE = "application/vnd.accord.message+json"
HEAD = "application/vnd.accord.log-head+json"


def canonical(value: object) -> bytes:
    """RFC 8785 for what the protocol has: texts, whole numbers, lists and objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[place : place + size] for place in range(0, len(data), size)]


def bucket(number: int, smallest: int) -> int:
    step = 0
    while (size := -int(-(smallest * 2 ** (step / 4)) // 1)) < number:
        step += 1
    return size


def filled(size: int) -> int:
    if size <= 16_384:
        return 16_384
    power = 1
    while power * 2 < size:
        power *= 2
    return -(-size // (power // 8)) * (power // 8)


def pae(kind: str, payload: bytes) -> bytes:
    return b" ".join((b"DSSEv1", str(len(kind.encode())).encode(), kind.encode(), str(len(payload)).encode(), payload))


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def consistency(old: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, SUBPROOF."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*consistency(old, leaves[:half], whole), root(leaves[half:])]
    return [*consistency(old - half, leaves[half:], False), root(leaves[:half])]


def proven(public: bytes, asked: list[bytes], answered: list[bytes], proof: bytes) -> bool:
    """Whether a proof of RFC 9497 holds."""
    seed = hashlib.sha512(sized(public) + sized(b"Seed-" + CONTEXT)).digest()
    sums: list[bytes | None] = [None, None]
    for index, pair in enumerate(zip(asked, answered, strict=True)):
        weight = scalar(sized(seed) + index.to_bytes(2, "big") + sized(pair[0]) + sized(pair[1]) + b"Composite")
        terms = [times(weight, point) for point in pair]
        sums = [
            term if one is None else rbcl.crypto_core_ristretto255_add(one, term)
            for one, term in zip(sums, terms, strict=True)
        ]
    one, other = sums
    assert one is not None
    assert other is not None
    add = rbcl.crypto_core_ristretto255_add
    challenge, response = (int.from_bytes(half, "little") for half in (proof[:32], proof[32:]))
    commitments = (
        public, one, other, add(base(response), times(challenge, public)), add(times(response, one), times(challenge, other)),
    )  # fmt: skip
    return scalar(b"".join(map(sized, commitments)) + b"Challenge") == challenge


@dataclass
class Blinded:
    """The marks of records with padding, in an order that tells nothing, each under a blind of its own."""

    inputs: list[bytes]
    blinds: list[int]
    elements: list[bytes]

    @classmethod
    def of(cls, marks: Mapping[str, list[bytes]], smallest: int) -> Blinded:
        inputs = list(dict.fromkeys(mark for given in marks.values() for mark in given))
        inputs += [padding() for _ in range(bucket(len(inputs), smallest) - len(inputs))]
        secrets.SystemRandom().shuffle(inputs)
        blinds = [secrets.randbelow(ORDER - 1) + 1 for _ in inputs]
        elements = [times(blind, to_group(value)) for blind, value in zip(blinds, inputs, strict=True)]
        return cls(inputs, blinds, elements)

    def outputs(self, public: bytes, evaluated: bytes) -> dict[bytes, bytes]:
        """The output of each input; every proof holds."""
        size = 32 * len(self.inputs)
        answered, proofs = chunks(evaluated[:size], 32), chunks(evaluated[size:], 64)
        assert len(proofs) == -(-len(self.inputs) // BATCH)
        for number, proof in enumerate(proofs):
            part = slice(number * BATCH, (number + 1) * BATCH)
            assert proven(public, self.elements[part], answered[part], proof)
        found = {}
        for value, blind, element in zip(self.inputs, self.blinds, answered, strict=True):
            opened = times(pow(blind, -1, ORDER), element)
            found[value] = hashlib.sha512(sized(value) + sized(opened) + b"Finalize").digest()
        return found


def padding() -> bytes:
    return hashlib.sha256(b"accord padding 1" + secrets.token_bytes(32)).digest()


def places(key: int, marks: Mapping[str, list[bytes]], smallest: int) -> list[tuple[bytes, list[str]]]:
    """The outputs of marks and padding (32 bytes), sorted, each with the records behind it."""
    behind: dict[bytes, list[str]] = {}
    for record, given in marks.items():
        for mark in given:
            behind.setdefault(output(key, mark)[:32], []).append(record)
    for _ in range(bucket(len(behind), smallest) - len(behind)):
        behind[padding()] = []
    return sorted(behind.items())


def shown(held: list[tuple[bytes, list[str]]]) -> bytes:
    return b"".join(place[:SHOWN] for place, _ in held)


def read_shown(part: bytes, smallest: int) -> list[bytes]:
    outputs = chunks(part, SHOWN)
    assert outputs == sorted(set(outputs))
    assert bucket(len(outputs), smallest) == len(outputs)
    return outputs


def evaluation(key: int, elements: list[bytes]) -> bytes:
    answered, proofs = [times(key, one) for one in elements], b""
    for start in range(0, len(elements), BATCH):
        part = slice(start, start + BATCH)
        proofs += prove(key, elements[part], answered[part], secrets.randbelow(ORDER - 1) + 1)
    return b"".join(answered) + proofs


@dataclass
class Heard:
    """A message that came: the signed payload, and its parts."""

    header: dict[str, Any]
    parts: dict[str, bytes]

    @property
    def body(self) -> dict[str, Any]:
        return dict(self.header["body"])


@dataclass
class OtherSide:
    """One party of an accord. `keys`: of each party the Ed25519 key (32 bytes) and the age recipient (text)."""

    me: str
    signing: bytes
    identity: str
    keys: Mapping[str, tuple[bytes, str]]
    accord: str
    scheme: str
    smallest: int
    at: str
    silence: bool = False
    log: list[bytes] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    seen: int = 0
    last: dict[str, tuple[int, str]] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    # --- the message --------------------------------------------------------------------------------------------------

    def signed(self, kind: str, payload: bytes, key: bytes | None = None) -> dict[str, Any]:
        secret = Ed25519PrivateKey.from_private_bytes(key or self.signing)
        name = sha(secret.public_key().public_bytes_raw())[:16]
        signature = base64.b64encode(secret.sign(pae(kind, payload))).decode()
        return {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind,
            "signatures": [{"keyid": name, "sig": signature}],
        }

    def says(
        self, to: str, session: str, kind: str, body: object, parts: Mapping[str, bytes], after: str = ""
    ) -> bytes:
        before, previous = self.last.get(session, (0, after))
        self.log.append(canonical([kind, session]))
        size = len(self.log)
        state = {"at": self.at, "party": self.me, "root": root(self.log).hex(), "size": size}
        proofs = {str(old): [one.hex() for one in consistency(old, self.log)] for old in self.told}
        self.told.append(size)
        marked = kind in ("question", "answer", "matches", "contacts")
        payload = canonical({
            "form": 1, "kind": kind, "session": session, "sequence": before + 1, "previous": previous,
            "sender": self.me, "recipient": to, "at": self.at, "accord": self.accord,
            "scheme": self.scheme if marked else "",
            "ledger": {"head": self.signed(HEAD, canonical(state)), "proofs": proofs, "seen": self.seen},
            "body": body,
            "parts": [{"name": name, "bytes": len(data), "sha256": sha(data)} for name, data in parts.items()],
        })  # fmt: skip
        self.last[session] = (before + 1, sha(payload))
        envelope = json.dumps(self.signed(MESSAGE, payload)).encode()
        frame = MAGIC + len(envelope).to_bytes(4, "big") + envelope + b"".join(parts.values())
        frame += bytes(filled(len(frame)) - len(frame))
        return bytes(pyrage.encrypt(frame, [pyrage.x25519.Recipient.from_str(self.keys[to][1])]))

    def hears(self, data: bytes | None) -> Heard:
        assert data is not None
        frame = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(self.identity)])
        assert frame.startswith(MAGIC)
        start = len(MAGIC) + 4
        stop = start + int.from_bytes(frame[len(MAGIC) : start], "big")
        envelope = json.loads(frame[start:stop])
        payload = base64.b64decode(envelope["payload"])
        header = json.loads(payload)
        key = Ed25519PublicKey.from_public_bytes(self.keys[header["sender"]][0])
        key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), pae(MESSAGE, payload))
        assert canonical(header) == payload
        assert (header["form"], header["recipient"], header["accord"]) == (1, self.me, self.accord)
        before, previous = self.last.get(header["session"], (0, header["previous"]))
        assert (header["sequence"], header["previous"]) == (before + 1, previous)
        parts, place = {}, stop
        for part in header["parts"]:
            parts[part["name"]] = frame[place : place + part["bytes"]]
            assert sha(parts[part["name"]]) == part["sha256"]
            place += part["bytes"]
        assert len(frame) == filled(place)
        assert not any(frame[place:])
        self.last[header["session"]] = (header["sequence"], sha(payload))
        state = json.loads(base64.b64decode(header["ledger"]["head"]["payload"]))
        assert state["party"] == header["sender"]
        self.seen = max(self.seen, state["size"])
        return Heard(header, parts)

    # --- the blind question -------------------------------------------------------------------------------------------

    def asks(self, to: str, marks: Mapping[str, list[bytes]], session: str) -> bytes:
        """m1."""
        blinded, back = Blinded.of(marks, self.smallest), derive_key(secrets.token_bytes(32), INFO)
        self.kept[session] = (marks, blinded, back)
        body = {"purpose": "investigation", "case": "case-7", "size": len(blinded.elements)}
        parts = {"blinded": b"".join(blinded.elements)}
        if self.silence:
            body["public"] = base(back).hex()
            parts["outputs"] = shown(places(back, marks, self.smallest))
        return self.says(to, session, "question", body, parts)

    def matches(self, m2: bytes | None) -> tuple[bytes, dict[int, str]]:
        """m3, and which record each of its groups is."""
        heard = self.hears(m2)
        marks, blinded, back = self.kept[heard.header["session"]]
        outputs = read_shown(heard.parts["outputs"], self.smallest)
        found = blinded.outputs(bytes.fromhex(heard.body["public"]), heard.parts["evaluated"])
        groups = dict(enumerate(marks))
        lines = sorted(
            group.to_bytes(4, "big")
            + outputs.index(found[mark][:SHOWN]).to_bytes(4, "big")
            + found[mark][SHOWN : SHOWN + EVIDENCE]
            for group, record in groups.items()
            for mark in marks[record]
            if found[mark][:SHOWN] in outputs
        )
        parts = {"matches": b"".join(lines), "known": b""}
        if self.silence:
            asked = chunks(heard.parts["asked"], 32)
            assert bucket(len(asked), self.smallest) == len(asked)
            parts["evaluated"] = evaluation(back, asked)
        return self.says(heard.header["sender"], heard.header["session"], "matches", {}, parts), groups

    def contacts(self, m4: bytes | None) -> list[tuple[int, str]]:
        """The group and the name of each possible match."""
        heard = self.hears(m4)
        assert heard.header["kind"] == "contacts"
        return [(int.from_bytes(line[:4], "big"), line[4:].hex()) for line in chunks(heard.parts["hits"], 12)]

    def answers(
        self, m1: bytes, marks: Mapping[str, list[bytes]], silent: Mapping[str, list[bytes]] | None = None
    ) -> bytes:
        """m2. `silent`: the marks of what the accord keeps silent."""
        heard, key = self.hears(m1), derive_key(secrets.token_bytes(32), INFO)
        elements = chunks(heard.parts["blinded"], 32)
        assert bucket(len(elements), self.smallest) == len(elements) == heard.body["size"]
        held = places(key, marks, self.smallest)
        parts, back = {"evaluated": evaluation(key, elements), "outputs": shown(held)}, None
        if self.silence:
            read_shown(heard.parts["outputs"], self.smallest)
            back = (heard, silent or {}, Blinded.of(silent or {}, self.smallest))
            parts["asked"] = b"".join(back[2].elements)
        self.kept[heard.header["session"]] = held, back
        return self.says(heard.header["sender"], heard.header["session"], "answer", {"public": base(key).hex()}, parts)

    def tells(self, m3: bytes | None) -> tuple[bytes, list[tuple[str, str]], set[str]]:
        """m4, the own record behind each name in it, and the silent records that matched."""
        heard, pairs = self.hears(m3), set()
        held, back = self.kept[heard.header["session"]]
        for line in chunks(heard.parts["matches"], 30):
            value, records = held[int.from_bytes(line[4:8], "big")]
            assert value[SHOWN : SHOWN + EVIDENCE] == line[8:]
            assert records
            pairs |= {(line[:4], record) for record in records}
        named = [(group + secrets.token_bytes(8), record) for group, record in pairs]
        quiet: set[str] = set()
        if back is not None:
            m1, silent, blinded = back
            found = blinded.outputs(bytes.fromhex(m1.body["public"]), heard.parts["evaluated"])
            theirs = chunks(m1.parts["outputs"], SHOWN)
            quiet = {one for one, given in silent.items() for mark in given if found[mark][:SHOWN] in theirs}
        body = {"contact": f"Desk of {self.me}"}
        parts = {"hits": b"".join(sorted(line for line, _ in named))}
        sent = self.says(heard.header["sender"], heard.header["session"], "contacts", body, parts)
        return sent, [(line[4:].hex(), record) for line, record in named], quiet

    # --- a request, as who asks ---------------------------------------------------------------------------------------

    def requests(self, to: str, name: str, fields: list[str], officer: bytes, after: str, session: str) -> bytes:
        """A request for fields of a possible match, signed by the analyst; `after`: the session of the question."""
        box, who = pyrage.x25519.Identity.generate(), f"{self.me}/analyst"
        self.kept[session] = box
        wish = {
            "action": "release", "owner": to, "recipient": self.me, "properties": sorted(fields),
            "purpose": "investigation", "record": name, "requester": who, "until": None,
        }  # fmt: skip
        claim = {"accord": self.accord, "about": sha(canonical(wish)), "signer": who, "at": self.at, "says": {}}
        body = {
            "hit": name, "properties": sorted(fields), "purpose": "investigation", "requester": who, "until": "",
            "box": str(box.to_public()),
            "demand": self.signed("application/vnd.accord.demand+json", canonical(claim), officer),
        }  # fmt: skip
        shown = {"shown": canonical({"name": ["Amina Diallo-Traoré"]})}
        return self.says(to, session, "request", body, shown, after=self.last[after][1])

    def receives(self, release: bytes | None) -> dict[str, list[str]]:
        """The released fields. (That the evidence is whole is for the accord to say; a test of ours tries each lack.)"""
        heard = self.hears(release)
        assert heard.header["kind"] == "release"
        assert {one["payloadType"].split(".")[-1] for one in heard.body["evidence"]} == {
            "demand+json", "identity+json", "assessment+json", "approval+json",
        }  # fmt: skip
        opened = pyrage.decrypt(heard.parts["fields"], [self.kept[heard.header["session"]]])
        return dict(json.loads(opened))

    def returns(self, recall: bytes | None, fields: list[str]) -> bytes:
        """The receipt for a recall."""
        heard = self.hears(recall)
        session = heard.header["session"]
        said = {
            "accord": self.accord, "by": self.me, "release": session, "fields": sorted(fields),
            "erased": ["everything that came with it"], "erased_at": self.at, "derived": [], "onward": [],
            "attested": None, "not_reached": "what people wrote down",
        }  # fmt: skip
        receipt = self.signed("application/vnd.accord.receipt+json", canonical(said))
        return self.says(heard.header["sender"], session, "receipt", {"receipt": receipt, "passed": []}, {})
