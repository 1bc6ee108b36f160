"""First screen, help and version: there for every verb, true about verbs and options."""

import re
import shlex

import cli


class Help(cli.Test):
    def test_first_screen_fits(self):
        for arguments in ([], ["--plain"]):
            out = self.check_good(*arguments)
            self.check_screen(out)
            self.assertLessEqual(len(out.splitlines()), 23)

    def test_first_screen_names_real_verbs(self):
        named = re.findall(r"^  ringside (\w+)", self.check_good(), re.MULTILINE)
        self.assertGreaterEqual(len(named), 5)
        self.assertLessEqual(set(named), set(cli.verbs()))

    def test_every_verb_helps(self):
        for verb in cli.verbs():
            out = self.check_good("help", verb)
            self.check_screen(out)
            self.assertEqual(out, self.check_good(verb, "--help"))
            self.assertEqual(out, self.check_good(verb, "-h"))
            self.assertIn("Examples\n", out)
            self.assertIn("--help", cli.options(verb))

    def test_examples_name_real_options(self):
        for verb in cli.verbs():
            _, examples = self.check_good("help", verb).split("Examples\n")
            for line in examples.splitlines():
                words = shlex.split(line)
                self.assertEqual(words[:2], ["ringside", verb])
                for word in words:
                    if word.startswith("--"):
                        self.assertIn(word.split("=")[0], cli.options(verb), line)

    def test_other_ways_to_ask(self):
        self.assertEqual(self.check_good("--help"), self.check_good("help"))
        self.assertEqual(self.check_good("--version"), self.check_good("version"))
        self.assertRegex(self.check_good("version"), r"\Aringside \d+\.\d+\.\d+\n\Z")

    def test_no_color_in_a_pipe(self):
        for env in ({"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": "1"}):
            self.check_screen(self.check_good("help", "run", env=env))


cli.main()
