# SPDX-License-Identifier: Apache-2.0
"""Kills a client at random instants of its calls, over and over, beside others that trade on. Run by hand:

    BULWARK_BIN=build/test/bin python3 tests/killswitch/kill_clients.py --kills 500

After each kill the others go on being accepted, and the next client attaches under the name of the dead one and trades.
At the end what the dead left working is counted: it stays reserved until a `done` says otherwise.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

from instance import BIN, NAME, RealInstance, Trader


def working_units(instance):
    """Units that work in the book."""
    status = subprocess.run([os.path.join(BIN, "bulwark"), "status", "--instance", NAME, "--book", "--json"], text=True,
                            env=instance.environment, capture_output=True, check=True)
    rows = json.loads(status.stdout)["positions"]
    return sum(float(row["working_buy"]) + float(row["working_sell"]) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with RealInstance(2, 0) as instance:
        for _ in range(arguments.kills):
            before = [trader.notes().accepted for trader in instance.traders]
            doomed = Trader(instance, "doomed")
            instance.wait_until("the new client to trade", lambda d=doomed: d.notes().accepted > 0)
            time.sleep(random.uniform(0, 0.01))
            doomed.process.kill()
            doomed.process.wait()
            for trader, old in zip(instance.traders, before):
                instance.wait_until(f"{trader.name} to go on", lambda t=trader, o=old: t.notes().accepted > o)
        errors = sum(trader.notes().errors for trader in instance.traders)
        if instance.status()["state"] != "normal" or errors:
            sys.exit(f"FAILED: {instance.report()}")
        print(f"{arguments.kills} clients killed; the others never noticed (0 errors); "
              f"{working_units(instance):g} units stay reserved")


if __name__ == "__main__":
    main()
