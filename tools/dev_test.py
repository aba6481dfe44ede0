"""./dev installs what is missing: as root, through sudo, or not at all."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

DEV = pathlib.Path(__file__).resolve().parent.parent / "dev"
NOBODY = 65534
REAL = ["bash", "cut", "dirname", "env", "getent", "grep", "id"]
DAEMONS = "/usr/sbin/policy-rc.d"  # some machines have one of their own

# Each says how it was called and changes nothing; ninja is all that is not installed.
LOGGED = '#!/bin/bash\necho "{name} $*" >>"$CALLS"\n'
DPKG_QUERY = """#!/bin/bash
for package in "${@:4}"; do
  [[ $package == ninja-build ]] && [[ ${MISSING-} ]] || echo "$package installed"
done
"""


def setup(user, missing="yes", sudo="yes"):
    """Exit code, messages and the calls of `./dev setup` on a machine with nothing else on it."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        root.chmod(0o755)
        (root / "dev").write_text(DEV.read_text().replace(DAEMONS, "/nowhere/policy-rc.d"))
        calls = root / "calls"
        calls.touch()
        calls.chmod(0o666)
        programs = root / "bin"
        programs.mkdir()
        for name in REAL:
            (programs / name).symlink_to(shutil.which(name))
        texts = {name: LOGGED.format(name=name) for name in ("apt-get", "install", "rm", "sudo")}
        texts["dpkg-query"] = DPKG_QUERY
        texts["sudo"] += '[[ $1 != install ]] || while read -r; do :; done\n'
        # Nobody writes to a pipe that is closed already.
        texts["install"] += "while read -r; do :; done\n"
        for name, text in texts.items():
            if name != "sudo" or sudo:
                (programs / name).write_text(text)
                (programs / name).chmod(0o755)
        done = subprocess.run([programs / "bash", root / "dev", "setup"], capture_output=True,
                              text=True, check=False, user=user,
                              env={"PATH": str(programs), "CALLS": str(calls), "MISSING": missing,
                                   "HOME": directory})
        return done.returncode, done.stderr, calls.read_text().splitlines()


def with_daemons_denied(calls, prefix=""):
    return [f"{prefix}install -m 755 /dev/stdin /nowhere/policy-rc.d", *calls,
            f"{prefix}rm -f /nowhere/policy-rc.d"]


class Dev(unittest.TestCase):
    user = NOBODY if os.geteuid() == 0 else None

    def test_who_is_not_root_installs_through_sudo(self):
        code, messages, calls = setup(self.user)
        self.assertEqual(calls, with_daemons_denied([
            "sudo apt-get update -qq",
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "
            "--no-install-recommends ninja-build"], "sudo "))
        self.assertEqual(code, 0, messages)
        self.assertIn("installing ninja-build", messages)

    def test_without_sudo_it_says_what_is_needed(self):
        code, messages, calls = setup(self.user, sudo="")
        self.assertEqual(code, 1)
        self.assertIn("installing packages needs root or sudo", messages)
        self.assertEqual(calls, [])

    def test_where_nothing_is_missing_nobody_is_asked(self):
        self.assertEqual(setup(self.user, missing=""), (0, "", []))

    @unittest.skipUnless(os.geteuid() == 0, "root only")
    def test_root_needs_no_sudo(self):
        code, messages, calls = setup(None)
        self.assertEqual(calls, with_daemons_denied([
            "apt-get update -qq",
            "apt-get install -y -qq --no-install-recommends ninja-build"]))
        self.assertEqual(code, 0, messages)


if __name__ == "__main__":
    unittest.main()
