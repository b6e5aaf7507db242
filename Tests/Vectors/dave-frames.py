#!/usr/bin/env python3
"""Prints the frames of DAVEFramesTests/Opening/IndependentFrameTests.swift.

Key ratchet and frame layout written once more, on the Python package `cryptography` alone.
"""
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


def derive(secret, label, generation, length):
    name, context = b"MLS 1.0 " + label, generation.to_bytes(4, "big")
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([len(context)]) + context
    return HKDFExpand(hashes.SHA256(), length, info).derive(secret)


def uleb(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def frame(base, generation, count, plaintext, ranges=()):
    secret = base
    for step in range(generation):
        secret = derive(secret, b"secret", step, 32)
    counter = (generation % 256) << 24 | count
    clear = b"".join(plaintext[a:a + n] for a, n in ranges)
    kept = [any(a <= i < a + n for a, n in ranges) for i in range(len(plaintext))]
    hidden = bytes(b for b, k in zip(plaintext, kept) if not k)
    nonce = bytes(8) + counter.to_bytes(4, "little")
    sealed = AESGCM(derive(secret, b"key", generation, 16)).encrypt(nonce, hidden, clear)
    cipher, tag = iter(sealed[:-16]), sealed[-16:-8]
    body = bytes(b if k else next(cipher) for b, k in zip(plaintext, kept))
    footer = tag + uleb(counter) + b"".join(uleb(a) + uleb(n) for a, n in ranges)
    return body + footer + bytes([len(footer) + 3]) + b"\xfa\xfa"


BASE, TEXT = bytes(range(16)), bytes(range(0x40, 0x60))
print(frame(BASE, 0, 1, TEXT).hex())
print(frame(BASE, 0, 300, b"").hex())
print(frame(BASE, 0, 301, TEXT, [(0, 3), (10, 5)]).hex())
print(frame(BASE, 1, 0, TEXT).hex())
print(frame(BASE, 256, 7, TEXT).hex())
