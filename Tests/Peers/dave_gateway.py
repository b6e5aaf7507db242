"""The voice gateway's part in DAVE, written for tests from RFC 9420 alone: it is the external sender
that proposes, it takes commits apart, and it cuts Welcomes for single members."""

import hashlib
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def vector(data):
    """opaque<V>."""
    n = len(data)
    if n < 64:
        return bytes([n]) + data
    if n < 16384:
        return struct.pack(">H", n | 0x4000) + data
    return struct.pack(">I", n | 0x80000000) + data


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, n):
        assert self.at + n <= len(self.data), "the message ends early"
        self.at += n
        return self.data[self.at - n : self.at]

    def number(self, n):
        return int.from_bytes(self.raw(n), "big")

    def vector(self):
        first = self.number(1)
        n = first & 63
        for _ in range((1 << (first >> 6)) - 1):
            n = n << 8 | self.number(1)
        return self.raw(n)

    @property
    def more(self):
        return self.at < len(self.data)


def skip_leaf(reader):
    reader.vector(), reader.vector()
    assert reader.number(2) == 1, "not a basic credential"
    reader.vector()
    for _ in range(5):
        reader.vector()
    source = reader.number(1)
    if source == 1:
        reader.raw(16)
    elif source == 3:
        reader.vector()
    reader.vector(), reader.vector()


def split_commit(data):
    """Op 28: the commit, the Welcome or None, and what the commit refers to."""
    reader = Reader(data)
    assert (reader.number(2), reader.number(2)) == (1, 1), "not a PublicMessage"
    reader.vector()
    epoch = reader.number(8)
    assert reader.number(1) == 1, "not of a member"
    sender = reader.number(4)
    reader.vector()
    assert reader.number(1) == 3, "not a commit"
    proposals = Reader(reader.vector())
    references = []
    while proposals.more:
        assert proposals.number(1) == 2, "a proposal that is not by reference"
        references.append(proposals.vector())
    path = reader.number(1)
    if path:
        skip_leaf(reader)
        reader.vector()
    reader.vector(), reader.vector(), reader.vector()
    info = dict(epoch=epoch, sender=sender, references=references, path=bool(path))
    return data[: reader.at], data[reader.at :] or None, info


def split_welcome(data):
    """A Welcome for each new member alone, by key package reference; and whether with path secrets
    cannot be seen from outside."""
    reader = Reader(data)
    suite = reader.number(2)
    secrets = Reader(reader.vector())
    group_info = reader.vector()
    assert not reader.more, "bytes after the Welcome"
    cut = {}
    while secrets.more:
        start = secrets.at
        reference = secrets.vector()
        secrets.vector(), secrets.vector()
        entry = secrets.data[start : secrets.at]
        cut[reference] = struct.pack(">H", suite) + vector(entry) + vector(group_info)
    return cut


def reference(label, value):
    return hashlib.sha256(vector(b"MLS 1.0 " + label) + vector(value)).digest()


def key_package_reference(key_package):
    return reference(b"KeyPackage Reference", key_package)


class ExternalSender:
    def __init__(self, channel):
        self.group = struct.pack(">Q", channel)
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.op25 = vector(point) + struct.pack(">H", 1) + vector(b"\0")

    def _proposal(self, epoch, body):
        content = (
            vector(self.group) + struct.pack(">Q", epoch) + b"\x02" + struct.pack(">I", 0)
            + vector(b"") + b"\x02" + body
        )
        signed = vector(b"MLS 1.0 FramedContentTBS") + vector(b"\0\1\0\1" + content)
        signature = vector(self.key.sign(signed, ec.ECDSA(hashes.SHA256())))
        name = reference(b"Proposal Reference", b"\0\1" + content + signature)
        return b"\0\1\0\1" + content + signature, name

    def add(self, epoch, key_package):
        return self._proposal(epoch, b"\0\1" + key_package)

    def remove(self, epoch, leaf):
        return self._proposal(epoch, b"\0\3" + struct.pack(">I", leaf))

    @staticmethod
    def append(*proposals):
        """Op 27, without the opcode."""
        return b"\0" + vector(b"".join(message for message, _ in proposals))

    @staticmethod
    def revoke(*proposals):
        return b"\1" + vector(b"".join(vector(name) for _, name in proposals))
