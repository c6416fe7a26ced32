"""What ends a command: a message of three parts, and an exit code."""

USAGE = 2  # a wrong argument, a file that is not what it should be
INFRASTRUCTURE = 3  # the sandbox or the tools failed: nobody's score may depend on it


class CourseError(Exception):
    def __init__(self, message, found="", expected="", hint="", code=USAGE):
        super().__init__(message)
        self.code = code
        parts = [("found", found), ("expected", expected), ("hint", hint)]
        self.text = "\n".join([message] + [f"  {name}: {text}" for name, text in parts if text])


class InfraError(CourseError):
    """Not the student's doing; never becomes a zero."""

    def __init__(self, message, found="", hint=""):
        super().__init__(message, found, hint=hint, code=INFRASTRUCTURE)
