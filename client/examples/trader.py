# SPDX-License-Identifier: Apache-2.0
# A trading process in ten lines:  PYTHONPATH=build/release/python python3 trader.py
import bulwark

desk = bulwark.attach(instance="desk", client="trader-py", account="ACC1", strategy="momo")
verdict = desk.check(id="p1", symbol="AAPL", side="buy", quantity="100", price="189.50")
print(verdict.decision, verdict.quantity, verdict.reason or "")
if verdict.accepted and desk.clear_to_send(id="p1"):  # the last look; here the order goes to the market, which answers:
    desk.ack(id="p1")
    desk.fill(id="p1", exec_id="e1", quantity=verdict.quantity, price="189.50", fee="0.10")
    print("filled", verdict.quantity)
desk.detach()
