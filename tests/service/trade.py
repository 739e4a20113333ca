# SPDX-License-Identifier: Apache-2.0
"""A trading process: one order through the gate of an instance, and its fill. Prints the decision, and why.

    trade.py INSTANCE ORDER [stay]      stay: it does not leave
"""
import sys
import time

sys.path.insert(0, "/run/files/python")
import bulwark  # noqa: E402

PATIENCE = 60  # seconds


def main():
    instance, order = sys.argv[1:3]
    marks = bulwark.publish_marks(instance=instance)
    marks.mark("AAPL", last="100")
    client = bulwark.attach(instance=instance, client="trader", account="ACC1", strategy="momo", timeout_ms=10_000)
    end = time.monotonic() + PATIENCE
    for attempt in range(1_000_000):
        verdict = client.check(id=f"{order}-{attempt}", symbol="AAPL", side="buy", quantity="10", price="100")
        # A machine that stalls loses the lease for a moment; the first mark may be on its way.
        if verdict.reason not in ("lease_expired", "no_mark") or time.monotonic() > end:
            break
        time.sleep(0.02)
    if verdict.decision == "accepted":
        client.fill(id=f"{order}-{attempt}", exec_id=order, quantity="10", price="100")
    print(verdict.decision, verdict.reason or "", flush=True)
    if "stay" in sys.argv:
        time.sleep(PATIENCE)
    client.detach()


main()
