"""The oblivious function under the blind question; a package of its own, so that a computing process starts at once.

Invariants: nothing here knows records, accords or messages; bytes and secrets in, bytes out. Read `psi`.
"""
