"""One DAVE group of davey, dave.py (Discord's libdave) and Tapedeck.

    python against_dave.py DAVEPEER [--seeds N] [--steps N]

Scripted: each as committer of the creation, of an addition, of a removal (with a path), and of both in
one commit (whose Welcome carries a path secret); each welcomed by each. Then random churn. After every
epoch all epoch authenticators and privacy codes must be equal, and everybody must open a frame of
everybody else. Fails if our side ever refuses what the others accept.

Faults of the peers that are known and not ours:
  davey 0.1.7 makes no Welcome when the last op 27 of an epoch holds no Add, so Adds come last here.
  dave.py 1.1.0 now and then cannot apply a removal that all others apply (groups of dave.py alone show
  it too): such a member is taken out and added again, as the gateway does after op 31. Counted.
"""

import argparse
import random

from dave_gateway import ExternalSender, key_package_reference, split_commit, split_welcome
from dave_members import Davey, LibDave, Ours, Refused

CHANNEL = 0x0102030405060708


class Call:
    def __init__(self, binary):
        self.binary = binary
        self.sender = ExternalSender(CHANNEL)
        self.members = {}
        self.leaves = []
        self.epoch = 0
        self.transition = 0
        self.frames = 0
        self.libdave_faults = 0
        self.path_welcomes = 0
        self.commits = {}
        self.welcomed = set()

    def make(self, kind, user):
        member = kind(user, CHANNEL, self.binary) if kind is Ours else kind(user, CHANNEL)
        member.external_sender(self.sender.op25)
        return member

    def create(self, members, committer):
        packages = {member.user: member.key_package() for member in members}
        users = [member.user for member in members]
        proposals = {user: self.sender.add(0, package) for user, package in packages.items()}
        output = {}
        for member in members:
            member.users = users
            others = [proposals[user] for user in users if user != member.user]
            output[member.user] = member.proposals(self.sender.append(*others), users)
        commit, welcome, info = split_commit(output[committer.user])
        assert info["epoch"] == 0 and not info["path"]
        added = [user for user in users if user != committer.user]
        self.leaves = [committer.user] + added
        self.members = {member.user: member for member in members}
        self.finish(committer, [committer], commit, welcome, {u: packages[u] for u in added})

    def step(self, committer, add=(), remove=()):
        """`remove` are users, `add` are members that were made."""
        users = [u for u in self.members if u not in remove] + [m.user for m in add]
        packages = {member.user: member.key_package() for member in add}
        proposals = [self.sender.remove(self.epoch, self.leaves.index(user)) for user in remove]
        additions = {user: self.sender.add(self.epoch, kp) for user, kp in packages.items()}
        proposals += additions.values()
        output = None
        for member in list(self.members.values()):
            member.users = users
            answer = member.proposals(self.sender.append(*proposals), users)
            if member is committer:
                output = answer
        assert output, f"{committer.kind} made no commit"
        commit, welcome, info = split_commit(output)
        expected = [name for _, name in proposals]
        # davey orders them as it likes.
        assert sorted(info["references"]) == sorted(expected), (committer.kind, info, expected)
        assert info["path"] or not remove
        staying = [m for m in self.members.values() if m.user not in remove]
        for user in remove:
            self.leaves[self.leaves.index(user)] = None
        while self.leaves and self.leaves[-1] is None:
            self.leaves.pop()
        # New members sit in the order of the commit's references.
        for user in sorted(packages, key=lambda u: info["references"].index(additions[u][1])):
            if None in self.leaves:
                self.leaves[self.leaves.index(None)] = user
            else:
                self.leaves.append(user)
        for user in remove:
            gone = self.members.pop(user)
            if isinstance(gone, Ours):
                gone.close()
        for member in add:
            member.users = users
            self.members[member.user] = member
        if remove and add:
            self.path_welcomes += 1
        self.finish(committer, staying, commit, welcome, packages)

    def finish(self, committer, staying, commit, welcome, packages):
        self.epoch += 1
        self.transition += 1
        key = (committer.kind, "path" if len(packages) == 0 else "add")
        self.commits[key] = self.commits.get(key, 0) + 1
        refused = []
        for member in staying:
            try:
                member.commit(self.transition, commit)
            except Refused as error:
                if member.kind != "dave.py":
                    raise
                refused.append((member, error))
        cut = split_welcome(welcome) if welcome else {}
        for user, package in packages.items():
            self.members[user].welcome(self.transition, cut[key_package_reference(package)])
            self.welcomed.add((committer.kind, self.members[user].kind))
        for member, _ in refused:
            self.libdave_faults += 1
            self.rejoin(member, [m for m in staying if m not in [r for r, _ in refused]][0])
        for member in self.members.values():
            if isinstance(member, LibDave):
                member.settle(list(self.members))
        if not refused:
            self.check()

    def rejoin(self, member, committer):
        """What the gateway does after op 31: the member is removed and added in one commit."""
        user = member.user
        fresh = self.make(type(member), user)
        self.members.pop(user)
        self.members[user] = fresh
        package = fresh.key_package()
        proposals = [
            self.sender.remove(self.epoch, self.leaves.index(user)),
            self.sender.add(self.epoch, package),
        ]
        users = list(self.members)
        output = None
        for other in self.members.values():
            other.users = users
            if other is not fresh:
                answer = other.proposals(self.sender.append(*proposals), users)
                if other is committer:
                    output = answer
        commit, welcome, _ = split_commit(output)
        place = self.leaves.index(user)
        self.leaves[place] = None
        self.leaves[self.leaves.index(None)] = user
        staying = [m for m in self.members.values() if m is not fresh]
        self.finish(committer, staying, commit, welcome, {user: package})

    def check(self):
        members = list(self.members.values())
        authenticators = {member.authenticator for member in members}
        assert len(authenticators) == 1, "epoch authenticators differ"
        codes = {member.code.replace(" ", "") for member in members}
        assert len(codes) == 1, f"privacy codes differ: {codes}"
        for speaker in members:
            frame = bytes([0xFC]) + random.randbytes(random.randrange(20, 120))
            sealed = speaker.encrypt(frame)
            assert sealed and sealed != frame
            for listener in members:
                if listener is not speaker:
                    opened = listener.decrypt(speaker.user, sealed)
                    assert opened == frame, (
                        f"{listener.kind} {listener.user} does not open {speaker.kind} "
                        f"{speaker.user} in epoch {self.epoch}"
                    )
                    self.frames += 1

    def fingerprints(self):
        """Every pair computes the same fingerprint on both sides."""
        members = list(self.members.values())
        pairs = 0
        for number, one in enumerate(members):
            for other in members[:number]:
                ours, theirs = one.fingerprint(other.user), other.fingerprint(one.user)
                assert len(ours) == 64 and ours == theirs, f"{one.kind}, {other.kind}: fingerprints"
                pairs += 1
        return pairs

    def close(self):
        for member in self.members.values():
            if isinstance(member, Ours):
                member.close()


KINDS = [Ours, Davey, LibDave]


def scripted(binary):
    commits, welcomed = {}, set()
    frames = pairs = 0
    for committer_kind in KINDS:
        call = Call(binary)
        users = iter(range(100, 200))
        members = [call.make(kind, next(users)) for kind in KINDS]
        committer = next(m for m in members if type(m) is committer_kind)
        call.create(members, committer)
        for kind in KINDS:
            call.step(committer, add=[call.make(kind, next(users))])
        # Each kind goes and comes in one commit, so that its Welcome has a path secret.
        for kind in KINDS:
            gone = next(u for u, m in call.members.items() if type(m) is kind and m is not committer)
            call.step(committer, remove=[gone], add=[call.make(kind, next(users))])
        gone = next(u for u, m in call.members.items() if m is not committer)
        call.step(committer, remove=[gone])
        pairs += call.fingerprints()
        call.close()
        frames += call.frames
        commits.update(call.commits)
        welcomed |= call.welcomed
    names = [kind.kind for kind in KINDS]
    assert welcomed == {(a, b) for a in names for b in names}, welcomed
    print(
        f"scripted: every kind committed and welcomed every kind; {frames} frames opened, "
        f"{pairs} pairwise fingerprints equal"
    )


def churn(binary, seed, steps):
    rng = random.Random(seed)
    random.seed(seed)
    call = Call(binary)
    users = iter(range(1000, 10000))
    call.create(members := [call.make(kind, next(users)) for kind in KINDS], rng.choice(members))
    for _ in range(steps):
        members = list(call.members.values())
        committer = rng.choice(members)
        others = [m.user for m in members if m is not committer]
        add = [call.make(rng.choice(KINDS), next(users)) for _ in range(rng.randrange(0, 3))]
        remove = rng.sample(others, min(len(others) - 1, rng.randrange(0, 3)))
        if len(members) > 10:
            add = add[:1]
        if add or remove:
            call.step(committer, add=add, remove=remove)
    call.close()
    return call


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    scripted(arguments.binary)
    epochs = frames = faults = 0
    for seed in range(arguments.seeds):
        call = churn(arguments.binary, seed, arguments.steps)
        epochs, frames, faults = epochs + call.epoch, frames + call.frames, faults + call.libdave_faults
    print(
        f"churn: {arguments.seeds} seeds, {epochs} epochs, {frames} frames opened, "
        f"dave.py failed {faults} commits and was added again, nobody else failed one"
    )


if __name__ == "__main__":
    main()
