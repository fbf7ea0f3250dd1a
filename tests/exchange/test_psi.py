"""The oblivious function against the vectors of RFC 9497 (typed here as facts) and against its own library."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto

from accord.errors import PeerError, TrustError
from accord.oblivious import psi
from accord.oblivious.sodium import multiply

# RFC 9497, appendix A.1.2: ristretto255-SHA512, VOPRF mode
SEED, KEY_INFO = bytes.fromhex("a3" * 32), b"test key"
PUBLIC = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
BLIND = bytes.fromhex("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706")
VECTORS = [  # input, blinded element, evaluation element, proof, output
    (
        "00",
        "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
        "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
        "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
        "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
        "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
        "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
    ),
    (
        "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
        "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
        "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
        "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
        "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
        "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
        "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
    ),
]
BATCH_OF_TWO = (  # test vector 3: both inputs under one proof
    [
        "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
        "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
    ],
    [
        "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
        "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
    ],
    "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
    "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
)


@pytest.mark.parametrize(("value", "blinded", "evaluated", "proof", "output"), VECTORS)
def test_the_asker_side_computes_the_vectors(value: str, blinded: str, evaluated: str, proof: str, output: str) -> None:
    given_input = bytes.fromhex(value)
    assert multiply(BLIND, psi.hash_to_group(given_input)).hex() == blinded
    psi._verify(PUBLIC, [bytes.fromhex(blinded)], [bytes.fromhex(evaluated)], bytes.fromhex(proof))
    assert psi.unblinded(given_input, BLIND, bytes.fromhex(evaluated)).hex() == output[: 2 * psi.OUTPUT_BYTES]


def test_the_asker_side_accepts_the_vector_of_two_inputs_under_one_proof() -> None:
    blinded, evaluated, proof = BATCH_OF_TWO
    psi._verify(
        PUBLIC, [bytes.fromhex(e) for e in blinded], [bytes.fromhex(e) for e in evaluated], bytes.fromhex(proof)
    )


@pytest.mark.parametrize(("value", "blinded", "evaluated", "proof", "output"), VECTORS)
def test_the_library_of_the_holder_side_computes_the_vectors(
    value: str, blinded: str, evaluated: str, proof: str, output: str
) -> None:
    library = ristretto.Evaluator.from_seed(SEED, KEY_INFO)
    assert library.public_key.serialize() == PUBLIC
    assert library.evaluate_known_input(bytes.fromhex(value)).hex() == output
    element = ristretto.BlindedInput.deserialize(bytes.fromhex(blinded))
    assert library.evaluate_batch([element]).serialize()[psi.PROOF_BYTES :].hex() == evaluated


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=6, unique=True),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_both_sides_agree_on_every_output(inputs: list[bytes], secret: bytes, seed: bytes) -> None:
    key = psi.HolderKey(seed)
    blinded = psi.blind(inputs, secret)
    assert psi.finalise(inputs, secret, blinded, key.evaluate(blinded), key.public) == key.outputs(inputs)


def test_batches_and_workers_change_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psi, "BATCH", 4)
    inputs, secret, key = [bytes([n]) for n in range(10)], bytes(32), psi.HolderKey(bytes(32))
    blinded = psi.blind(inputs, secret, workers=2)
    assert blinded == psi.blind(inputs, secret)
    answer = key.evaluate(blinded)
    assert len(answer) == 10 * psi.ELEMENT_BYTES + 3 * psi.PROOF_BYTES
    assert psi.finalise(inputs, secret, blinded, answer, key.public, workers=2) == key.outputs(inputs)


def test_a_fresh_secret_makes_the_same_question_look_different() -> None:
    assert psi.blind([b"same"], bytes(32)) != psi.blind([b"same"], bytes([1]) * 32)


# --- attacks ---------------------------------------------------------------------------------------------------------

INVALID_ELEMENTS = {
    "the identity": bytes(32),
    "not canonical": b"\xff" * 32,
    "no point": bytes([1]) + bytes(31),
    "a small-order point of the curve": bytes.fromhex(
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    ),
    "cut off": bytes(31),
}


@pytest.mark.parametrize("element", INVALID_ELEMENTS.values(), ids=INVALID_ELEMENTS.keys())
def test_attack_invalid_point_in_the_question(element: bytes) -> None:
    with pytest.raises(PeerError, match=r"invalid|cut off"):
        psi.HolderKey(bytes(32)).evaluate(psi.blind([b"x"], bytes(32)) + element)


@pytest.mark.parametrize("element", INVALID_ELEMENTS.values(), ids=INVALID_ELEMENTS.keys())
def test_attack_invalid_point_in_the_answer(element: bytes) -> None:
    key, secret = psi.HolderKey(bytes(32)), bytes(32)
    blinded = psi.blind([b"x"], secret)
    answer = element + key.evaluate(blinded)[psi.ELEMENT_BYTES :]
    with pytest.raises(PeerError):
        psi.finalise([b"x"], secret, blinded, answer, key.public)


@pytest.mark.parametrize("element", INVALID_ELEMENTS.values(), ids=INVALID_ELEMENTS.keys())
def test_attack_invalid_point_in_what_is_disclosed(element: bytes) -> None:
    key = psi.HolderKey(bytes(32))
    answer = key.evaluate(psi.hash_to_group(b"x") + psi.hash_to_group(b"y"))
    with pytest.raises(PeerError):
        psi.disclosed([b"x", b"y"], element + answer[psi.ELEMENT_BYTES :], key.public)


def test_what_is_disclosed_is_what_is_found_blind() -> None:
    key, inputs = psi.HolderKey(bytes(32)), [b"x", b"y"]
    answer = key.evaluate(b"".join(map(psi.hash_to_group, inputs)))
    assert psi.disclosed(inputs, answer, key.public) == key.outputs(inputs)


def test_attack_wrong_key_with_a_valid_proof() -> None:
    """The answer is honest under another key than the signed one: another key a mark would tell marks apart later."""
    signed, other, secret = psi.HolderKey(bytes(32)), psi.HolderKey(bytes([1]) * 32), bytes(32)
    blinded = psi.blind([b"x", b"y"], secret)
    with pytest.raises(TrustError, match="not computed with the key"):
        psi.finalise([b"x", b"y"], secret, blinded, other.evaluate(blinded), signed.public)


def test_attack_one_element_of_a_batch_under_another_key() -> None:
    signed, other, secret = psi.HolderKey(bytes(32)), psi.HolderKey(bytes([1]) * 32), bytes(32)
    blinded = psi.blind([b"x", b"y"], secret)
    mixed = other.evaluate(blinded)[: psi.ELEMENT_BYTES] + signed.evaluate(blinded)[psi.ELEMENT_BYTES :]
    with pytest.raises(TrustError):
        psi.finalise([b"x", b"y"], secret, blinded, mixed, signed.public)


@pytest.mark.parametrize("byte", [33, 70, 95, 96, 127])
def test_attack_bit_flipped_in_the_answer(byte: int) -> None:
    key, secret = psi.HolderKey(bytes(32)), bytes(32)
    blinded = psi.blind([b"x", b"y"], secret)
    answer = bytearray(key.evaluate(blinded))
    answer[byte] ^= 4
    with pytest.raises((TrustError, PeerError)):
        psi.finalise([b"x", b"y"], secret, blinded, bytes(answer), key.public)


def test_attack_answer_cut_short_or_swapped() -> None:
    key, secret = psi.HolderKey(bytes(32)), bytes(32)
    blinded = psi.blind([b"x", b"y"], secret)
    answer = key.evaluate(blinded)
    with pytest.raises(PeerError, match="one element for each"):
        psi.finalise([b"x", b"y"], secret, blinded, answer[32:], key.public)
    swapped = answer[32:64] + answer[:32] + answer[64:]
    with pytest.raises(TrustError):
        psi.finalise([b"x", b"y"], secret, blinded, swapped, key.public)
