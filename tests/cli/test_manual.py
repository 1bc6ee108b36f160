"""The manual page and the completion: what help says is what they say."""

import os
import re
import shutil
import subprocess
import unittest

import cli

PAGE = os.environ["RINGSIDE_PAGE"]
COMPLETION = os.environ["RINGSIDE_COMPLETION"]

ASK = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ringside
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(*words):
    """What bash offers for the last word."""
    done = subprocess.run(["bash", "-c", ASK, "bash", COMPLETION, "ringside", *words],
                          capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return set(done.stdout.split())


class Manual(cli.Test):
    def page(self):
        with open(PAGE, encoding="utf-8") as file:
            return file.read()

    def test_page_has_every_verb_and_option(self):
        plain = re.sub(r"\\f.", "", self.page()).replace("\\-", "-")
        for verb in cli.verbs():
            self.assertIn(f".SS ringside {verb}", plain)
            for option in cli.options(verb):
                self.assertRegex(plain, rf"(?m)^(-\w, )?{option}\b")

    @unittest.skipUnless(shutil.which("groff"), "needs groff")
    def test_page_is_good_roff(self):
        done = subprocess.run(["groff", "-man", "-ww", "-z", PAGE], capture_output=True, text=True,
                              check=True)
        self.assertEqual(done.stderr, "")


@unittest.skipUnless(shutil.which("bash"), "needs bash")
class Completion(cli.Test):
    def test_verbs(self):
        self.assertEqual(complete(""), set(cli.verbs()))
        self.assertEqual(complete("com"), {"compare"})
        self.assertEqual(complete("help", ""), set(cli.verbs()))

    def test_options_of_each_verb(self):
        for verb in cli.verbs():
            self.assertEqual(complete(verb, "--"), cli.options(verb))

    def test_values(self):
        self.assertEqual(complete("run", "--mode", ""), {"native", "trap", "pv"})
        self.assertEqual(complete("run", "-m", "p"), {"pv"})
        self.assertEqual(complete("run", "--net", ""), {"none", "user"})
        for value in complete("run", "--prices", "") | {"k3"}:
            self.check_good("list", "prices")
            self.assertEqual(cli.run("run", "--prices", value, "--limit", "1", cli.GUEST)[0], 124)
        for what in complete("list", ""):
            self.check_good("list", what)


cli.main()
