"""What tests of `culprit shrink` have in common."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons


class ShrinkCase(Daemons):
    def shrink(self, *arguments, expected=0, **options):
        command = [daemons.BUILD / "culprit", "shrink", "--json", "--no-case", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                              check=False, timeout=100, **options)
        self.assertEqual(done.returncode, expected, done.stderr + done.stdout)
        return json.loads(done.stdout)
