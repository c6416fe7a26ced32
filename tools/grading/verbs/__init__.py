"""One module for each verb: add_to(adders, name) says what it takes, run(args) does it."""

import importlib


def load(name):
    return importlib.import_module(f".{name.replace('-', '_')}", __name__)
