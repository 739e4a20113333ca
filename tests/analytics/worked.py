# SPDX-License-Identifier: Apache-2.0
"""Worked examples: those of the shared file where it is, else those that stand in published_NAME.py.

Each module worked_NAME.py here has EXAMPLES: the id of an example, and the function(ledger, desk, path, inputs) that says
what comes out for it.
"""

import importlib
from pathlib import Path

from oracle import DATA, load

HERE = Path(__file__).parent


def modules(prefix):
    return [importlib.import_module(path.stem) for path in sorted(HERE.glob(f"{prefix}_*.py"))]


def compare(ledger, desk):
    here = (DATA / "worked_examples.json").exists()
    if here:
        examples = load("worked_examples.json")
    else:
        print("REFERENCE DATA IS NOT HERE: only the published examples that stand in the tests are compared")
        examples = [example for module in modules("published") for example in module.EXAMPLES]
    answers = {name: answer for module in modules("worked") for name, answer in module.EXAMPLES.items()}
    for example in examples:
        path = f"worked/{example['id']}"
        ledger.add(example["expected"], path)
        if example["id"] in answers:
            answers[example["id"]](ledger, desk, path, example["inputs"])
    return here
