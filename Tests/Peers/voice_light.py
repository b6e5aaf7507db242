"""A speaker on dave.py, which is Discord's own libdave."""

import asyncio
import contextlib
import json
import math
import socket
import struct
import time

import dave
import nacl.bindings
import opuslib_next
import websockets

from simulator import Talker
from voice_measure import FRAME, RATE, SILENCE, Note


class LightClient(Talker):
    """No more than it takes to talk: main gateway, voice gateway, and DAVE by libdave.

    Unlike discord.py's, its timestamps go on in pauses, and its silence frames come one after the other, as
    those of Discord's own clients do.
    """
    kind = "dave.py 1.1.0"
    runs_on = True

    def __init__(self, simulator, name):
        super().__init__(simulator, name)
        self.notes = []
        self.spurt = 0
        self.users = {str(self.user)}
        self.pending = {}
        self.ready = asyncio.Event()
        # Counts the keys it has sent under; None: in the clear.
        self.epoch = None
        self.switches = 0
        self.tasks = []

    async def join(self, channel):
        self.channel = int(channel)
        self.main = await websockets.connect(self.simulator.gateway + "/?v=10&encoding=json", max_size=None)
        hello = json.loads(await self.main.recv())
        self.tasks.append(asyncio.create_task(
            self.beat(self.main, hello["d"]["heartbeat_interval"], lambda: {"op": 1, "d": None})))
        properties = {"os": "linux", "browser": "light", "device": "light"}
        await self.say(self.main, 2, {"token": self.token, "intents": 1 | 1 << 7, "properties": properties})
        while (await self.event())["t"] != "GUILD_CREATE":
            pass
        await self.say(self.main, 4, {
            "guild_id": self.simulator.ids["guild"], "channel_id": channel, "self_mute": False,
            "self_deaf": False})
        session = server = None
        while not (session and server):
            event = await self.event()
            if event["t"] == "VOICE_STATE_UPDATE" and event["d"]["user_id"] == self.user:
                session = event["d"]["session_id"]
            if event["t"] == "VOICE_SERVER_UPDATE":
                server = event["d"]
        self.tasks.append(asyncio.create_task(self.drain()))
        self.voice = await websockets.connect(f"ws://{server['endpoint']}/?v=8", max_size=None)
        self.sequence = -1
        await self.say(self.voice, 0, {
            "server_id": self.simulator.ids["guild"], "user_id": self.user, "session_id": session,
            "token": server["token"], "max_dave_protocol_version": 1})
        self.tasks.append(asyncio.create_task(self.listen()))
        await asyncio.wait_for(self.ready.wait(), 20)

    async def say(self, connection, op, data):
        await connection.send(json.dumps({"op": op, "d": data}))

    async def event(self):
        return json.loads(await self.main.recv())

    async def drain(self):
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            async for _ in self.main:
                pass

    async def beat(self, connection, interval, message):
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            while True:
                await asyncio.sleep(interval / 1000)
                await connection.send(json.dumps(message()))

    async def listen(self):
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            async for message in self.voice:
                if isinstance(message, bytes):
                    self.sequence = int.from_bytes(message[:2], "big")
                    await self.group(message[2], message[3:])
                else:
                    message = json.loads(message)
                    self.sequence = message.get("seq", self.sequence)
                    await self.told(message["op"], message["d"])

    async def told(self, op, data):
        if op == 8:
            self.tasks.append(asyncio.create_task(self.beat(
                self.voice, data["heartbeat_interval"],
                lambda: {"op": 3, "d": {"t": time.time_ns() // 1_000_000, "seq_ack": self.sequence}})))
        elif op == 2:
            await self.connect(data)
        elif op == 4:
            self.key = bytes(data["secret_key"])
            assert data["dave_protocol_version"] == 1
            self.session = dave.Session(lambda *_: None)
            self.encryptor = dave.Encryptor()
            self.encryptor.assign_ssrc_to_codec(self.ssrc, dave.Codec.opus)
            await self.begin()
            self.ready.set()
        elif op == 11:
            self.users.update(data["user_ids"])
        elif op == 13:
            self.users.discard(data["user_id"])
        elif op == 21 and data["transition_id"]:
            await self.prepared(data["transition_id"], data["protocol_version"])
        elif op == 22 and data["transition_id"] in self.pending:
            self.switch(self.pending.pop(data["transition_id"]))
        elif op == 24 and data["epoch"] == 1:
            await self.begin()

    async def connect(self, data):
        """Asks by the voice server's own port where this client is."""
        self.ssrc = data["ssrc"]
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((data["ip"], data["port"]))
        self.socket.settimeout(5)
        self.socket.send(struct.pack(">HHI", 1, 70, self.ssrc) + bytes(66))
        answer = await asyncio.to_thread(self.socket.recv, 74)
        await self.say(self.voice, 1, {"protocol": "udp", "data": {
            "address": answer[8:72].rstrip(b"\0").decode(),
            "port": int.from_bytes(answer[72:], "big"), "mode": "aead_xchacha20_poly1305_rtpsize"}})

    async def begin(self):
        self.session.init(1, self.channel, str(self.user), None)
        if getattr(self, "external_sender", None):
            self.session.set_external_sender(self.external_sender)
        await self.voice.send(bytes([26]) + self.session.get_marshalled_key_package())

    async def group(self, op, data):
        if op == 25:
            self.external_sender = data
            self.session.set_external_sender(data)
        elif op == 27:
            commit = self.session.process_proposals(data, self.users)
            if commit:
                await self.voice.send(bytes([28]) + commit)
        elif op in (29, 30):
            transition = int.from_bytes(data[:2], "big")
            if op == 29:
                outcome = self.session.process_commit(data[2:])
                if outcome == dave.RejectType.ignored:
                    return
                failed = outcome == dave.RejectType.failed
            else:
                failed = self.session.process_welcome(data[2:], self.users) is None
            if failed:
                await self.say(self.voice, 31, {"transition_id": transition})
                self.session.reset()
                await self.begin()
            else:
                await self.prepared(transition, 1)

    async def prepared(self, transition, version):
        if not transition:
            return self.switch(version)
        self.pending[transition] = version
        await self.say(self.voice, 23, {"transition_id": transition})

    def switch(self, version):
        """libdave changes keys when it is told to, at op 22."""
        if version == 0:
            self.encryptor.set_passthrough_mode(True)
            self.epoch = None
            return
        ratchet = self.session.get_key_ratchet(str(self.user))
        if ratchet is not None:
            self.encryptor.set_key_ratchet(ratchet)
            self.encryptor.set_passthrough_mode(False)
            self.switches += 1
            self.epoch = self.switches

    async def speak(self, pcm):
        self.spurt += 1
        encoder = opuslib_next.Encoder(RATE, 2, opuslib_next.APPLICATION_AUDIO)
        await self.say(self.voice, 5, {"speaking": 1, "delay": 0, "ssrc": self.ssrc})
        size = 4 * FRAME
        frames = [encoder.encode(pcm[i:i + size], FRAME) for i in range(0, len(pcm) - size + 1, size)]
        frames += [SILENCE] * 5
        if not hasattr(self, "began"):
            self.began, self.number = time.monotonic(), 0
        # A microphone never stops: its frames follow one another every 20 ms, sent or not.
        first = math.ceil((time.monotonic() - self.began) * 50)
        for number, opus in enumerate(frames, first):
            await asyncio.sleep(max(0, self.began + number / 50 - time.monotonic()))
            self.send(opus, number * FRAME % 2 ** 32)
        await self.say(self.voice, 5, {"speaking": 0, "delay": 0, "ssrc": self.ssrc})

    def send(self, opus, timestamp):
        self.number += 1
        header = struct.pack(">BBHII", 0x80, 0x78, self.number % 65_536, timestamp, self.ssrc)
        payload = self.encryptor.encrypt(dave.MediaType.audio, self.ssrc, opus)
        nonce = struct.pack(">I", self.number)
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes(payload), header, nonce + bytes(20), self.key)
        self.notes.append(Note(timestamp, opus, (self.epoch, self.epoch), self.spurt))
        self.socket.send(header + sealed + nonce)

    async def leave(self):
        await self.say(self.main, 4, {
            "guild_id": self.simulator.ids["guild"], "channel_id": None, "self_mute": False,
            "self_deaf": False})
        await self.voice.close()
        await self.main.close()
        for task in self.tasks:
            task.cancel()
        self.socket.close()
