"""Third-party speakers: discord.py with davey, and cordslite with davey.

Each notes the frames that it sends, and under which of its epochs. They are pointed at the simulator by the
addresses it gives; its voice servers speak plain `ws`, where all of them insist on `wss`, so that word is
changed on the way to their WebSocket library, and nothing else of theirs.
"""

import asyncio
import contextlib
import functools
import io

import cordslite.voice
import discord
import discord.gateway
import websockets
import yarl
from cordslite import DiscordClient, GatewayClient
from cordslite.gateway import Intent
from discord.http import Route

from simulator import Talker
from voice_measure import Note


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
        self.spurt = 0

    @property
    def epoch(self):
        return self._connection.dave_session.epoch if self._connection.can_encrypt else None

    def _get_voice_packet(self, data):
        # The player is a thread of its own: a commit may come meanwhile.
        before = self.epoch
        packet = super()._get_voice_packet(data)
        self.notes.append(Note(self.timestamp, bytes(data), (before, self.epoch), self.spurt))
        return packet


class DiscordPy(Talker):
    kind = "discord.py 2.7.1"
    # Its timestamps stand still in pauses.
    runs_on = False

    def __init__(self, simulator, name):
        super().__init__(simulator, name)
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
    def epoch(self):
        return self.voice.epoch

    async def speak(self, pcm):
        self.voice.spurt += 1
        over = asyncio.get_running_loop().create_future()
        done = lambda error: self.client.loop.call_soon_threadsafe(over.set_result, error)
        self.voice.play(discord.PCMAudio(io.BytesIO(pcm)), after=done)
        error = await asyncio.wait_for(over, 60)
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


class Cordslite(Talker):
    kind = "cordslite 0.2.3"
    runs_on = False

    def __init__(self, simulator, name):
        super().__init__(simulator, name)
        self.notes = []
        self.spurt = 0
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
            self.notes.append(
                Note(voice.send_ts, bytes(opus), (self.epoch, self.epoch), self.spurt))
            return encrypt(opus)

        voice._enc_opus = noted
        self.voice = voice
        await voice.join()
        await asyncio.wait_for(voice.sess.wait(), 20)

    @property
    def epoch(self):
        group = getattr(self.voice, "dave", None)
        return group.epoch if group and group.ready else None

    async def speak(self, pcm):
        self.spurt += 1
        await self.voice.send_pcm(pcm)

    async def leave(self):
        await self.voice.leave()
        await self.gateway.stop()
