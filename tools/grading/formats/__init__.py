"""Forms of a result that platforms read. None shows what a hidden test was about."""

from .. import atomic
from . import classroom50, gradescope, junit, prairielearn

WRITERS = {"gradescope": gradescope, "classroom50": classroom50, "prairielearn": prairielearn,
           "junit": junit}


def write(name, document, out):
    """Writes the form beside the result: result.json gives result.gradescope.json."""
    module = WRITERS[name]
    path = out.with_name(f"{out.stem}.{name}{module.SUFFIX}")
    atomic.write(path, module.text(document))
    return path
