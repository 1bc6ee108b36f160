"""`ringside explain`: every word is whole, points at words that exist and at commands that work."""

import os
import re
import shlex

import cli

GLOSSARY = os.path.join(os.environ["RINGSIDE_SOURCE"], "emu", "view", "glossary.def")


def rows():
    """The table's rows: six strings each, pieces joined as the compiler does."""
    with open(GLOSSARY, encoding="ascii") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    for row in re.split(r"^WORD\(", text, flags=re.MULTILINE)[1:]:
        row = re.sub(r'"\s*\n\s*"', "", row.strip().removesuffix(")"))
        yield re.findall(r'"((?:[^"\\]|\\.)*)"', row)


class Explain(cli.Test):
    @classmethod
    def setUpClass(cls):
        cls.rows = list(rows())
        cls.terms = [row[0] for row in cls.rows]

    def test_table(self):
        self.assertGreaterEqual(len(self.rows), 60)
        names = {}
        for row in self.rows:
            self.assertEqual(len(row), 6, row)
            term, aliases, line, more, see, _ = row
            self.assertTrue(line.endswith(".") and more.endswith((".", "?")), term)
            self.assertTrue(see, term)
            for name in [term] + [alias for alias in aliases.split("|") if alias]:
                key = re.sub(r"[-_ ]+", " ", name.lower()).strip()
                self.assertIsNone(names.get(key), f"{name} is in two rows")
                names[key] = term
            for other in see.split("|"):
                self.assertIn(other, self.terms, term)
                self.assertNotEqual(other, term)

    def test_every_name_is_found(self):
        for term, aliases, *_ in self.rows:
            for name in [term] + [alias for alias in aliases.split("|") if alias]:
                out = self.check_good("explain", *name.upper().split())
                self.check_screen(out)
                self.assertTrue(out.startswith(term + ": "), name)

    def test_commands_to_try(self):
        known = cli.verbs()
        for term, _, _, _, _, command in self.rows:
            if not command:
                continue
            words = shlex.split(command)
            self.assertEqual(words[0], "ringside", term)
            self.assertIn(words[1], known, term)
            for word in words[2:]:
                if word.startswith("--"):
                    self.assertIn(word.split("=")[0], cli.options(words[1]), term)
            if words[1] in ("list", "explain", "help"):
                self.check_good(*words[1:])

    def test_list_of_words(self):
        out = self.check_good("explain")
        self.check_screen(out)
        for term in self.terms:
            self.assertIn(term, out)

    def test_names_of_tables(self):
        self.assertIn("0x100", self.check_good("explain", "sstatus"))
        self.assertIn("fault_hidden", self.check_good("explain", "fault-hidden"))
        self.assertIn("CALL(mret)", self.check_good("explain", "mret"))
        self.check_screen(self.check_good("explain", "set_timer"))

    def test_near_and_far(self):
        self.assertTrue(self.check_good("explain", "parav").startswith("paravirtualization: "))
        self.check_refused("explain", "hypercal", "l", words=["hypercall"])
        self.check_refused("explain", "exti", words=["'exit'"])
        self.check_refused("explain", "t", words=["trap", "tlb"])
        self.check_refused("explain", "xylophone", words=["ringside explain"])


cli.main()
