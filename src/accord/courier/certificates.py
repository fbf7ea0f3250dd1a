"""Who is at the other end of a connection: certificates that the key of a party signed, as the accord names it.

The accord names one key for each party (`sign`). A desk makes a fresh TLS key whenever it serves or calls, and signs a
certificate for it with the party's key, for a few days. So there is nothing to renew and nothing to keep, a key that
a new version of the accord replaces ends its certificates too, and no authority but the accord is asked.

Invariants: the only trust anchors of a connection are the keys of the accord's other parties (a caller: of the one
that it calls); TLS 1.3 only, no resumption, so every connection proves its key; the private key reaches a file only
encrypted, under a password that lives for a moment; who speaks is read from the signature, never from a name that
stands in the certificate.
"""

from __future__ import annotations

import datetime as dt
import secrets
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from accord.arrangement import Accord
from accord.arrangement import Party as AccordParty
from accord.errors import TrustError
from accord.exchange import Party
from accord.ledger import SigningKey, VerifyKey

VALID_DAYS = 8
_CLOCKS_DIFFER = dt.timedelta(hours=12)
_LARGEST_CERTIFICATE = 4096  # bytes; ours have some 450


def receiving_context(party: Party) -> ssl.SSLContext:
    """TLS for a desk that takes messages from any other party of its accord."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, party, [one.sign for one in _others(party.accord, party.id)])
    context.num_tickets = 0
    return context


def calling_context(party: Party, to: str) -> ssl.SSLContext:
    """TLS for a desk that calls the party `to`, and would speak to no other."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, party, [party.accord.party(to).sign])
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def renew(context: ssl.SSLContext, party: Party) -> None:
    """Give a context a fresh key with a fresh certificate."""
    key = Ed25519PrivateKey.generate()
    password = secrets.token_bytes(32).hex().encode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    shown = certificate(party.id, party.sign, key.public_key(), party.now).public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:  # the ssl module reads files only
        both = Path(folder) / "certificate.pem"
        both.write_bytes(private + shown)
        context.load_cert_chain(both, password=password)


def certificate(party: str, signer: SigningKey, key: Ed25519PublicKey, now: dt.datetime) -> x509.Certificate:
    """A certificate of `party` for a TLS key, signed with the party's own key."""
    issuer = Ed25519PrivateKey.from_private_bytes(signer.to_bytes())
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        _begun(party, key, now)
        .issuer_name(_key_name(signer.verify_key))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(uses, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        .sign(issuer, None)
    )


def speaker(shown: bytes | None, accord: Accord, me: str, now: dt.datetime) -> str:
    """The id of the party whose key signed the certificate (DER) of a connection, by the accord as it is now.

    Raises `TrustError` `courier.stranger`: no certificate, none that a key of the accord signed, or one out of time.
    """
    try:
        if shown is None or len(shown) > _LARGEST_CERTIFICATE:
            raise ValueError
        given = x509.load_der_x509_certificate(shown)
        if not given.not_valid_before_utc <= now <= given.not_valid_after_utc:
            raise ValueError
    except ValueError:
        raise _stranger() from None
    for party in _others(accord, me):
        try:
            party.sign.check(given.signature, given.tbs_certificate_bytes)
        except TrustError:
            continue
        return party.id
    raise _stranger()


def _context(protocol: int, party: Party, keys: Iterable[VerifyKey]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # a desk is known by its key: it may move to another name or address
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for key in keys:
        context.load_verify_locations(cadata=_anchor(key, party.now).public_bytes(Encoding.DER))
    renew(context, party)
    return context


def _anchor(key: VerifyKey, now: dt.datetime) -> x509.Certificate:
    """A public key in the form in which TLS takes a trust anchor; who signs that form matters to nobody."""
    public = Ed25519PublicKey.from_public_bytes(key.raw)
    return (
        _begun(_key_name(key), public, now)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a trust anchor of this desk")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(Ed25519PrivateKey.generate(), None)
    )


def _begun(subject: str | x509.Name, key: Ed25519PublicKey, now: dt.datetime) -> x509.CertificateBuilder:
    if isinstance(subject, str):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        **dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
             "encipher_only", "decipher_only"), False,
        ),
    )  # fmt: skip


def _key_name(key: VerifyKey) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"accord key {key.id}")])


def _others(accord: Accord, me: str) -> list[AccordParty]:
    return [party for party in accord.parties if party.id != me]


def _stranger() -> TrustError:
    return TrustError(
        "courier.stranger",
        "the other side of the connection shows no certificate that a key of this accord signed",
        "see that both desks have adopted the same version of the accord, and that their clocks are right",
    )
