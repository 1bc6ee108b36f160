"""`ringside run`: the guest's console, its exit status, limits, reboots, scripts and counters."""

import json
import os
import subprocess
import tempfile

import cli

MODES = ("native", "trap", "pv")
HELLO = "who is there?\n"


class Run(cli.Test):
    def check_run(self, *arguments, stdin=b"q", status=0, out=HELLO, error=""):
        self.assertEqual(cli.run("run", *arguments, cli.GUEST, stdin=stdin), (status, out, error))

    def test_console(self):
        for mode in MODES:
            self.check_run("--mode", mode, stdin=b"abc\r\n\x01xq", out=HELLO + "abc\r\n\x01x")

    def test_statuses(self):
        for mode in MODES:
            self.check_run("--mode", mode, stdin=b"s", status=7)
            status, out, error = cli.run("run", "-m", mode, cli.GUEST, stdin=b"w")
            self.assertEqual((status, out), (125, HELLO))
            self.assertRegex(error, r"\Aringside: the guest waits at 0x[0-9a-f]+, [^\n]+\n\Z")
            status, out, error = cli.run("run", "-m", mode, "--limit", "1M", cli.GUEST)
            self.assertEqual((status, out), (124, HELLO))
            self.assertEqual(error, "ringside: stopped after 1000000 steps, as --limit says\n")

    def test_limit_is_exact(self):
        for limit in (1, 7, 12345):
            status, _, error = cli.run("run", f"--limit={limit}", "--stats=json", cli.GUEST)
            sentence, stats = error.split("\n", 1)
            self.assertEqual(status, 124)
            self.assertIn(f" {limit} steps", sentence)
            self.assertEqual(json.loads(stats)["totals"]["steps"], limit)

    def test_reboot(self):
        for mode in MODES:
            self.check_run("--mode", mode, stdin=b"rrq", out=HELLO * 3)

    def test_timer(self):
        for mode in MODES:
            self.check_run("--mode", mode, stdin=b"tq", out=HELLO + "tick\n")

    def test_same_input_same_bytes(self):
        for mode in MODES:
            runs = [cli.run("run", "-m", mode, "--stats=json", *more, cli.GUEST, stdin=b"some tq")
                    for more in ([], [], ["--chaos", "1"], ["--chaos", "2"])]
            self.assertEqual(runs[0], runs[1])
            self.assertEqual(runs[0], runs[2])
            self.assertEqual(runs[0], runs[3])

    def test_stats(self):
        for mode in MODES:
            status, out, error = cli.run("run", "-m", mode, "--stats=json", cli.GUEST, stdin=b"q")
            stats = json.loads(error)
            totals = stats["totals"]
            self.assertEqual((status, out), (0, HELLO))
            self.assertEqual((stats["mode"], stats["end"], stats["prices"]),
                             (mode, "poweroff", "k3"))
            self.assertEqual(sum(stats["time"].values()), totals["cycles"])
            self.assertEqual(stats["calls"]["legacy.console_putchar"], len(HELLO))
            self.assertEqual(sum(stats["exits"].values()), totals["exits"])
            self.assertEqual(mode == "native", totals["exits"] == 0)
            self.assertEqual(mode == "native", totals["firmware_calls"] > 0)
            status, out, error = cli.run("run", "-m", mode, "--stats", cli.GUEST, stdin=b"q")
            self.assertEqual((status, out), (0, HELLO))
            self.assertIn(f"mode {mode}, prices k3", error)
            self.assertIn(f"{totals['cycles']}\n", error)
            self.check_screen(error)

    def test_reader_gone(self):
        reader, writer = os.pipe()
        os.close(reader)
        with subprocess.Popen([cli.PROGRAM, "run", cli.GUEST], stdout=writer,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
            os.close(writer)
            _, error = child.communicate(timeout=60)
        self.assertEqual((child.returncode, error), (141, b""))

    def test_memory(self):
        for size in ("4M", "1G", "4G", "8196K"):
            self.check_run("--mem", size)

    def test_harts(self):
        """The other harts wait to be started, and change nothing on the console."""
        for mode in MODES:
            for harts in ("2", "8"):
                self.check_run("--mode", mode, "--harts", harts, stdin=b"ab tq",
                               out=HELLO + "ab " + "tick\n")

    def test_one_byte_at_a_time(self):
        """A slow writer changes nothing: the question is out before the answer is read."""
        with subprocess.Popen([cli.PROGRAM, "run", cli.GUEST], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, bufsize=0) as child:
            self.assertEqual(child.stdout.read(len(HELLO)), HELLO.encode())
            for letter in b"xyz":
                child.stdin.write(bytes([letter]))
                self.assertEqual(child.stdout.read(1), bytes([letter]))
            child.stdin.write(b"q")
            self.assertEqual(child.wait(timeout=60), 0)


class Script(cli.Test):
    def run_script(self, text, *arguments, stdin=b""):
        with tempfile.TemporaryDirectory() as folder:
            self.path = os.path.join(folder, "script")
            with open(self.path, "w", encoding="ascii") as file:
                file.write(text)
            return cli.run("run", "--script", self.path, *arguments, cli.GUEST, stdin=stdin)

    def test_conversation(self):
        text = ("# a comment\n\n  expect who is\n  expect there?\\x0a\n  type one\\x20\\\\\n"
                "expect one \\\\\nwait 0.5\nsend boo\nexpect boo\\r\ntype t\nexpect tick\n"
                "type q\n")
        for mode in MODES:
            results = {self.run_script(text, "-m", mode, *more, stdin=b"not read")
                       for more in ([], ["--chaos", "5"])}
            self.assertEqual(results, {(0, HELLO + "one \\boo\rtick\n", "")})

    def test_leave(self):
        self.assertEqual(self.run_script("expect there\nleave\n")[0], 0)

    def test_too_late(self):
        status, _, error = self.run_script("expect there\ntimeout 0.25\nexpect nobody\n")
        self.assertEqual(status, 1)
        self.assertEqual(error, f"ringside: {self.path}:3: 'nobody' did not come within 250 ms of "
                                "the guest's time\n")

    def test_expectation_is_used_up(self):
        self.assertEqual(self.run_script("expect who\ntimeout 1\nexpect who\n")[0], 1)

    def test_guest_ends_first(self):
        status, _, error = self.run_script("type q\nexpect \\x07never\n")
        self.assertEqual((status, error), (1, f"ringside: {self.path}:2: the guest ended before it "
                                              "wrote '\\x07never'\n"))
        status, _, error = self.run_script("type q\nwait 5\nsend x\n")
        self.assertEqual((status, error), (1, f"ringside: {self.path}:2: the guest ended before "
                                              "this line was done\n"))

    def test_input_ends_with_the_script(self):
        self.assertEqual(self.run_script("type w\n", stdin=b"q")[0], 125)

    def test_across_a_reboot(self):
        text = ("expect there\ntype r\nexpect there\ntimeout 2\nwait 1\ntype t\nexpect tick\n"
                "type q\n")
        self.assertEqual(self.run_script(text), (0, HELLO * 2 + "tick\n", ""))

    def test_broken_scripts(self):
        for text, words in (("expect\n", "1:"), ("\nshout x\n", "2: there is no 'shout'"),
                            ("send \\q\n", "1:"), ("send \\x4\n", "1:"), ("type \\\n", "1:"),
                            ("wait\n", "1:"), ("wait x\n", "1:"), ("wait -1\n", "1:"),
                            ("wait 1000001\n", "1:"), ("wait 1e3\n", "1:"),
                            ("timeout 99999999999999999999999\n", "1:"), ("wait .5\n", "1:"),
                            ("leave now\n", "1:"), ("", "empty"), ("send \0\n", "zero byte")):
            status, out, error = self.run_script(text)
            self.assertEqual((status, out), (2, ""), text)
            self.assertIn(words, error)
            self.assertIn(self.path, error)


cli.main()
