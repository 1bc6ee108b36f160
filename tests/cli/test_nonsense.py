"""What the user gives wrong: one sentence, status 2, and a hint where one is near."""

import os
import tempfile

import cli


class Nonsense(cli.Test):
    def test_unknown_verb(self):
        self.check_refused("runn", words=["'runn'", "did you mean 'run'?"])
        self.check_refused("qqqqqqqq", words=["'qqqqqqqq'", "ringside help"])
        self.check_refused("", words=["no verb"])
        self.check_refused("--frob", words=["'--frob'"])
        self.check_refused("help", "complain", words=["'complain'"])
        self.check_refused("x" * 5000)

    def test_unknown_option(self):
        self.check_refused("run", "--mdoe", "trap", "x", words=["'--mdoe'", "--mode"])
        self.check_refused("run", "--frobnicate", "x", words=["'--frobnicate'"])
        self.check_refused("run", "-q", "x", words=["'-q'"])
        self.check_refused("list", "--mode=trap", words=["--mode", "'list'"])
        self.check_refused("run", "--" + "x" * 5000)

    def test_arguments(self):
        self.check_refused("run", words=["GUEST"])
        self.check_refused("dis", words=["FILE"])
        self.check_refused("follow", words=["OPERATION"])
        self.check_refused("run", "a", "b", words=["'b'"])
        self.check_refused("version", "now", words=["'now'"])
        self.check_refused("run", "--mode", words=["--mode", "MODE"])
        self.check_refused("run", "-m", words=["--mode", "MODE"])
        self.check_refused("run", "--plain=3", "x", words=["--plain"])

    def test_values(self):
        wrong = {
            "--mem": ["", "0", "1", "-1", "+1G", " 1G", "1023K", "4097K", "5G", "4194305K", "4K",
                      "1T", "1GG", "G", "0x1000000", "16777215", "99999999999999999999",
                      "18446744073709551615G", "1.5G", "many"],
            "--harts": ["", "0", "9", "-1", "2k", "two", "18446744073709551617"],
            "--limit": ["", "0", "-1", "x", "1kk", "18446744073709551616", "99999999999999999G"],
            "--chaos": ["", "-1", "x", "1k", "18446744073709551616"],
            "--mode": ["", "x", "Native", "traps", "native,trap"],
            "--stats": ["", "xml", "JSON"],
            "--disk": ["", ",write"],
            "--net": ["", "tap", "user,", "users", "none,tcp=", "user,tcp=1", "user,tcp=0:1",
                      "user,tcp=1:65536", "user,tcp=1:2x", "user,tcp=-1:2", "user,udp=1:2",
                      "user" + ",tcp=1:2" * 9],
            "--rng": ["", "x", "-1"],
            "--append": [""],
        }
        for option, values in wrong.items():
            for value in values:
                self.check_refused("run", option + "=" + value, "x", words=[option])
        for value in ["", "native,", ",native", "native,native", "native;trap"]:
            self.check_refused("compare", "--modes=" + value, words=["--modes"])
        for value in ["", "x", "-1", "0x", "0x10000000000000000", "10k"]:
            self.check_refused("dis", "--base=" + value, "x", words=["--base"])
        self.check_refused("run", *["--disk=x"] * 5, "x", words=["at most 4"])
        self.check_refused("run", "--ata=x", "--ata=x", "x", words=["--ata"])

    def test_files(self):
        self.check_refused("run", "/nowhere/at/all", words=["/nowhere/at/all"])
        self.check_refused("run", "/", words=["directory"])
        self.check_refused("run", "/dev/null", words=["/dev/null"])
        self.check_refused("dis", "/nowhere/at/all", words=["/nowhere/at/all"])
        self.check_refused("run", "--prices", "/nowhere", cli.GUEST, words=["/nowhere"])
        self.check_refused("run", "--script", "/nowhere", cli.GUEST, words=["/nowhere"])
        self.check_refused("run", "--bios", "/nowhere", cli.GUEST, words=["/nowhere"])
        self.check_refused("run", "--initrd", "/nowhere", cli.GUEST, words=["/nowhere"])
        self.check_refused("run", "--disk", "/nowhere", cli.GUEST, words=["/nowhere"])
        self.check_refused("run", "--mode", "trap", "--bios", "none", cli.GUEST, words=["--bios"])

    def test_broken_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            for content in (b"\x7fELF", b"\x7fELF" + b"\xff" * 200,
                            b"\x7fELF\x02\x01\x01" + b"\0" * 57,
                            b"\x7fELF\x01\x01\x01" + b"\0" * 99):
                with open(path, "wb") as file:
                    file.write(content)
                self.check_refused("run", path, words=[path])
                self.check_refused("dis", path, words=[path])
            with open(path, "wb") as file:
                file.write(b"x" * 513)
            self.check_refused("run", "--disk", path, cli.GUEST, words=["512"])
            self.check_refused("run", "--ata", path, cli.GUEST, words=["512"])

    def test_what_a_terminal_would_act_upon(self):
        for arguments in (["\033[31m"], ["run", "\033[31m"], ["list", "\033[2J"],
                          ["explain", "\033[2J"], ["run", "--\033x", "y"]):
            self.assertNotIn("\033", self.check_refused(*arguments))


cli.main()
