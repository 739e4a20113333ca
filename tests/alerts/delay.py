#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long it takes from an event to its arrival at a webhook: `delay.py [--events 200]`, by hand. Prints percentiles."""
import argparse
import sys
import time
import unittest

from targets import AlertsTest, breach, wait_for


class Delay(AlertsTest):
    EVENTS = 20

    def test_delay(self):
        for group_s in (0, 1):
            web = self.web()
            self.configure(f'[alerts]\ngroup_s = {group_s}\nrate_per_minute = 1000\n[alerts.to.hook]\n'
                           f'webhook = "{web.url()}"\n')
            self.start()
            said = {}
            for number in range(self.EVENTS):
                name = f"{group_s}-{number}"
                said[name] = time.time()
                self.say(breach(name, seq=number + 1))
                time.sleep(0.037)
            wait_for("all of them", lambda: len(web.told()) >= self.EVENTS)
            arrived = {alert["limit"]: when for body, when in zip(web.bodies, web.times) for alert in body["alerts"]}
            delays = sorted(arrived[name] - said[name] for name in said)
            at = lambda share: 1000 * delays[min(len(delays) - 1, int(share * len(delays)))]  # noqa: E731
            print(f"group_s = {group_s}: {self.EVENTS} events in {len(web.bodies)} messages, delay p50 {at(0.5):.0f} ms, "
                  f"p99 {at(0.99):.0f} ms, longest {1000 * delays[-1]:.0f} ms")
            self.end()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200)
    Delay.EVENTS = parser.parse_args().events
    unittest.main(argv=sys.argv[:1])
