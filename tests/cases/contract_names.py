# SPDX-License-Identifier: Apache-2.0
"""The names in the tables of the contract: as they were written down here, and as the contract itself has them."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent.parent / "shared"


def written_down():
    """{kind: [name, ...]} of contract_names.txt."""
    lines = (HERE / "contract_names.txt").read_text().splitlines()
    return {kind: names.split() for kind, names in (line.split(":") for line in lines if not line.startswith("#"))}


def of_the_contract():
    """The same, read from the contract; None where it is not there."""
    if not (SHARED / "contract.md").is_file():
        return None
    contract = (SHARED / "contract.md").read_text()
    inputs, outputs = _section(contract, "## 3. Events").split("Output, one object a line", 1)
    actions = re.search(r"^`action`: .*?\n\n", contract, re.DOTALL | re.MULTILINE).group()
    reasons = re.search(r"^`reason` is the metric.*?--snapshot", contract, re.DOTALL | re.MULTILINE).group()
    commands = re.search(r"`command` \((.*?)\), `on`", inputs).group(1)
    complaints = _section((SHARED / "semantics.md").read_text(), "# What users of comparable systems complain of")
    return {
        "metrics": _first_column(_table(contract, "| metric |")),
        "actions": re.findall(r"`(\w+)` \(", actions),
        "reasons": [name for name in re.findall(r"`(\w+)`", reasons) if name != "reason"],
        "inputs": _first_column(_table(inputs, "| type |")),
        "commands": [name for name in re.findall(r"`(\w+)`", commands) if name not in ("limit", "max", "until")],
        "outputs": _outputs(_table(outputs, "| type |")) + ["snapshot"],
        "complaints": [row.split("|")[1].strip() for row in _table(complaints, "| # |")],
    }


def _section(text, title):
    """From a heading to the next one of its level or above."""
    level = title.split(" ")[0]
    rest = text[text.index(title) + len(title):]
    end = re.search(rf"^#{{1,{len(level)}}} ", rest, re.MULTILINE)
    return rest[:end.start()] if end else rest


def _table(text, head):
    """The rows below the heading of a table."""
    rows = text[text.index(head):].splitlines()[2:]
    end = next((k for k, row in enumerate(rows) if not row.startswith("|")), len(rows))
    return rows[:end]


def _first_column(rows):
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def _outputs(rows):
    """`sized` (for `size`): what is in brackets is no output."""
    return [name for row in rows for name in re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", row.split("|")[1]))]
