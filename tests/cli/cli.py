"""What the tests of the command line share: running the program, and running a file of tests."""

import os
import re
import subprocess
import sys
import unittest

PROGRAM = os.environ["RINGSIDE"]
GUEST = os.environ.get("RINGSIDE_GUEST", "")


def run(*arguments, stdin=b"", env=None):
    """Runs the program; its status and both outputs, as text. Output is never a terminal."""
    whole = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    whole.update(env or {})
    done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, env=whole,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def verbs():
    """The verbs, as help lists them."""
    status, out, _ = run("help")
    assert status == 0
    return re.findall(r"^  ([a-z]+) ", out, re.MULTILINE)


def options(verb):
    """The long options of a verb, as its help lists them."""
    status, out, _ = run("help", verb)
    assert status == 0
    return set(re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", out, re.MULTILINE))


class Test(unittest.TestCase):
    """A test case with the checks that all verbs share."""

    def check_refused(self, *arguments, words=(), stdin=b""):
        """Status 2, nothing on standard output, one sentence that contains the words."""
        status, out, error = run(*arguments, stdin=stdin)
        self.assertEqual((status, out), (2, ""), arguments)
        self.assertRegex(error, r"\Aringside: [^\n]+\n\Z", arguments)
        for word in words:
            self.assertIn(word, error)
        return error

    def check_good(self, *arguments, **more):
        status, out, error = run(*arguments, **more)
        self.assertEqual((status, error), (0, ""), arguments)
        return out

    def check_screen(self, text):
        """Fits 80 columns, has no escape sequences, ends in a newline."""
        self.assertNotIn("\033", text)
        self.assertTrue(text.endswith("\n"))
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)


def main():
    unittest.main(module="__main__", argv=[sys.argv[0], "-v"])
