"""JUnit XML, for continuous integration."""

import xml.etree.ElementTree as ET

from . import feedback

SUFFIX = ".xml"


def allowed(text):
    """XML has no place for most control characters."""
    return "".join(c if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c <= "\ufffd"
                   or c >= "\U00010000" else "\ufffd" for c in text)


def text(document):
    root = ET.Element("testsuites", name="tokenwalk course")
    for chapter, members in feedback.by_chapter(document):
        failed = [t for t in members if t["verdict"] != "passed"]
        suite = ET.SubElement(root, "testsuite", name=chapter["id"], tests=str(len(members)),
                              failures=str(len(failed)), errors="0", skipped="0")
        for test in members:
            case = ET.SubElement(suite, "testcase", classname=chapter["id"],
                                 name=feedback.title(test), time=f"{test['seconds']:.3f}")
            if test in failed:
                failure = ET.SubElement(case, "failure", message=test["verdict"])
                failure.text = allowed(feedback.message(test, chapter))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
