"""Members of a DAVE group behind one interface: davey, dave.py (Discord's libdave), and Tapedeck."""

import asyncio
import subprocess

import dave
import davey


class Refused(Exception):
    """A member could not take a commit or Welcome, and would send op 31."""


class Davey:
    kind = "davey"

    def __init__(self, user, channel):
        self.user, self.channel = user, channel
        self.session = davey.DaveSession(1, user, channel)

    def external_sender(self, op25):
        self.op25 = op25
        self.session.set_external_sender(op25)

    def reset(self):
        self.session.reinit(1, self.user, self.channel)
        self.session.set_external_sender(self.op25)

    def key_package(self):
        return self.session.get_serialized_key_package()

    def proposals(self, payload, users):
        kinds = davey.ProposalsOperationType
        operation = kinds.append if payload[0] == 0 else kinds.revoke
        try:
            result = self.session.process_proposals(operation, payload[1:], list(users))
        except ValueError as error:
            # It raises where others stay silent: nobody commits the own removal.
            if "CannotRemoveSelf" in str(error):
                return None
            raise
        return result and result.commit + (result.welcome or b"")

    def commit(self, transition, data):
        try:
            self.session.process_commit(data)
        except Exception as error:  # davey raises several kinds
            raise Refused(f"davey: {error}") from error

    def welcome(self, transition, data):
        try:
            self.session.process_welcome(data)
        except Exception as error:
            raise Refused(f"davey: {error}") from error

    @property
    def authenticator(self):
        return bytes(self.session.get_epoch_authenticator())

    @property
    def code(self):
        return self.session.voice_privacy_code

    def fingerprint(self, user):
        return bytes(self.session.get_pairwise_fingerprint(0, user))

    def encrypt(self, frame):
        return self.session.encrypt_opus(frame)

    def decrypt(self, user, frame):
        try:
            return bytes(self.session.decrypt(user, davey.MediaType.audio, frame))
        except ValueError:
            return None


class LibDave:
    kind = "dave.py"
    ssrc = 7

    def __init__(self, user, channel):
        self.user, self.channel = user, channel
        self.session = dave.Session(lambda *_: None)
        self.session.init(1, channel, str(user), None)
        self.encryptor = dave.Encryptor()
        self.encryptor.assign_ssrc_to_codec(self.ssrc, dave.Codec.opus)
        self.decryptors = {}

    def external_sender(self, op25):
        self.op25 = op25
        self.session.set_external_sender(op25)

    def reset(self):
        self.session.reset()
        self.session.init(1, self.channel, str(self.user), None)
        self.session.set_external_sender(self.op25)

    def key_package(self):
        return self.session.get_marshalled_key_package()

    def proposals(self, payload, users):
        return self.session.process_proposals(payload, {str(user) for user in users})

    def _switch(self, roster):
        self.encryptor.set_key_ratchet(self.session.get_key_ratchet(str(self.user)))
        for user in roster:
            ratchet = self.session.get_key_ratchet(str(user))
            if user != self.user and ratchet is not None:
                self.decryptors.setdefault(user, dave.Decryptor()).transition_to_key_ratchet(ratchet)

    def commit(self, transition, data):
        roster = self.session.process_commit(data)
        if isinstance(roster, dave.RejectType):
            raise Refused(f"dave.py: {roster}")

    def welcome(self, transition, data):
        roster = self.session.process_welcome(data, {str(user) for user in self.users})
        if roster is None:
            raise Refused("dave.py: welcome")

    def settle(self, users):
        """libdave switches when it is told, and reports only changes of the roster."""
        self._switch(users)

    @property
    def authenticator(self):
        return bytes(self.session.get_last_epoch_authenticator())

    @property
    def code(self):
        return dave.generate_displayable_code(self.authenticator, 30, 5)

    def fingerprint(self, user):
        async def wait():
            return await self.session.get_pairwise_fingerprint(0, str(user))

        return bytes(asyncio.run(wait()) or b"")

    def encrypt(self, frame):
        return self.encryptor.encrypt(dave.MediaType.audio, self.ssrc, frame)

    def decrypt(self, user, frame):
        decryptor = self.decryptors.get(user)
        return decryptor and decryptor.decrypt(dave.MediaType.audio, frame)


class Ours:
    kind = "tapedeck"

    def __init__(self, user, channel, binary):
        self.user, self.channel = user, channel
        self.child = subprocess.Popen(
            [binary, str(user)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.offered = None

    def ask(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        lines = []
        while (line := self.child.stdout.readline().rstrip("\n")) != ".":
            assert line or self.child.poll() is None, "our peer ended"
            lines.append(line)
        for line in lines:
            if line.startswith("26 "):
                self.offered = bytes.fromhex(line[3:])
        return lines

    def external_sender(self, op25):
        self.ask("op25", op25.hex())
        self.ask("op4", self.channel)

    def reset(self):
        pass  # it resets itself with its op 31

    def key_package(self):
        return self.offered

    def proposals(self, payload, users):
        self.ask("users", *users)
        for line in self.ask("op27", payload.hex()):
            if line.startswith("28 "):
                return bytes.fromhex(line[3:])
            assert not line.startswith("warning"), line
        return None

    def _take(self, lines):
        refused = [line for line in lines if line.startswith(("31", "warning bad"))]
        if refused:
            raise Refused(f"tapedeck: {refused}")

    def commit(self, transition, data):
        self._take(self.ask("op29", transition, data.hex()))

    def welcome(self, transition, data):
        self._take(self.ask("op30", transition, data.hex()))

    @property
    def authenticator(self):
        return bytes.fromhex(self.ask("auth")[0])

    @property
    def code(self):
        return self.ask("code")[0].replace(" ", "")

    def fingerprint(self, user):
        return bytes.fromhex(self.ask("fingerprint", user)[0])

    def encrypt(self, frame):
        return bytes.fromhex(self.ask("enc", frame.hex())[0])

    def decrypt(self, user, frame):
        answer = self.ask("dec", user, frame.hex())[0]
        return None if answer == "no key" else bytes.fromhex(answer)

    def close(self):
        self.child.stdin.close()
        self.child.wait()
