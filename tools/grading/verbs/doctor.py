"""doctor: what is here, what works, what is missing."""

from .. import doctor


def add_to(adders, name):
    parser = adders.add_parser(name, help="what this machine can do for the course")
    parser.set_defaults(run=run)


def run(_):
    rows = doctor.report()
    for name, found in rows:
        first, *rest = found.splitlines() or [""]
        print(f"{name:55} {first}")
        for line in rest:
            print(f"{'':55} {line}")
    return 1 if any(found in ("missing", "fails") for _, found in rows) else 0
