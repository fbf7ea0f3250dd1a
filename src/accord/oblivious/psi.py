"""Private set intersection by a verifiable oblivious pseudo-random function: RFC 9497, ristretto255-SHA512, mode VOPRF.

The asker blinds its inputs, the holder evaluates them under a session key and proves that it used that key for each of
them, the asker unblinds and compares with the (truncated) outputs of the holder's own set. The holder sees uniformly
random group elements; the asker sees pseudo-random values of inputs that it did not ask about.

Invariants: every element received is a canonical, non-identity encoding or the call raises; no output is returned
before the proof of its batch holds; a blind is derived from a 32-byte session secret and the position, so that a
conversation survives a restart and forgetting one secret forgets all blinds. The holder's side is the Rust library
`voprf`; the asker's side is written here over libsodium (`sodium`) and sums of many elements (`points`), because
`voprf` cannot store a blinded client: so two independent implementations check each other in every conversation.

>>> key = HolderKey(bytes(32))
>>> blinded = blind([b"asked and held", b"asked only"], secret=bytes(32))
>>> answer = key.evaluate(blinded)
>>> outputs = finalise([b"asked and held", b"asked only"], bytes(32), blinded, answer, key.public)
>>> held = key.outputs([b"asked and held", b"held only"])
>>> [output in held for output in outputs]
[True, False]
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from accord.engine import spread
from accord.errors import InternalError, PeerError, TrustError
from accord.oblivious.points import IDENTITY, weighted_sums
from accord.oblivious.sodium import in_form, multiply, products, sodium

ELEMENT_BYTES = 32
PROOF_BYTES = 64
OUTPUT_BYTES = 32  # of the 64 of an output: what the protocol shows and what it keeps as evidence
BATCH = 4096  # elements under one proof; RFC 9497 allows 2^16 - 1, smaller batches spread over cores
PROCESSES_FROM = 4 * BATCH  # below this, starting a second process costs more than it gains

_ORDER = 2**252 + 27742317777372353535851937790883648493
_CONTEXT = b"OPRFV1-" + bytes([1]) + b"-ristretto255-SHA512"
_SHA512_BLOCK = bytes(128)
_ELEMENT_SIZE = ELEMENT_BYTES.to_bytes(2, "big")
_Item = TypeVar("_Item")


def blind(inputs: Sequence[bytes], secret: bytes, workers: int = 1) -> bytes:
    """Blind each input (RFC 9497 §3.3.2 `Blind`, the scalar derived from `secret` and the position).

    `secret`: 32 bytes, fresh for each session. Returns the elements, 32 bytes an input, in order.
    """
    return b"".join(_over(partial(_blind_batch, secret), _numbered(inputs), len(inputs), workers))


class HolderKey:
    """The holder's key of one session; fresh each time, derived from a 32-byte seed, never used again."""

    __slots__ = ("_evaluator", "_seed", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise InternalError("psi.seed", "the seed of a session key must have 32 bytes")
        self._seed = seed
        self._evaluator = _evaluator(seed)
        self.public: bytes = self._evaluator.public_key.serialize()

    def evaluate(self, blinded: bytes, workers: int = 1) -> bytes:
        """Evaluate blinded elements with proof (RFC 9497 §3.3.2 `BlindEvaluate`, batches of `BATCH`).

        Returns the evaluated elements (32 bytes each, in order) followed by one proof (64 bytes) for each batch.
        Raises `PeerError` `psi.element` for an invalid, identity or non-canonical element.
        """
        count = len(split(blinded))
        width = BATCH * ELEMENT_BYTES
        batches = [blinded[start : start + width] for start in range(0, len(blinded), width)]
        evaluated = _over(partial(_evaluate_batch, self._seed), batches, count, workers)
        return b"".join(part[PROOF_BYTES:] for part in evaluated) + b"".join(part[:PROOF_BYTES] for part in evaluated)

    def outputs(self, inputs: Sequence[bytes], workers: int = 1) -> list[bytes]:
        """The first 32 bytes of the PRF output of inputs that the holder knows (RFC 9497 §3.3.1 `Evaluate`)."""
        batches = [batch for _, batch in _numbered(inputs)]
        return split(b"".join(_over(partial(_output_batch, self._seed), batches, len(inputs), workers)), OUTPUT_BYTES)


def finalise(
    inputs: Sequence[bytes], secret: bytes, blinded: bytes, answer: bytes, public: bytes, workers: int = 1
) -> list[bytes]:
    """Check the proofs, then unblind (RFC 9497 §3.3.2 `Finalize`): the first 32 bytes of each input's PRF output.

    Raises `PeerError` `psi.answer` when the answer has another shape, `psi.element` for an invalid element, and
    `TrustError` `psi.proof` when the answer was not computed under `public`.
    """
    evaluated, proofs = split_answer(answer, len(inputs))
    _check_public(public)
    batches = []
    for number, (start, batch) in enumerate(_numbered(inputs)):
        place = slice(start * ELEMENT_BYTES, (start + len(batch)) * ELEMENT_BYTES)
        batches.append((start, batch, blinded[place], evaluated[place], proofs[number]))
    return split(b"".join(_over(partial(_finalise_batch, secret, public), batches, len(inputs), workers)), OUTPUT_BYTES)


def blind_scalar(secret: bytes, position: int) -> bytes:
    """The blind of the input at `position` of a session: what opens that place of the question, and no other."""
    return _blind_scalars(secret, position, 1)[0]


def reblind(value: bytes, scalar: bytes) -> bytes:
    """The element that a question has for this input under this blind. Raises `PeerError` `psi.element`."""
    if len(scalar) != ELEMENT_BYTES or not 0 < int.from_bytes(scalar, "little") < _ORDER:
        raise PeerError("psi.element", "a blind that was opened is none", _ASK_AGAIN)
    return multiply(scalar, hash_to_group(value))


def unblinded(value: bytes, scalar: bytes, evaluated: bytes) -> bytes:
    """The first 32 bytes of the PRF output of one input, from its blind and its evaluated element."""
    return _outputs([value], [multiply(_inverses([scalar])[0], evaluated)])[0]


def disclosed(inputs: Sequence[bytes], answer: bytes, public: bytes) -> list[bytes]:
    """Check the proofs of `evaluate` over inputs that were not blinded; the first 32 bytes of each PRF output.

    Raises as `finalise` does.
    """
    evaluated, proofs = split_answer(answer, len(inputs))
    _check_public(public)
    elements, answered = _hashed_to_group(inputs), split(evaluated)
    for number, proof in enumerate(proofs):
        batch = slice(number * BATCH, (number + 1) * BATCH)
        _verify(public, elements[batch], answered[batch], proof)
    return _outputs(inputs, answered)  # nothing was blinded, and `_verify` refuses what is no element


def split_answer(answer: bytes, count: int) -> tuple[bytes, list[bytes]]:
    """The evaluated elements and the proofs of an answer to `count` blinded elements."""
    batches = -(-count // BATCH)
    if len(answer) != count * ELEMENT_BYTES + batches * PROOF_BYTES:
        raise PeerError("psi.answer", "the answer does not have one element for each that was asked", _ASK_AGAIN)
    return answer[: count * ELEMENT_BYTES], split(answer[count * ELEMENT_BYTES :], PROOF_BYTES)


def split(joined: bytes, width: int = ELEMENT_BYTES) -> list[bytes]:
    """Cut concatenated values of equal width apart. Raises `PeerError` `psi.length` when they do not divide."""
    if len(joined) % width:
        raise PeerError("psi.length", "a list of group elements is cut off", _ASK_AGAIN)
    return [joined[start : start + width] for start in range(0, len(joined), width)]


def hash_to_group(value: bytes) -> bytes:
    """RFC 9497 §4.1 HashToGroup: `expand_message_xmd` (RFC 9380 §5.3.1, SHA-512), then the ristretto255 map."""
    return _hashed_to_group([value])[0]


_ASK_AGAIN = "ask the partner to send a new answer; if it comes again, its software differs from yours"


def _evaluator(seed: bytes) -> Any:
    from voprf import ristretto

    return ristretto.Evaluator.from_seed(seed, b"accord exchange v1")


def _blind_batch(secret: bytes, numbered: tuple[int, Sequence[bytes]]) -> bytes:
    start, batch = numbered
    return b"".join(products(_blind_scalars(secret, start, len(batch)), _hashed_to_group(batch)))


def _evaluate_batch(seed: bytes, batch: bytes) -> bytes:
    from voprf import ristretto

    try:
        inputs = [ristretto.BlindedInput.deserialize(element) for element in split(batch)]
    except ValueError:
        raise PeerError("psi.element", "a group element in the question is invalid", _ASK_AGAIN) from None
    evaluated: bytes = _evaluator(seed).evaluate_batch(inputs).serialize()  # the proof, then the elements
    return evaluated


def _output_batch(seed: bytes, batch: Sequence[bytes]) -> bytes:
    evaluator = _evaluator(seed)
    return b"".join(evaluator.evaluate_known_input(value)[:OUTPUT_BYTES] for value in batch)


def _finalise_batch(secret: bytes, public: bytes, asked: tuple[int, Sequence[bytes], bytes, bytes, bytes]) -> bytes:
    start, batch, blinded, answer, proof = asked
    evaluated = split(answer)
    _verify(public, split(blinded), evaluated, proof)
    inverses = _inverses(_blind_scalars(secret, start, len(batch)))
    return b"".join(_outputs(batch, products(inverses, evaluated)))


def _blind_scalars(secret: bytes, first: int, count: int) -> list[bytes]:
    begun = hashlib.blake2b(key=secret, person=b"accord blind v1")
    reduce, scalars = sodium().crypto_core_ristretto255_scalar_reduce, []
    for position in range(first, first + count):
        wide = begun.copy()
        wide.update(position.to_bytes(8, "big"))
        scalars.append(reduce(wide.digest()))
    return scalars


def _hashed_to_group(values: Sequence[bytes]) -> list[bytes]:
    return list(map(sodium().crypto_core_ristretto255_from_hash, _expanded(values, b"HashToGroup-" + _CONTEXT)))


def _outputs(inputs: Sequence[bytes], unblinded: Sequence[bytes]) -> list[bytes]:
    """The first 32 bytes of the PRF outputs, from the evaluated elements without their blinds."""
    return [
        hashlib.sha512(_sized(value) + _ELEMENT_SIZE + element + b"Finalize").digest()[:OUTPUT_BYTES]
        for value, element in zip(inputs, unblinded, strict=True)
    ]


def _inverses(scalars: Sequence[bytes]) -> list[bytes]:
    """The inverses of many scalars at the cost of one (Montgomery's trick)."""
    numbers = [int.from_bytes(scalar, "little") for scalar in scalars]
    products, product = [], 1
    for number in numbers:
        products.append(product)
        product = product * number % _ORDER
    inverse, found = pow(product, -1, _ORDER), []
    for number, before in zip(reversed(numbers), reversed(products), strict=True):
        found.append((inverse * before % _ORDER).to_bytes(32, "little"))
        inverse = inverse * number % _ORDER
    return found[::-1]


def _verify(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> None:
    """RFC 9497 §2.2.2 `VerifyProof`, with `ComputeComposites` of §2.2.1."""
    seed = hashlib.sha512(_sized(public) + _sized(b"Seed-" + _CONTEXT)).digest()
    pairs = [  # `weighted_sums` refuses elements of another size
        index.to_bytes(2, "big") + _ELEMENT_SIZE + asked + _ELEMENT_SIZE + answered + b"Composite"
        for index, (asked, answered) in enumerate(zip(blinded, evaluated, strict=True))
    ]
    m, z = weighted_sums(_hashed_to_scalars(pairs, _sized(seed)), blinded, evaluated)
    challenge, response = proof[:32], proof[32:]
    if any(not 0 < int.from_bytes(scalar, "little") < _ORDER for scalar in (challenge, response)):
        raise TrustError("psi.proof", "the proof of the answer is malformed", _ASK_AGAIN)
    add = sodium().crypto_core_ristretto255_add
    t2 = add(sodium().crypto_scalarmult_ristretto255_base(response), multiply(challenge, public))
    t3 = add(multiply(response, m), multiply(challenge, z))
    (expected,) = _hashed_to_scalars([b"".join(map(_sized, (public, m, z, t2, t3))) + b"Challenge"])
    if not hmac.compare_digest(expected.to_bytes(ELEMENT_BYTES, "little"), challenge):
        raise TrustError("psi.proof", "the partner's answer was not computed with the key that it signed", _ASK_AGAIN)


def _check_public(public: bytes) -> None:
    known = sodium().crypto_core_ristretto255_is_valid_point
    if not in_form([public]) or public == IDENTITY or not known(public):
        raise PeerError("psi.element", "a group element in the answer is invalid", _ASK_AGAIN)


def _hashed_to_scalars(values: Sequence[bytes], before: bytes = b"") -> list[int]:
    """RFC 9497 §4.1 HashToScalar of each value, with `before` in front of it. Time tells of it: nothing secret."""
    return [int.from_bytes(wide, "little") % _ORDER for wide in _expanded(values, b"HashToScalar-" + _CONTEXT, before)]


def _expanded(values: Sequence[bytes], domain: bytes, before: bytes = b"") -> list[bytes]:
    """`expand_message_xmd` for 64 bytes of each value: with SHA-512 that is one block."""
    begun, suffix = hashlib.sha512(_SHA512_BLOCK + before), domain + bytes([len(domain)])
    ending, counted = b"\x00\x40\x00" + suffix, b"\x01" + suffix
    found = []
    for value in values:
        first = begun.copy()
        first.update(value + ending)
        found.append(hashlib.sha512(first.digest() + counted).digest())
    return found


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def _numbered(inputs: Sequence[bytes]) -> list[tuple[int, Sequence[bytes]]]:
    return [(start, inputs[start : start + BATCH]) for start in range(0, len(inputs), BATCH)]


def _over(work: Callable[[_Item], bytes], batches: Sequence[_Item], size: int, workers: int) -> list[bytes]:
    return spread(work, batches, workers if size >= PROCESSES_FROM else 1)
