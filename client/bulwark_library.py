# SPDX-License-Identifier: Apache-2.0
"""libbulwark.so as ctypes sees it: the structs of bulwark.h, its calls, and where it is found. Used by bulwark.py alone."""

import ctypes
import os

text = ctypes.c_char_p
CONSTRAINTS = ("kelly", "volatility", "risk_budget", "balance", "limits", "max_fraction")


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("timeout_ms", ctypes.c_int32), ("spin_us", ctypes.c_int32),
                ("spare", ctypes.c_int32), ("instance", text), ("client", text), ("account", text),
                ("strategy", text)]


class Order(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("resize", ctypes.c_int32), ("reduce_only", ctypes.c_int32),
                ("spare", ctypes.c_int32), ("id", text), ("symbol", text), ("side", text), ("quantity", text),
                ("price", text)]


class Replacement(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("id", text), ("new_id", text),
                ("quantity", text), ("price", text)]


class Execution(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("id", text), ("exec_id", text),
                ("quantity", text), ("price", text), ("fee", text), ("symbol", text), ("side", text)]


class Verdict(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("decision", ctypes.c_int32), ("quantity", ctypes.c_char * 32),
                ("reason", ctypes.c_char * 32), ("limit", ctypes.c_char * 40), ("value", ctypes.c_char * 48),
                ("max", ctypes.c_char * 48)]


class Command(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("kind", ctypes.c_int32), ("id", ctypes.c_char * 72),
                ("cause", ctypes.c_char * 128), ("symbol", ctypes.c_char * 40), ("side", ctypes.c_char * 8),
                ("quantity", ctypes.c_char * 32), ("price", ctypes.c_char * 32), ("account", ctypes.c_char * 40),
                ("strategy", ctypes.c_char * 40), ("again", ctypes.c_int32), ("spare", ctypes.c_int32)]


class Trade(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("symbol", text), ("side", text), ("price", text),
                ("edge", text), ("horizon_days", text), ("win_probability", text), ("payoff", text),
                ("confidence", text)]


class SizeAnswer(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("quantity", ctypes.c_char * 32),
                ("binding", ctypes.c_char * 16), *((name, ctypes.c_char * 32) for name in CONSTRAINTS)]


class OrderState(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("state", ctypes.c_int32), ("quantity", ctypes.c_char * 32),
                ("filled", ctypes.c_char * 32), ("remaining", ctypes.c_char * 32)]


handle = ctypes.c_void_p
_CALLS = {
    "attach": [ctypes.POINTER(Options), ctypes.POINTER(handle)],
    "detach": [handle],
    "check": [handle, ctypes.POINTER(Order), ctypes.POINTER(Verdict)],
    "replace": [handle, ctypes.POINTER(Replacement), ctypes.POINTER(Verdict)],
    "clear_to_send": [handle, text, ctypes.POINTER(ctypes.c_int)],
    "fill": [handle, ctypes.POINTER(Execution)],
    "done": [handle, text, text],
    "ack": [handle, text],
    "cancel": [handle, text],
    "next_command": [handle, ctypes.POINTER(Command)],
    "size": [handle, ctypes.POINTER(Trade), ctypes.POINTER(SizeAnswer)],
    "order_status": [handle, text, ctypes.POINTER(OrderState)],
    "publish_marks": [text, ctypes.POINTER(handle)],
    "mark": [handle, text, text, text, text],
    "publisher_close": [handle],
    "free": [handle],
    "publisher_free": [handle],
}
_ABI_VERSION = 3


def load() -> ctypes.CDLL:
    here = os.path.dirname(os.path.abspath(__file__))
    places = [os.path.normpath(os.path.join(here, folder, "libbulwark.so.0")) for folder in (".", "../lib")]
    place = next((place for place in places if os.path.exists(place)), None)
    if place is None:
        raise ImportError("libbulwark.so.0 is neither beside bulwark.py nor in ../lib (looked for %s)" % ", ".join(places))
    library = ctypes.CDLL(place)
    if library.bulwark_abi_version() != _ABI_VERSION:
        raise ImportError("%s has ABI version %d, this bulwark.py needs %d" %
                          (place, library.bulwark_abi_version(), _ABI_VERSION))
    for name, arguments in _CALLS.items():
        call = getattr(library, "bulwark_" + name)
        call.argtypes, call.restype = arguments, None if name.endswith("free") else ctypes.c_int
    library.bulwark_last_error.restype = text
    return library
