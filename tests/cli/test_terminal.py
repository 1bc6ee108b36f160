"""`ringside run` at a terminal: raw while it runs, as before in every way it can end."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios

import cli

LFLAG = 3


class Session:
    """The program on a terminal of its own."""

    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(self.master)
        self.child = subprocess.Popen(
            [cli.PROGRAM, "run", *arguments, cli.GUEST], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env={**os.environ, "TERM": "xterm"}, preexec_fn=self.lead)
        self.slave = slave
        self.seen = b""

    @staticmethod
    def lead():
        import fcntl
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def expect(self, text):
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], 60)
            if not ready:
                raise AssertionError(f"{text!r} did not come; {self.seen!r} did")
            self.seen += os.read(self.master, 4096)
        self.seen = self.seen.split(text, 1)[1]

    def type(self, keys):
        os.write(self.master, keys)

    def attributes(self):
        return termios.tcgetattr(self.master)

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        os.close(self.master)
        os.close(self.slave)


class Terminal(cli.Test):
    def setUp(self):
        self.session = Session()
        self.addCleanup(self.session.close)
        self.session.expect(b"who is there?\r\n")

    def check_end(self, status):
        self.assertEqual(self.session.child.wait(timeout=60), status)
        self.assertEqual(self.session.attributes(), self.session.before)

    def test_raw_while_it_runs(self):
        self.assertTrue(self.session.before[LFLAG] & termios.ICANON)
        now = self.session.attributes()[LFLAG]
        self.assertFalse(now & (termios.ICANON | termios.ECHO | termios.ISIG))
        self.session.type(b"a")
        self.session.expect(b"a")
        self.session.type(b"\x03")
        self.session.expect(b"\x03")
        self.session.type(b"s")
        self.check_end(7)

    def test_ctrl_a(self):
        self.session.type(b"\x01h")
        self.session.expect(b"Ctrl-A x leaves")
        self.session.type(b"\x01\x01b")
        self.session.expect(b"\x01b")
        self.session.type(b"\x01x")
        self.check_end(0)

    def test_leave_when_the_guest_does_not_read(self):
        self.session.type(b"w" + b"z" * 300 + b"\x01x")
        self.check_end(0)

    def test_killed(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGABRT):
            session = Session()
            self.addCleanup(session.close)
            session.expect(b"who is there?\r\n")
            session.child.send_signal(number)
            self.assertEqual(session.child.wait(timeout=60), -number)
            self.assertEqual(session.attributes(), session.before)

    def test_stopped_and_continued(self):
        self.session.child.send_signal(signal.SIGTSTP)
        os.waitpid(self.session.child.pid, os.WUNTRACED)
        self.assertEqual(self.session.attributes(), self.session.before)
        self.session.child.send_signal(signal.SIGCONT)
        self.session.type(b"c")
        self.session.expect(b"c")
        self.assertFalse(self.session.attributes()[LFLAG] & termios.ICANON)
        self.session.type(b"q")
        self.check_end(0)


if not hasattr(pty, "openpty"):
    print("there are no pseudo-terminals here")
    sys.exit(77)
cli.main()
