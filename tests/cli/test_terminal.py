"""`ringside run` at a terminal: raw while it runs, as before in every way it can end."""

import os
import pty
import select
import signal
import termios

import cli

LFLAG = 3


class Session:
    """The program on a terminal of its own, as a job of a session whose leader tells its changes:
    a line each with its process id, then "stopped", "continued", "exited N" or "killed N"."""

    def __init__(self):
        reader, writer = os.pipe()
        leader, self.master = pty.fork()
        if leader == 0:
            os.close(reader)
            lead(writer)
        os.close(writer)
        self.leader = leader
        self.told = os.fdopen(reader)
        self.program = int(self.told.readline())
        self.seen = b""

    def change(self):
        return self.told.readline().strip()

    def signal(self, number):
        os.kill(self.program, number)

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
        try:
            os.kill(self.program, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.leader, 0)
        self.told.close()
        os.close(self.master)


def lead(writer):
    """The session's leader: starts the program in the foreground and tells what becomes of it."""
    before = repr(termios.tcgetattr(0))
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    program = os.fork()
    if program == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(cli.PROGRAM, [cli.PROGRAM, "run", cli.GUEST])
    os.write(writer, f"{program}\n".encode())
    ended = False
    while not ended:
        _, status = os.waitpid(program, os.WUNTRACED | os.WCONTINUED)
        restored = "" if repr(termios.tcgetattr(0)) == before else ", terminal not restored"
        ended = os.WIFEXITED(status) or os.WIFSIGNALED(status)
        if os.WIFSTOPPED(status):
            words = "stopped" + restored
        elif os.WIFCONTINUED(status):
            words = "continued"
        elif os.WIFEXITED(status):
            words = f"exited {os.WEXITSTATUS(status)}" + restored
        else:
            words = f"killed {os.WTERMSIG(status)}" + restored
        os.write(writer, words.encode() + b"\n")
    os._exit(0)


class Terminal(cli.Test):
    def setUp(self):
        self.session = Session()
        self.addCleanup(self.session.close)
        self.session.expect(b"who is there?\r\n")

    def check_end(self, status):
        self.assertEqual(self.session.change(), f"exited {status}")

    def test_raw_while_it_runs(self):
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
            session.signal(number)
            self.assertEqual(session.change(), f"killed {int(number)}")

    def test_stopped_and_continued(self):
        for _ in range(2):
            self.session.signal(signal.SIGTSTP)
            self.assertEqual(self.session.change(), "stopped")
            self.session.signal(signal.SIGCONT)
            self.assertEqual(self.session.change(), "continued")
            self.session.type(b"t")
            self.session.expect(b"tick")  # nobody but the guest writes this
            self.assertFalse(self.session.attributes()[LFLAG] & termios.ICANON)
        self.session.type(b"q")
        self.check_end(0)


try:
    for end in os.openpty():
        os.close(end)
except OSError as error:
    print(f"skipped: no terminal can be had here ({error})")
    raise SystemExit(77)
cli.main()
