"""A capture as it lies on the disk, read without any of our own code: pcapng blocks, the events in
systemd's journal format within them, and the clear fields of the key log.

Standard library only. What is damaged at the end of a file is left out; see `Segment.rest`.
"""

import json
import os
import struct

SECTION, INTERFACE, PACKET, JOURNAL = 0x0A0D0D0A, 1, 6, 9


class Segment:
    def __init__(self, path):
        self.name = os.path.basename(path)
        self.packets = []  # (time, (ssrc, sequence, timestamp), connection) of what came in and is RTP
        self.events = []  # (time, kind, data)
        with open(path, "rb") as file:
            data = file.read()
        position = 0
        while position + 12 <= len(data):
            kind, size = struct.unpack_from("<II", data, position)
            if size < 12 or size % 4 or position + size > len(data):
                break
            if struct.unpack_from("<I", data, position + size - 4)[0] != size:
                break
            if kind == PACKET:
                self._packet(data, position)
            elif kind == JOURNAL:
                self._event(data[position + 8:position + size - 4])
            elif kind not in (SECTION, INTERFACE):
                break
            position += size
        self.rest = len(data) - position

    def _packet(self, data, position):
        connection, high, low, length = struct.unpack_from("<IIII", data, position + 8)
        packet = data[position + 28:position + 28 + length]
        outbound = struct.unpack_from("<HHI", data, position + 28 + (length + 3) // 4 * 4)
        if outbound == (2, 4, 2) or len(packet) < 40 or packet[0] >> 4 != 4:
            return
        rtp = packet[(packet[0] & 15) * 4 + 8:]
        if len(rtp) >= 12 and rtp[0] >> 6 == 2 and not 200 <= rtp[1] <= 206:
            sequence, timestamp, ssrc = struct.unpack_from(">HII", rtp, 2)
            self.packets.append((high << 32 | low, (ssrc, sequence, timestamp), connection))

    def _event(self, text):
        fields = dict(
            line.split("=", 1) for line in text.rstrip(b"\0").decode(errors="replace").split("\n")
            if "=" in line)
        if "TAPEDECK_KIND" in fields:
            self.events.append((
                int(fields["__REALTIME_TIMESTAMP"]) * 1000, fields["TAPEDECK_KIND"],
                json.loads(fields["TAPEDECK_DATA"])))

    def of(self, kind):
        return [data for _, name, data in self.events if name == kind]


def segment_names(folder):
    return sorted(n for n in os.listdir(folder) if n.startswith("segment-"))


def segments(folder):
    return [Segment(os.path.join(folder, name)) for name in segment_names(folder)]


def key_records(folder):
    """The clear fields of all whole lines."""
    records = []
    for name in sorted(n for n in os.listdir(folder) if n.startswith("keys") and n.endswith(".jsonl")):
        with open(os.path.join(folder, name), "rb") as file:
            for line in file.read().split(b"\n")[:-1]:
                try:
                    records.append(json.loads(line))
                except ValueError:
                    pass
    return records
