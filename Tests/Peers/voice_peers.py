"""Third-party speakers: discord.py with davey, cordslite with davey, and a light client on dave.py.

Each notes the frames that it sends for `voice_measure`. They are pointed at the simulator by the addresses
it gives; its voice servers speak plain `ws`, where all of them insist on `wss`, so that word is changed on
the way to their WebSocket library, and nothing else of theirs.
"""

import array
import asyncio
import contextlib
import functools
import io
import json
import math
import socket
import struct
import time

import cordslite.voice
import dave
import discord
import discord.gateway
import nacl.bindings
import opuslib_next
import websockets
import yarl
from cordslite import DiscordClient, GatewayClient
from cordslite.gateway import Intent
from discord.http import Route

RATE = 48_000


WAVE = [math.sin(x) + 0.5 * math.sin(2 * x) + 0.3 * math.sin(5 * x)
        for x in (2 * math.pi * i / 4096 for i in range(4096))]


@functools.cache
def speech(seconds, pitch):
    """Stereo PCM, 16 bit: a voice-like sound whose pitch glides, so that no part is like another."""
    samples = array.array("h")
    phase = 0.0
    for block in range(int(seconds * 100)):
        now = block / 100
        step = pitch * (1 + 0.4 * math.sin(now * 1.7) + 0.1 * now / seconds) * 4096 / RATE
        loud = 9_000 * (0.35 + 0.3 * math.sin(now * 9) ** 2)
        for _ in range(RATE // 100):
            phase += step
            value = int(loud * WAVE[int(phase) & 4095])
            samples.append(value)
            samples.append(value)
    return samples.tobytes()


class PlainWebSockets:
    """`websockets`, for cordslite, with `ws` in place of `wss`."""
    exceptions = websockets.exceptions

    @staticmethod
    def connect(url, **options):
        return websockets.connect(url.replace("wss://", "ws://"), **options)


class NotedVoiceClient(discord.VoiceClient):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.notes = []

    def _get_voice_packet(self, data):
        self.notes.append((time.time_ns(), self.timestamp, bytes(data)))
        return super()._get_voice_packet(data)


class DiscordPy:
    kind = "discord.py 2.7.1"

    def __init__(self, simulator, name, pitch):
        made = simulator.control("/bot", name=name, guild=simulator.ids["guild"])
        self.user, self.token, self.pitch = made["id"], made["token"], pitch
        self.simulator = simulator
        Route.BASE = simulator.api_base
        gateway = discord.gateway.DiscordWebSocket
        gateway.DEFAULT_GATEWAY = yarl.URL(simulator.gateway)
        # A connection of the simulator is never compressed.
        if not isinstance(gateway.from_client, functools.partial):
            gateway.from_client = functools.partial(gateway.from_client, compress=False)

    async def join(self, channel):
        intents = discord.Intents.none()
        intents.guilds = intents.voice_states = True
        self.client = discord.Client(intents=intents)
        self.running = asyncio.create_task(self.client.start(self.token))
        await asyncio.wait_for(self.client.wait_until_ready(), 20)
        http = self.client.http
        connect = http.ws_connect
        http.ws_connect = lambda url, **options: connect(url.replace("wss://", "ws://"), **options)
        self.voice = await self.client.get_channel(int(channel)).connect(
            cls=NotedVoiceClient, timeout=20)

    @property
    def is_encrypted(self):
        return self.voice._connection.can_encrypt

    async def speak(self, seconds):
        over = asyncio.get_running_loop().create_future()
        done = lambda error: self.client.loop.call_soon_threadsafe(over.set_result, error)
        self.voice.play(discord.PCMAudio(io.BytesIO(speech(seconds, self.pitch))), after=done)
        error = await asyncio.wait_for(over, seconds + 20)
        if error:
            raise error

    @property
    def notes(self):
        return self.voice.notes

    async def leave(self):
        await self.voice.disconnect()
        await self.client.close()
        with contextlib.suppress(Exception):
            await self.running


class Cordslite:
    kind = "cordslite 0.2.3"

    def __init__(self, simulator, name, pitch):
        made = simulator.control("/bot", name=name, guild=simulator.ids["guild"])
        self.user, self.token, self.pitch = made["id"], made["token"], pitch
        self.simulator = simulator
        self.notes = []
        cordslite.voice.websockets = PlainWebSockets

    async def join(self, channel):
        self.client = DiscordClient(token=self.token)
        self.client.base_url = self.client.cli.base_url = self.simulator.api_base
        # It asks for the gateway's address as it is made, and waits.
        self.gateway = await asyncio.to_thread(
            GatewayClient, Intent.GUILDS | Intent.GUILD_VOICE_STATES, self.client)
        await self.gateway.start()
        for _ in range(400):
            if self.gateway.session_id:
                break
            await asyncio.sleep(0.05)
        voice = cordslite.voice.VoiceClient(
            self.gateway, self.simulator.ids["guild"], await self.client.channel(channel))
        encrypt = voice._enc_opus

        def noted(opus):
            self.notes.append((time.time_ns(), voice.send_ts, bytes(opus)))
            return encrypt(opus)

        voice._enc_opus = noted
        self.voice = voice
        await voice.join()
        await asyncio.wait_for(voice.sess.wait(), 20)

    @property
    def is_encrypted(self):
        return bool(getattr(self.voice, "dave", None)) and self.voice.dave.ready

    async def speak(self, seconds):
        await self.voice.send_pcm(speech(seconds, self.pitch))

    async def leave(self):
        await self.voice.leave()
        await self.gateway.stop()


class LightClient:
    """No more than it takes to talk: main gateway, voice gateway, and DAVE by Discord's libdave.

    Unlike discord.py's, its timestamps go on in pauses, as those of Discord's own clients do.
    """
    kind = "dave.py 1.1.0"

    def __init__(self, simulator, name, pitch):
        made = simulator.control("/bot", name=name, guild=simulator.ids["guild"])
        self.user, self.token, self.pitch = made["id"], made["token"], pitch
        self.simulator = simulator
        self.notes = []
        self.users = {str(self.user)}
        self.pending = {}
        self.ready = asyncio.Event()
        self.is_encrypted = False
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
            self.ssrc = data["ssrc"]
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.connect((data["ip"], data["port"]))
            self.socket.settimeout(5)
            self.socket.send(struct.pack(">HHI", 1, 70, self.ssrc) + bytes(66))
            answer = await asyncio.to_thread(self.socket.recv, 74)
            await self.say(self.voice, 1, {"protocol": "udp", "data": {
                "address": answer[8:72].rstrip(b"\0").decode(),
                "port": int.from_bytes(answer[72:], "big"), "mode": "aead_xchacha20_poly1305_rtpsize"}})
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
        elif op == 22:
            self.pending.pop(data["transition_id"], None)
            self.switch()
        elif op == 24 and data["epoch"] == 1:
            await self.begin()

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
            elif transition:
                self.pending[transition] = True
                await self.say(self.voice, 23, {"transition_id": transition})
            else:
                self.switch()

    def switch(self):
        """libdave changes keys when it is told to, at op 22."""
        ratchet = self.session.get_key_ratchet(str(self.user))
        if ratchet is not None:
            self.encryptor.set_key_ratchet(ratchet)
            self.is_encrypted = True

    async def speak(self, seconds):
        encoder = opuslib_next.Encoder(RATE, 2, opuslib_next.APPLICATION_AUDIO)
        pcm = speech(seconds, self.pitch)
        await self.say(self.voice, 5, {"speaking": 1, "delay": 0, "ssrc": self.ssrc})
        frames = [encoder.encode(pcm[i:i + 3840], 960) for i in range(0, len(pcm) - 3839, 3840)]
        frames += [b"\xf8\xff\xfe"] * 5
        start = time.monotonic()
        if not hasattr(self, "epoch"):
            self.epoch, self.number = start, 0
        for index, opus in enumerate(frames):
            await asyncio.sleep(max(0, start + index * 0.02 - time.monotonic()))
            timestamp = (round((start - self.epoch) * 50) + index) * 960 % 2 ** 32
            self.send(opus, timestamp)
        await self.say(self.voice, 5, {"speaking": 0, "delay": 0, "ssrc": self.ssrc})

    def send(self, opus, timestamp):
        self.number += 1
        header = struct.pack(">BBHII", 0x80, 0x78, self.number % 65_536, timestamp, self.ssrc)
        payload = self.encryptor.encrypt(dave.MediaType.audio, self.ssrc, opus)
        nonce = struct.pack(">I", self.number)
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes(payload), header, nonce + bytes(20), self.key)
        self.notes.append((time.time_ns(), timestamp, opus))
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
