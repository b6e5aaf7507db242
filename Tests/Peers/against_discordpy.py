"""discord.py 2.7.1 in the simulated Discord, next to our own client and bot.

How discord.py is pointed at the simulator (it has no setting for it):
  - REST: `discord.http.Route.BASE` is the simulator's API base.
  - Gateway: it never asks /gateway/bot unless sharded, so `DiscordWebSocket.DEFAULT_GATEWAY` is the
    simulator's address; after READY it uses `resume_gateway_url` by itself. Plain `ws` works as is.
  - Compression: it asks for zlib-stream unless `from_client` is given `compress=False`; a connection
    of the simulator is never compressed, so that is what it is given.
  - CDN: attachments are read from the `url` that the simulator gives.

What of discord.py is known and allowed for:
  - It sends a heartbeat right after HELLO, before Identify: the gateway has to take that.
  - It parses a body as JSON only if Content-Type is exactly `application/json`.
  - After a lost connection (not op 7) it waits up to two seconds before it comes back.
  - It gives ids as numbers in gateway payloads and in bulk deletion.
"""

import asyncio
import datetime
import functools
import io
import logging
import sys

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from simulator import PeerBot, Simulator, arguments, check


class Peer(discord.Client):
    """A client that notes what it hears."""

    def __init__(self, **options):
        super().__init__(
            intents=discord.Intents.all() ^ discord.Intents(presences=True),
            allowed_mentions=discord.AllowedMentions.none(), enable_debug_events=True, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard = []
        self.readies = 0
        self.resumes = 0
        self.answered = []

    async def on_ready(self):
        self.readies += 1

    async def on_resumed(self):
        self.resumes += 1

    async def on_message(self, message):
        self.heard.append((message.channel.id, message.author.id, message.content))

    async def during(self, event, action, matches=lambda *_: True):
        """What an event brings that an action causes, with the action's result."""
        waiting = asyncio.create_task(self.wait_for(event, check=matches, timeout=30))
        await asyncio.sleep(0)
        result = await action
        return await waiting, result

    async def until(self, what, holds):
        for _ in range(600):
            if holds():
                return
            await asyncio.sleep(0.05)
        check(what, False)


def off(function, *arguments, **keywords):
    """Runs what blocks beside the loop."""
    return asyncio.to_thread(function, *arguments, **keywords)


async def sees_the_guild(peer, simulator):
    ids = simulator.ids
    guild = peer.get_guild(int(ids["guild"]))
    check("the guild is there", guild is not None and guild.name == "Tape Club")
    kinds = {channel.type.name for channel in guild.channels}
    check("channels of all types", kinds >= {
        "text", "voice", "category", "news", "stage_voice", "forum"}, kinds)
    check("the hidden channel is hidden from nobody with administrator",
          discord.utils.get(guild.channels, name="moderators") is not None)
    check("the active thread is there", guild.get_thread(int(ids["thread"])) is not None)
    check("all members came by op 8", guild.chunked and guild.member_count == len(guild.members),
          guild.member_count, len(guild.members))
    found = await guild.query_members("bob")
    check("members by the beginning of a name", [m.name for m in found] == ["bob"], found)
    alice = guild.get_member(int(ids["alice"]))
    check("the owner", guild.owner == alice and alice.guild_permissions.administrator)
    check("names that try to break out arrive as they are",
          "@everyone" in guild.get_member(int(ids["mallory"])).global_name)
    return guild


async def talks_with_ours(peer, simulator, general):
    bot = int(simulator.ids["bot"])
    message, sent = await peer.during(
        "message",
        off(simulator.ours, "discord", "send", "--channel", str(general.id), "from tapedeck"),
        lambda m: m.author.id == bot)
    check("a message that our client posts arrives",
          message.content == "from tapedeck" and str(message.id) == sent[0]["id"], message, sent)
    check("its author is complete", message.author.bot and message.author.name == "Tapedeck")
    answer, question = await peer.during(
        "message", general.send("!echo heard you"), lambda m: m.author.id == bot)
    check("our bot answers what discord.py posts", answer.content == "heard you", answer.content)
    check("our bot sees discord.py as the author", question.author.id == peer.user.id)
    listed = await off(
        simulator.ours, "discord", "messages", "--channel", str(general.id), "--limit", "2")
    check("our client reads both",
          [m["id"] for m in listed] == [str(question.id), str(answer.id)], listed)


async def messages(peer, simulator, general):
    message = await general.send("one")
    (before, after), _ = await peer.during("message_edit", message.edit(content="two"))
    check("an edit is told", (before.content, after.content) == ("one", "two"))
    reaction, _ = await peer.during("raw_reaction_add", message.add_reaction("🎧"))
    check("a reaction is told", str(reaction.emoji) == "🎧" and reaction.message_id == message.id)
    fetched = await general.fetch_message(message.id)
    check("a reaction is counted", [(str(r.emoji), r.count, r.me) for r in fetched.reactions]
          == [("🎧", 1, True)], fetched.reactions)
    users = [user.id async for user in fetched.reactions[0].users()]
    check("who reacted", users == [peer.user.id], users)
    await peer.during("raw_reaction_remove", message.remove_reaction("🎧", peer.user))
    reply, _ = await peer.during("message", message.reply("three"))
    check("a reply points to its message",
          reply.reference.message_id == message.id and reply.reference.resolved.content == "two")
    file = discord.File(io.BytesIO(b"tape hiss\x00\xff"), "hiss one.bin", description="a hiss")
    heard, sent = await peer.during("message", general.send("with a file", file=file))
    data = await heard.attachments[0].read()
    check("a file comes back as it was", data == b"tape hiss\x00\xff", data)
    check("its description", sent.attachments[0].description == "a hiss")
    embed = discord.Embed(title="Side A", description="An hour")
    heard, _ = await peer.during("message", general.send(embed=embed))
    check("an embed", heard.embeds[0].title == "Side A")
    await message.pin()
    pins = [m.id async for m in general.pins()]
    check("a pinned message is listed", message.id in pins, pins)
    async with general.typing():
        pass
    posted = [await general.send(f"bulk {number}") for number in range(5)]
    history = [m.content async for m in general.history(limit=5)]
    check("the history, newest first", history == [f"bulk {n}" for n in (4, 3, 2, 1, 0)], history)
    history = [m.content async for m in general.history(limit=3, after=posted[0], oldest_first=True)]
    check("the history after a message", history == ["bulk 1", "bulk 2", "bulk 3"], history)
    history = [m.content async for m in general.history(limit=2, before=posted[4])]
    check("the history before a message", history == ["bulk 3", "bulk 2"], history)
    history = [m.content async for m in general.history(limit=3, around=posted[2])]
    check("the history around a message", sorted(history) == ["bulk 1", "bulk 2", "bulk 3"], history)
    everything = [m async for m in general.history(limit=None, oldest_first=True)]
    check("the whole history in pages", everything[0].content == "Welcome to the Tape Club!"
          and everything[-1].id == posted[4].id, len(everything))
    gone, _ = await peer.during("raw_bulk_message_delete", general.delete_messages(posted[:4]))
    check("bulk deletion", gone.message_ids == {m.id for m in posted[:4]})
    await peer.during("raw_message_delete", posted[4].delete())
    try:
        await general.fetch_message(posted[0].id)
        check("a deleted message is gone", False)
    except discord.NotFound as error:
        check("a deleted message is gone", error.code == 10008, error.code)
    try:
        await general.send("x" * 2001)
        check("2001 characters are refused", False)
    except discord.HTTPException as error:
        check("2001 characters are refused", (error.status, error.code) == (400, 50035), error)


async def threads_and_webhooks(peer, general):
    start = await general.send("about that")
    made, thread = await peer.during(
        "thread_create", start.create_thread(name="aside", auto_archive_duration=60))
    check("a thread is told", made.id == thread.id == start.id and thread.parent_id == general.id)
    heard, _ = await peer.during("message", thread.send("in the thread"))
    check("a message in it", heard.channel.id == thread.id)
    active = await general.guild.active_threads()
    check("it is among the active ones", thread.id in [t.id for t in active])
    forum = discord.utils.get(general.guild.forums, name="mixtapes")
    post = await forum.create_thread(name="Summer", content="a tape for summer")
    check("a forum's post", post.message.content == "a tape for summer")
    await peer.during("thread_update", thread.edit(archived=True))
    archived = [t.id async for t in general.archived_threads()]
    check("an archived thread is listed", thread.id in archived, archived)
    _, webhook = await peer.during("webhooks_update", general.create_webhook(name="Notices"))
    heard, sent = await peer.during(
        "message", webhook.send("side B", username="The Deck", wait=True))
    check("a webhook's message is told and given back", heard.id == sent.id
          and heard.webhook_id == webhook.id and heard.author.display_name == "The Deck")
    edited = await sent.edit(content="side C")
    check("and edited", edited.content == "side C")
    await sent.delete()
    check("webhooks are listed", webhook.id in [w.id for w in await general.webhooks()])
    await webhook.delete()


async def commands(peer, simulator, guild, general):
    @peer.tree.command(name="rewind", description="Goes back", guild=guild)
    async def rewind(interaction, seconds: int):
        await interaction.response.send_message(f"back {seconds} s", ephemeral=True)
        await interaction.followup.send("done")
        peer.answered.append((await interaction.original_response()).content)

    @peer.tree.command(name="slow", description="Takes its time", guild=guild)
    async def slow(interaction, who: discord.Member):
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"slowly, {who.name}")
        peer.answered.append("slow")

    synced = await peer.tree.sync(guild=guild)
    check("slash commands are registered", sorted(c.name for c in synced) == ["rewind", "slow"])
    fetched = await peer.tree.fetch_commands(guild=guild)
    check("and listed", sorted(c.name for c in fetched) == ["rewind", "slow"])
    bob = simulator.ids["bob"]
    used = dict(user=bob, channel=str(general.id))
    followup, _ = await peer.during(
        "message",
        off(simulator.control, "/command", name="rewind",
            options=[{"name": "seconds", "type": 4, "value": 30}], **used),
        lambda m: m.content == "done")
    check("a command of a person is answered", followup.author.id == peer.user.id)
    await peer.until("the first answer is read back", lambda: "back 30 s" in peer.answered)
    seen = await off(
        simulator.ours, "discord", "messages", "--channel", str(general.id), "--limit", "5")
    check("its first answer is for the person alone",
          "back 30 s" not in [m["content"] for m in seen], seen)
    await off(
        simulator.control, "/command", name="slow",
        options=[{"name": "who", "type": 6, "value": simulator.ids["carol"]}], **used)
    await peer.until("a deferred answer is edited", lambda: "slow" in peer.answered)
    last = [m async for m in general.history(limit=1)][0]
    check("a deferred answer", last.content == "slowly, carol", last.content)


async def people_and_events(peer, simulator, guild):
    alice = guild.get_member(int(simulator.ids["alice"]))
    direct = await alice.send("hello in private")
    check("a direct message", isinstance(direct.channel, discord.DMChannel))
    heard, _ = await peer.during(
        "message", off(simulator.post, simulator.ids["alice"], str(direct.channel.id), "psst"),
        lambda m: m.author.id == alice.id)
    check("its answer", heard.content == "psst" and heard.guild is None)
    (_, after), _ = await peer.during("member_update", guild.me.edit(nick="The Peer"))
    check("an own nickname", after.nick == "The Peer")
    start = discord.utils.utcnow() + datetime.timedelta(hours=1)
    event, made = await peer.during(
        "scheduled_event_create",
        guild.create_scheduled_event(
            name="Tape night", start_time=start, channel=guild.voice_channels[0],
            entity_type=discord.EntityType.voice,
            privacy_level=discord.PrivacyLevel.guild_only))
    check("a scheduled event is told", event.id == made.id and event.name == "Tape night")
    events = await guild.fetch_scheduled_events()
    check("and listed", made.id in [e.id for e in events])
    await peer.during("scheduled_event_delete", made.delete())
    channel, _ = await peer.during(
        "guild_channel_create", guild.create_text_channel("temporary", topic="for now"))
    check("a channel is made", channel.topic == "for now")
    await peer.during("guild_channel_update", channel.edit(topic="still"))
    await peer.during("guild_channel_delete", channel.delete())


async def voice(peer, simulator, guild):
    room = guild.voice_channels[0]
    (member, before, after), _ = await peer.during(
        "voice_state_update",
        off(simulator.control, "/voice", user=simulator.ids["carol"], guild=str(guild.id),
            channel=str(room.id)))
    check("a person in voice is seen", member.name == "carol" and after.channel == room)
    raw = asyncio.create_task(
        peer.wait_for("socket_raw_receive", check=lambda d: "VOICE_SERVER_UPDATE" in d, timeout=30))
    await asyncio.sleep(0)
    (member, _, after), _ = await peer.during(
        "voice_state_update", guild.change_voice_state(channel=room, self_deaf=True))
    check("op 4 is told to everybody", member == guild.me and after.channel == room
          and after.self_deaf)
    check("and gives a voice server", "endpoint" in await raw)
    check("who is in the channel", {m.name for m in room.members} == {"carol", guild.me.name})
    await peer.during("voice_state_update", guild.change_voice_state(channel=None))
    await off(
        simulator.control, "/voice", user=simulator.ids["carol"], guild=str(guild.id), channel=None)


async def survives(peer, simulator, general, effect, **details):
    """A fault of the gateway, with messages before, meanwhile and after."""
    resumes, readies = peer.resumes, peer.readies
    author = simulator.ids["bob"]

    def talk(part, count=10):
        for number in range(count):
            simulator.post(author, str(general.id), f"{effect} {part} {number}")

    await off(talk, "before")
    await off(simulator.control, "/fault", effect=effect, **details)
    await off(talk, "meanwhile", 25)
    await peer.until(f"{effect}: resumed", lambda: peer.resumes == resumes + 1)
    await off(talk, "after")
    wanted = [f"{effect} {part} {number}" for part, count in
              (("before", 10), ("meanwhile", 25), ("after", 10)) for number in range(count)]
    heard = lambda: [c for _, _, c in peer.heard if c.startswith(effect + " ")]
    await peer.until(f"{effect}: all messages", lambda: len(heard()) >= len(wanted))
    check(f"{effect}: resumed, each message once and in order", heard() == wanted, heard())
    check(f"{effect}: no new session", peer.readies == readies)


async def limited(simulator, general):
    """A bot without privileged intents, and one that is none."""
    made = simulator.control("/bot", name="Plain", guild=simulator.ids["guild"], flags=0)
    greedy = discord.Client(intents=discord.Intents.all())
    try:
        await greedy.start(made["token"])
        check("privileged intents have to be granted", False)
    except discord.PrivilegedIntentsRequired:
        check("privileged intents have to be granted", True)
    await greedy.close()
    nobody = discord.Client(intents=discord.Intents.none())
    try:
        await nobody.start("no.such.token")
        check("a wrong token is refused", False)
    except discord.LoginFailure:
        check("a wrong token is refused", True)
    await nobody.close()
    plain, heard = discord.Client(intents=discord.Intents.default()), []

    @plain.event
    async def on_message(message):
        heard.append(message.content)

    running = asyncio.create_task(plain.start(made["token"]))
    while not plain.is_ready() and not running.done():
        await asyncio.sleep(0.05)
    for text in ("a secret", f"hey <@{made['id']}>"):
        await off(simulator.post, simulator.ids["bob"], str(general.id), text)
    for _ in range(600):
        if len(heard) == 2:
            break
        await asyncio.sleep(0.05)
    check("without the intent only what mentions the bot has content",
          heard == ["", f"hey <@{made['id']}>"], heard)
    await plain.close()
    await running


async def main(simulator, peer_bot):
    made = simulator.control("/bot", name="Peer", guild=simulator.ids["guild"])
    discord.http.Route.BASE = simulator.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(simulator.gateway)
    DiscordWebSocket.from_client = functools.partial(DiscordWebSocket.from_client, compress=False)
    bot = PeerBot(peer_bot, simulator)
    peer = Peer()
    running = asyncio.create_task(peer.start(made["token"]))
    while not peer.is_ready() and not running.done():
        await asyncio.sleep(0.05)
    if running.done():
        running.result()
    check("discord.py logs in", peer.is_ready() and str(peer.user.id) == made["id"])
    guild = await sees_the_guild(peer, simulator)
    general = guild.get_channel(int(simulator.ids["general"]))
    await talks_with_ours(peer, simulator, general)
    await messages(peer, simulator, general)
    await threads_and_webhooks(peer, general)
    await commands(peer, simulator, guild, general)
    await people_and_events(peer, simulator, guild)
    await voice(peer, simulator, guild)
    await limited(simulator, general)
    await survives(peer, simulator, general, "reconnect")
    await survives(peer, simulator, general, "reset")
    await survives(peer, simulator, general, "close", code=4000)
    await survives(peer, simulator, general, "invalid_session", resumable=True)
    report = simulator.control()
    check("resumes go to resume_gateway_url", report["resumes_elsewhere"] == 0, report)
    check("nobody else was thrown out by the gateway", set(report["closes"]) == {"4000", "4014"}, report)
    answer, _ = await peer.during(
        "message", general.send("!echo after all"),
        lambda m: m.author.id == int(simulator.ids["bot"]))
    check("our bot is still there too", answer.content == "after all")
    await peer.change_presence(status=discord.Status.idle)
    await peer.close()
    await running
    bot.stop()


if __name__ == "__main__":
    tapedeck, peer_bot, logs = arguments()
    logging.basicConfig(filename=logs + "/discordpy.log", level=logging.INFO)
    simulator = Simulator(tapedeck, logs + "/simulator.log")
    asyncio.run(asyncio.wait_for(main(simulator, peer_bot), timeout=300))
    simulator.stop()
    print("discord.py", discord.__version__, "on Python", sys.version.split()[0])
