# SPDX-License-Identifier: Apache-2.0
"""A trading process that carries out liquidations at a venue of files, and may be killed at any step:
    executor.py NAME VENUE [STEP]
The venue: a file of the order's id means that it was sent; it fills in two halves. What was sent a second time stands in
the file `twice`. At STEP the process kills itself: `attached`, `asked`, `taken`, `cleared`, `sent`, `half`, `filled`."""
import os
import signal
import sys
import time

import bulwark


def reach(step):
    if sys.argv[3:] == [step]:
        os.kill(os.getpid(), signal.SIGKILL)


def until_heard(report, *arguments, **named):
    """A sidecar that has died comes back."""
    while True:
        try:
            return report(*arguments, **named)
        except bulwark.Unavailable:
            time.sleep(0.01)


def send(venue, id, again):
    """As a client should: what it may have sent before it died it looks up first."""
    path = os.path.join(venue, id)
    if again and os.path.exists(path):
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        with open(os.path.join(venue, "twice"), "a", encoding="ascii") as file:
            file.write(id + "\n")


def carry_out(client, venue, order):
    reach("taken")
    while not client.clear_to_send(id=order.id):
        time.sleep(0.005)
    reach("cleared")
    send(venue, order.id, order.again)
    reach("sent")
    for number, step in ((1, "half"), (2, "filled")):
        until_heard(client.fill, id=order.id, exec_id=f"{order.id}-{number}", quantity=order.quantity / 2, price=99)
        reach(step)


def main():
    name, venue = sys.argv[1:3]
    while True:
        try:
            client = bulwark.attach(instance="ctl", client=name, strategy="momo")
            break
        except bulwark.Error:  # the one of that name that was killed, or the sidecar, is not gone or back yet
            time.sleep(0.01)
    reach("attached")
    print("attached", flush=True)
    while True:
        for command in client.commands():
            if command.kind == "liquidate":
                carry_out(client, venue, command)
            else:
                reach("asked")
                until_heard(client.done, id=command.id, why="canceled")
        time.sleep(0.001)


if __name__ == "__main__":
    main()
