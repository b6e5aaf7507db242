"""cordslite 0.2.3 in the simulated Discord: each function of its core.py, and its gateway client.

How cordslite is pointed at the simulator:
  - REST: `client.base_url` is a plain attribute, which only the gateway client reads; requests go through
    `client.cli`, an httpx2 client that took the address when it was made, so both are set.
  - Gateway: `GatewayClient` asks `base_url`/gateway/bot for the address; plain `ws` works as is.

That each function of core.py has run is not claimed but measured: `Calls` notes what is called, and the
functions found in the source must all be among it.

What of cordslite is known and allowed for:
  - After 429 it repeats a call without `data` and `files`, so a message meets "Cannot send an empty
    message" (50006) when it is sent over the limit of a channel. `send` below then sends it again.
  - After a lost connection it waits a second before it comes back, two after the next.
  - Its handlers run as tasks of their own: what they do before their first `await` is in order.
  - `tree` leaves out forums and stages.
"""

import ast
import asyncio
import contextlib
import io
import pathlib
import sys
import tempfile

import cordslite.core as core
from cordslite import DiscordClient, DiscordError, GatewayClient
from cordslite.gateway import Intent

from simulator import Simulator, arguments, check


class Calls:
    """Notes which functions of a file are called, by the line at which they begin."""

    def __init__(self, module):
        self.path = module.__file__
        self.called = set()

    def __enter__(self):
        sys.setprofile(self.note)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)

    def note(self, frame, event, _):
        if event == "call" and frame.f_code.co_filename == self.path:
            self.called.add(frame.f_code.co_firstlineno)

    def missing(self):
        """The functions and methods of the file that were not called."""
        def functions(body):
            for node in body:
                if isinstance(node, ast.ClassDef):
                    yield from functions(node.body)
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    yield node.name, first
        source = ast.parse(pathlib.Path(self.path).read_text())
        found = list(functions(source.body))
        return [name for name, line in found if line not in self.called], len(found)


async def send(channel, content, **keywords):
    """`channel.send`, again when a 429 made it empty."""
    while True:
        try:
            return await channel.send(content, **keywords)
        except DiscordError as error:
            if error.code != 50006:
                raise
            await asyncio.sleep(1)


async def looks(client, simulator):
    ids = simulator.ids
    guilds = await client.guilds()
    check("guilds", [g.name for g in guilds] == ["Tape Club"], guilds)
    guild = await client.guild(ids["guild"])
    check("guild", guild.id == ids["guild"] and ids["guild"] in guild.url, guild)
    channels = await guild.channels()
    check("Guild.channels", {c.type for c in channels} == {0, 2, 4, 5, 13, 15}, channels)
    check("Guild.channels(limit)", len(await guild.channels(limit=3)) == 3)
    general = await client.channel(ids["general"])
    check("channel", general.name == "general" and general.is_text and not general.is_thread)
    check("Channel.guild", (await general.guild).id == guild.id)
    check("Channel.parent", (await general.parent).name == "Talk")
    check("Channel.url", general.url.endswith(f"/{guild.id}/{general.id}"))
    thread = await client.thread(ids["thread"])
    check("thread", thread.is_thread and thread.parent_id == general.id)
    check("Guild.threads", thread.id in [t.id for t in await guild.threads()])
    check("Channel.threads", [t.id for t in await general.threads()] == [thread.id])
    members = await guild.members()
    names = [m.display_name for m in members]
    check("members", {"Alice", "Bobby", "carol", "Tapedeck"} <= set(names), names)
    check("find_member", await guild.find_member("bob") == ids["bob"])
    check("find_member: nobody", await guild.find_member("nobody") is None)
    tree = await guild.tree()
    check("tree", "#general: Tapes and everything else" in tree and "Bobby" in tree, tree)
    me = await client.me()
    check("me", me.is_bot and me.username == "Lite")
    dms = await client.dms()
    check("dms of a user", isinstance(dms, list))
    shown = [repr(x) for x in (guild, general, members[0], me)]
    check("texts", all(shown) and shown[0].startswith("Guild("), shown)
    for objects in (guilds, channels, members):
        check("a table", "<table" in objects._repr_html_())
    return guild, general


async def reads_and_writes(client, guild, general, folder):
    history = await general.messages(limit=5)
    check("messages in the order of time", [int(m.id) for m in history]
          == sorted(int(m.id) for m in history) and len(history) == 5)
    middle = history[2]
    check("Message.before", (await middle.before(2))[-1].id == history[1].id)
    check("Message.after", (await middle.after(2))[0].id == history[3].id)
    around = [m.id for m in await middle.around(3)]
    check("Message.around", around == [m.id for m in history[1:4]], around)
    check("Message.channel", (await middle.channel).id == general.id)
    check("Message.url", middle.url.endswith(f"/{general.id}/{middle.id}"))
    sent = await send(general, "first")
    check("send", sent.content == "first" and sent.author.username == "Lite" and repr(sent.author))
    path = folder / "hiss.bin"
    path.write_bytes(b"\x00tape\xff")
    reply = await send(general, "second", files=[path], reply_id=sent.id)
    check("send with a file, as a reply", reply.referenced.id == sent.id)
    attachment = reply.attachments[0]
    check("Attachment.fetch", await attachment.fetch() == b"\x00tape\xff")
    saved = await attachment.save(folder / "saved.bin")
    check("Attachment.save", saved.read_bytes() == b"\x00tape\xff")
    check("Attachment's texts", "hiss.bin" in repr(attachment) and attachment._repr_html_())
    mention = await send(general, "hello <@" + client_id(sent) + ">")
    check("mentions are resolved", mention.content == "hello @Lite" and mention.raw_content
          == f"hello <@{client_id(sent)}>" and mention.mentions[0].id == client_id(sent), mention)
    await general.typing()
    made = await mention.create_thread("aside")
    check("create_thread", made.is_thread and made.id == mention.id)
    check("Messages' table", "<table" in history._repr_html_() and repr(sent))
    await sent.delete()
    try:
        await general.delete_message(sent.id)
        check("a deleted message is gone", False)
    except DiscordError as error:
        check("a deleted message is gone", (error.code, error.status) == (10008, 404), error)
    bulk = [await send(general, f"bulk {n}") for n in range(3)]
    await general.bulk_delete([m.id for m in bulk])
    last = await general.messages(limit=1)
    check("bulk_delete", last[0].id == mention.id, last)
    dm = await client.create_dm(guild.owner_id)
    check("create_dm", dm.type == 1 and (await send(dm, "in private")).channel_id == dm.id)


def client_id(message):
    return message.author.id


async def searches_and_deletes(client, guild, general):
    found = await guild.search(content="digitised", limit=10)
    check("Guild.search", len(found) == 10 and all("digitised" in m.content for m in found))
    found = await general.search(content="digitised", offset=10, limit=5)
    check("Channel.search with an offset", len(found) == 5)
    found = await guild.search(content="digitised", after="2020-01-01", before="2021-01-01")
    check("search between dates", found == [])
    check("date2snowflake", core.date2snowflake("2015-01-02") == str(86_400_000 << 22))
    everything = await guild.search_all(content="digitised", delay=0.01)
    check("Guild.search_all", len(everything) == 20, len(everything))
    recent = await general.search_all(content="digitised", delay=0.01, max_age_days=1)
    check("Channel.search_all with an age", recent == [], recent)
    for number in range(3):
        await send(general, f"sweep {number}")
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet):
        swept = await general.search_and_delete_all("sweep", delay=0.01, show=True)
    check("search_and_delete_all of recent messages", swept == 3
          and await general.search(content="sweep") == [], swept)
    swept = await general.search_and_delete_all("digitised", delay=0.01)
    check("search_and_delete_all of old ones", swept == 20
          and await general.search(content="digitised") == [], swept)
    found = await guild.search(content="in private")
    check("direct messages are not the guild's", found == [])


async def webhooks(client, guild, general):
    made = await general.create_webhook("Notices")
    check("create_webhook", made.name == "Notices" and made.token and repr(made))
    check("Channel.webhooks", made.id in [w.id for w in await general.webhooks()])
    listed = await guild.webhooks()
    check("Guild.webhooks", made.id in [w.id for w in listed] and listed._repr_html_())
    check("webhook", (await client.webhook(made.id)).channel_id == general.id)
    sent = await made.send("side B", username="The Deck")
    check("Webhook.send", sent.author.username == "The Deck" and sent.webhook_id == made.id)
    edited = await made.edit(name="Renamed")
    check("Webhook.edit", edited.name == "Renamed")
    await made.delete()
    try:
        await client.webhook(made.id)
        check("Webhook.delete", False)
    except DiscordError as error:
        check("Webhook.delete", error.code == 10015 and "404" in str(error), error)


async def until(what, holds):
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    check(what, False)


async def gateway(client, simulator):
    intents = Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT
    gateway = await asyncio.to_thread(GatewayClient, intents, client)
    heard, guilds = [], []

    async def message(event):
        heard.append(event.content)

    async def guild(event):
        guilds.append(event.name)

    gateway.on("MESSAGE_CREATE", message)
    gateway.on("GUILD_CREATE", guild)
    await gateway.start()
    await until("GUILD_CREATE", lambda: guilds == ["Tape Club"])
    check("the gateway starts", gateway.session_id is not None)
    channel, author = simulator.ids["general"], simulator.ids["carol"]

    async def survives(name, resumes=True, **fault):
        session, wanted = gateway.session_id, []

        def talk(part, count):
            for number in range(count):
                simulator.post(author, channel, f"{name} {part} {number}")

        await asyncio.to_thread(talk, "before", 5)
        await until(name, lambda: f"{name} before 4" in heard)
        await asyncio.to_thread(simulator.control, "/fault", **fault)
        if resumes:
            await asyncio.to_thread(talk, "meanwhile", 20)
            await until(name, lambda: f"{name} meanwhile 19" in heard)
            wanted = [f"{name} meanwhile {n}" for n in range(20)]
        else:
            await until(name, lambda: gateway.session_id not in (session, None))
        await asyncio.to_thread(talk, "after", 5)
        await until(name, lambda: f"{name} after 4" in heard)
        wanted = [f"{name} before {n}" for n in range(5)] + wanted
        wanted += [f"{name} after {n}" for n in range(5)]
        own = [text for text in heard if text.startswith(name + " ")]
        check(f"{name}: each message once and in order", own == wanted, own)
        check(f"{name}: the session", (gateway.session_id == session) == resumes)

    await survives("op 7", effect="reconnect")
    await survives("close 4000", effect="close", code=4000)
    await survives("op 9, to be resumed", effect="invalid_session", resumable=True)
    await survives("op 9", resumes=False, effect="invalid_session", resumable=False)
    report = await asyncio.to_thread(simulator.control)
    check("three resumes", report["resumed"] == 3 and report["resumes_elsewhere"] == 0, report)
    await gateway.stop()
    await until("the session is over", lambda: not simulator.control()["sessions"])


async def main(simulator):
    made = simulator.control("/bot", name="Lite", guild=simulator.ids["guild"])
    with Calls(core) as calls, tempfile.TemporaryDirectory() as folder:
        client = DiscordClient(token=made["token"], user_token=simulator.user_token)
        client.base_url = simulator.api_base
        client.cli.base_url = simulator.api_base
        guild, general = await looks(client, simulator)
        await reads_and_writes(client, guild, general, pathlib.Path(folder))
        await searches_and_deletes(client, guild, general)
        await webhooks(client, guild, general)
    missing, count = calls.missing()
    check(f"all {count} functions of core.py were called", not missing, missing)
    await gateway(client, simulator)
    await client.cli.aclose()


if __name__ == "__main__":
    tapedeck, _, logs = arguments()
    simulator = Simulator(tapedeck, logs + "/simulator.log")
    asyncio.run(asyncio.wait_for(main(simulator), timeout=300))
    simulator.stop()
    print("cordslite 0.2.3 on Python", sys.version.split()[0])
