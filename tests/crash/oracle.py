# SPDX-License-Identifier: Apache-2.0
"""What the clients' own logs say (crash_client.cpp writes them) against what the journal says, and the book that follows."""
import collections
import json

UNHEARD = ("lease_expired", "halted")  # a check that may never have reached the sidecar
REPORTS = ("fill", "done", "ack", "cancel")


class Log:
    """One client's log, through all its lives."""

    def __init__(self, client, path):
        self.client, self.intents, self.verdicts, self.statuses = client, {}, {}, collections.defaultdict(list)
        self.tries, self.acknowledged = collections.Counter(), set()
        self.lives = 0
        said = None
        for line in path.read_text().splitlines():
            words = line.split()
            if words[0] == "life":
                self.lives += 1
            elif words[0] == "verdict":
                assert said[0] == "intent" and said[1] == words[1], line
                self.verdicts[words[1]] = tuple(words[2:])
            elif words[0] == "order":
                assert said[:2] == ("status", words[1]), line
                self.statuses[words[1]].append(tuple(words[2:]))
            elif words[0] == "ok":
                self.acknowledged.add(said)
            else:
                said = tuple(words)
                if said[0] == "intent":
                    assert said[1] not in self.intents, f"an id twice: {line}"
                    self.intents[said[1]] = said[2:]
                elif said[0] in REPORTS:
                    self.tries[said] += 1

    def events(self):
        """How many the sidecar has acknowledged."""
        return len(self.verdicts) + len(self.acknowledged)

    def accepted(self):
        """Quantity of each order that was accepted: by its verdict, or as it was told when asked for it."""
        found = {}
        for order, (decision, quantity, _) in self.verdicts.items():
            if decision != "rejected":
                found[order] = int(quantity)
        for order, told in self.statuses.items():
            if told[-1][0] != "unknown":
                found[order] = int(told[-1][1])
        return found

    def over(self):
        """Orders that nothing is left of but their fills."""
        ended = {said[1] for said in self.acknowledged if said[0] == "done"}
        return ended | {order for order, told in self.statuses.items() if told[-1][0] == "done"}

    def book(self):
        """Position, working buys, working sells."""
        filled = collections.Counter()
        for said in self.acknowledged:
            if said[0] == "fill":
                filled[said[1]] += int(said[3])
        over, book = self.over(), collections.Counter(position=0, working_buy=0, working_sell=0)
        for order, quantity in self.accepted().items():
            side = self.intents[order][1]
            book["position"] += filled[order] if side == "buy" else -filled[order]
            if order not in over:
                book["working_" + side] += quantity - filled[order]
        return book


class Journal:
    """The events of each client, with what came of them."""

    def __init__(self, lines):
        self.intents, self.reports = collections.defaultdict(list), collections.Counter()
        self.withdrawn, self.seqs, event = set(), 0, None
        for line in lines:
            row = json.loads(line)
            self.seqs += 1
            assert row["seq"] == self.seqs, line
            kind, client = row["type"], row.get("client")
            if kind == "intent":
                event = row
                self.intents[client, row["id"]].append(row)
            elif kind == "verdict":
                assert (event["id"], event["client"]) == (row["id"], client) and "verdict" not in event, line
                event["verdict"] = row
            elif kind == "fill":
                self.reports[client, kind, row["id"], row["exec_id"], row["quantity"], row["price"]] += 1
            elif kind == "done":
                self.reports[client, kind, row["id"], row["why"]] += 1
                if row["why"] == "expired":
                    self.withdrawn.add((client, row["id"]))
            elif kind in ("ack", "cancel"):
                self.reports[client, kind, row["id"]] += 1


def compare_orders(log, journal):
    """Every check: at most one intent, and what its client was told of it."""
    for order, said in log.intents.items():
        found = journal.intents.pop((log.client, order), [])
        assert len(found) <= 1, f"doubled: {found}"
        heard, told = log.verdicts.get(order), log.statuses.get(order)
        assert told or (heard is not None and heard[2] != "lease_expired"), f"{order} of {log.client} was never settled"
        assert len({status[0] for status in told or []} - {"done"}) <= 1, f"{order} of {log.client}: {told}"
        if not found:
            assert (heard is None or heard[2] in UNHEARD) and not any(s[0] != "unknown" for s in told or []), \
                f"lost: {order} of {log.client}, which heard {heard} {told}"
            continue
        row, = found
        verdict = row["verdict"]
        assert (row["symbol"], row["side"], row["quantity"], row["price"]) == said, (row, said)
        judged = (verdict["decision"], verdict["quantity"], verdict.get("reason", "-"))
        if heard is not None and heard[2] != "lease_expired":
            assert heard == judged, f"{log.client} heard {heard}, the journal says {verdict}"
        for state, quantity, *_ in told or []:
            assert (state != "unknown") == (judged[0] != "rejected"), f"{log.client} was told {told}: {verdict}"
            assert state == "unknown" or quantity == judged[1], f"{log.client} was told {told}: {verdict}"
        if told and told[0][0] == "done" and (log.client, order) not in journal.withdrawn:
            raise AssertionError(f"{order} of {log.client} is done, and nobody said so")


def compare_reports(log, journal):
    """Every report: as often as it was said at most, and once if it was acknowledged."""
    for said, tries in log.tries.items():
        found = journal.reports.pop((log.client, *said), 0)
        assert found <= tries, f"{said} of {log.client} is there {found} times, and was said {tries} times"
        assert found > 0 or said not in log.acknowledged, f"lost: {said} of {log.client}"


def compare(logs, lines):
    """Raises AssertionError at the first difference. How many events were acknowledged, and how many checks cut off."""
    journal = Journal(lines)
    for log in logs:
        compare_orders(log, journal)
        compare_reports(log, journal)
    names = {log.client for log in logs}
    assert not [key for key in journal.intents if key[0] in names], "an intent that nobody asked for"
    unsaid = [key for key in journal.reports if key[0] in names and (key[1], key[-1]) != ("done", "expired")]
    assert not unsaid, f"nobody said {unsaid[:3]}"
    return sum(log.events() for log in logs), sum(len(log.statuses) for log in logs)
