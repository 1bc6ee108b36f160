"""A private apt root for riscv64: what it fetches touches nothing of the host's packages.

The mirror is the one that the host's own apt uses, its settings (proxies, certificates) are in
force, and signatures are checked with the Debian archive keyring. Called by `fetch`.
"""

import os
import pathlib
import re
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Read after the host's own configuration, which stays in force otherwise.
CONFIGURATION = """\
#clear APT::Update;
#clear APT::Architectures;
#clear DPkg;
APT::Architecture "riscv64";
APT::Architectures "riscv64";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Dir::State "{root}/state";
Dir::State::status "{root}/state/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "{root}/none";
Dir::Etc::preferences "{root}/none/preferences";
Dir::Etc::preferencesparts "{root}/none";
"""


class Failure(Exception):
    """One sentence for the user."""


def run(*command, **options):
    """The output of a command; what it says of its progress goes to the user."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                              **options).stdout
    except FileNotFoundError:
        raise Failure(f"'{command[0]}' is needed and not installed") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"'{command[0]}' failed ({error.returncode})") from None


def host_mirror():
    """Where the host's apt gets Debian's main archive from."""
    listed = run("apt-get", "indextargets", "--format",
                 "$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)", "Created-By: Packages")
    rows = [row.split("|") for row in listed.splitlines()]
    for origin, component, release, address in rows:
        known = origin in ("Debian", "$(ORIGIN)")  # not known before the first `apt-get update`
        if known and component == "main" and "-" not in release:
            return address.rstrip("/")
    raise Failure("the host's apt knows no Debian mirror; name one with --mirror")


class AptRoot:
    """`directory` holds everything: lists, packages and the configuration."""

    def __init__(self, directory, mirror=None, suite="stable", keyring=KEYRING):
        self.directory = pathlib.Path(directory)
        self.mirror = mirror
        self.suite = suite
        self.keyring = keyring
        self.archives = self.directory / "cache/archives"

    def apt(self, program, *arguments, **options):
        return run(program, "-c", str(self.directory / "apt.conf"), *arguments, **options)

    def update(self):
        """Fetches the archive's index."""
        if not os.access(self.keyring, os.R_OK):
            raise Failure(f"cannot read '{self.keyring}': install debian-archive-keyring")
        for part in ("state/lists/partial", "cache/archives/partial", "none"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        root = str(self.directory)
        if re.search(r'["\s;\[\]]', root):
            raise Failure(f"apt cannot work in '{root}': blanks, quotes or brackets in its name")
        (self.directory / "state/status").touch()
        (self.directory / "apt.conf").write_text(CONFIGURATION.format(root=root))
        (self.directory / "sources.list").write_text(
            f"deb [signed-by={self.keyring}] {self.mirror or host_mirror()} {self.suite} main\n")
        self._show("apt-get", "update", "--error-on=any")

    def field(self, package, name):
        """A field of the index's entry for the newest version of a package."""
        shown = self.apt("apt-cache", "show", "--no-all-versions", package)
        match = re.search(rf"^{name}: (.*)$", shown, re.MULTILINE)
        if not match:
            raise Failure(f"the archive's index has no {name} for '{package}'")
        return match[1]

    def download(self, *packages):
        """Fetches exactly these packages; their files, in the same order."""
        self._show("apt-get", "download", *packages, cwd=self.archives)
        return [self._file(package) for package in packages]

    def download_closure(self, *packages):
        """Fetches packages and what they depend on; all their files, sorted by name."""
        plan = self.apt("apt-get", "--simulate", "install", *packages)
        names = sorted(set(re.findall(r"^Inst (\S+)", plan, re.MULTILINE)))
        return self.download(*names)

    def _show(self, *command, **options):
        """Like apt(), but apt's own progress is seen as it comes."""
        program, *arguments = command
        command = [program, "-c", str(self.directory / "apt.conf"), *arguments]
        try:
            subprocess.run(command, check=True, **options)
        except FileNotFoundError:
            raise Failure(f"'{program}' is needed and not installed") from None
        except subprocess.CalledProcessError as error:
            raise Failure(f"'{program} {arguments[0]}' failed ({error.returncode})") from None

    def _file(self, package):
        """The package of the index's version, as apt names its file."""
        version = self.field(package, "Version").replace(":", "%3a")
        found = sorted(self.archives.glob(f"{package}_{version}_*.deb"))
        if len(found) != 1:
            raise Failure(f"apt fetched '{package}' and its file is not in '{self.archives}'")
        return found[0]


def unpack(package, directory):
    """Unpacks a package's files; its scripts are not run."""
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    run("dpkg-deb", "-x", str(package), str(directory))
