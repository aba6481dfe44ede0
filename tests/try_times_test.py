"""`culprit try` and programs that tell stale files by whole seconds: Python, make."""
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
from daemons import main
from try_test import Try


class Times(Try):
    def python_module(self, second, kept="V = 1\n"):
        """A module that is compiled already, by the second in which it was written."""
        self.put(".gitignore", "__pycache__\n*.o\n")
        module = self.put("m.py", kept)
        self.put("t.py", "import m, sys\nsys.exit(m.V != 0)\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "module")
        os.utime(module, (second, second))
        subprocess.run([sys.executable, "t.py"], cwd=self.tree, check=False,
                       env=self.environment(PYTHONDONTWRITEBYTECODE=""))
        for compiled in (self.tree / "__pycache__").iterdir():
            os.utime(compiled, (second, second))
        return module

    def test_what_was_compiled_from_the_other_state_is_not_taken_for_fresh(self):
        second = int(time.time()) - 100
        module = self.python_module(second)
        self.put("m.py", "V = 0\n")  # of equal size, in the same second
        os.utime(module, (second, second))
        said = self.tried("--", sys.executable, "t.py", code=0, PYTHONDONTWRITEBYTECODE="")
        self.assertEqual((said["without"]["rate"], said["with"]["rate"]), (1, 0))

    def test_an_edit_a_test_and_a_try_within_a_second(self):
        module = self.python_module(int(time.time()) - 100)
        for _ in range(3):
            self.put("m.py", "V = 1\n")
            while time.time() % 1 > 0.1:
                time.sleep(0.01)
            self.put("m.py", "V = 0\n")
            subprocess.run([sys.executable, "t.py"], cwd=self.tree, check=True,
                           env=self.environment(PYTHONDONTWRITEBYTECODE=""))
            written = module.stat().st_mtime_ns
            said = self.tried("--", sys.executable, "t.py", code=0, PYTHONDONTWRITEBYTECODE="")
            self.assertEqual((said["without"]["rate"], said["with"]["rate"]), (1, 0))
            self.assertEqual(module.stat().st_mtime_ns, written)

    def test_what_is_taken_back_is_of_another_second(self):
        for _ in range(3):
            while time.time() % 1 > 0.1:
                time.sleep(0.01)
            module = self.put("code", "xroken\n")
            second = int(module.stat().st_mtime)
            self.tried("--", "false", code=1)
            self.assertEqual(module.read_text(), "broken\n")
            self.assertGreater(int(module.stat().st_mtime), second)

    def test_what_a_command_writes_is_of_another_second(self):
        self.python_module(int(time.time()) - 100)
        cache = self.folder / "cache"
        for prefix in ("", str(cache)):
            with self.subTest(prefix):
                said = self.tried("--apply", "echo 'V = 0' > new; touch -r m.py new; mv new m.py",
                                  "--", sys.executable, "t.py", code=0,
                                  PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=prefix)
                self.assertEqual((said["without"]["rate"], said["with"]["rate"]), (1, 0))
                self.culprit("--restore", code=0)
        self.assertFalse(cache.exists())  # each copy has one of its own

    def test_make_builds_what_an_older_file_was_moved_to(self):
        self.put(".gitignore", "app\n")
        self.put("Makefile", "app: code\n\tcp code app\n")
        old = self.put("old", "fixed\n")
        os.utime(old, (1_000_000_000, 1_000_000_000))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "make")
        subprocess.run(["make", "-s"], cwd=self.tree, check=True)
        said = self.tried("--apply", "cp -p old code", "--", "sh", "-c",
                          "make -s && grep -q fixed app", code=0)
        self.assertEqual((said["without"]["rate"], said["with"]["rate"]), (1, 0))


if __name__ == "__main__":
    main()
