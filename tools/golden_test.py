"""tools/golden: a story that holds passes, one that does not is shown, --update rewrites it."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"


def golden(text, *options):
    """Exit code, output and the story afterwards."""
    with tempfile.TemporaryDirectory() as directory:
        story = pathlib.Path(directory, "a.t")
        story.write_text(text)
        program = pathlib.Path(directory, "greet")
        program.write_text("#!/bin/sh\necho hello\n")
        program.chmod(0o755)
        done = subprocess.run([sys.executable, GOLDEN, "--build", directory, *options, story],
                              capture_output=True, text=True, check=False,
                              env=os.environ | {"CULPRIT_SECRET": "1", "TZ": "Asia/Tokyo"})
        return done.returncode, done.stdout + done.stderr, story.read_text()


class Golden(unittest.TestCase):
    def holds(self, text):
        self.assertEqual(golden(text), (0, "", text))

    def test_output_of_both_streams_and_the_exit_code_are_compared(self):
        self.holds("# Both.\n$ echo out; echo err >&2; exit 3\nout\nerr\n[exit 3]\n")

    def test_the_build_directory_is_on_the_path(self):
        self.holds("# Path.\n$ greet\nhello\n[exit 0]\n")

    def test_commands_share_a_directory_and_start_in_an_empty_one(self):
        self.holds("# Shared.\n$ ls; echo a > f\n[exit 0]\n\n# Then.\n$ cat f\na\n[exit 0]\n")

    def test_a_command_goes_on_after_a_backslash(self):
        self.holds("# Long.\n$ printf '%s\\n' \\\n    a b\na\nb\n[exit 0]\n")

    def test_output_may_look_like_a_command_or_a_comment(self):
        self.holds("# Odd.\n$ printf '$ a\\n# b\\n\\n'\n$ a\n# b\n\n[exit 0]\n")

    def test_a_missing_newline_is_visible(self):
        self.holds("# End.\n$ printf a\na\n[no newline at the end]\n[exit 0]\n")

    def test_the_environment_is_fixed(self):
        self.holds("# Zone.\n$ echo $TZ $COLUMNS $NO_COLOR [$CULPRIT_SECRET]; date -d @0 +%H\n"
                   "UTC 100 1 []\n00\n[exit 0]\n")

    def test_commits_have_the_same_hash_everywhere(self):
        self.holds("# Git.\n$ git init -q && git commit -q --allow-empty -m a\n[exit 0]\n"
                   "$ git log --format=%h\nec18ed3\n[exit 0]\n")

    def test_death_by_signal_is_an_exit_code(self):
        self.holds("# Killed.\n$ kill -9 $$\n[exit 137]\n")

    def test_a_difference_is_shown_and_leaves_the_story_alone(self):
        story = "# Differs.\n$ echo b\na\n[exit 0]\n"
        code, output, after = golden(story)
        self.assertEqual((code, after), (1, story))
        self.assertIn("\n-a\n+b\n", output)

    def test_another_exit_code_is_a_difference(self):
        code, output, _ = golden("# Differs.\n$ exit 2\n[exit 0]\n")
        self.assertEqual(code, 1)
        self.assertIn("\n-[exit 0]\n+[exit 2]\n", output)

    def test_update_writes_what_was_seen(self):
        code, _, after = golden("# Draft.\n$ echo a\n$ exit 1\n", "--update")
        self.assertEqual((code, after), (
            0, "# Draft.\n$ echo a\na\n[exit 0]\n$ exit 1\n[exit 1]\n"))

    def test_a_draft_can_be_added_to_a_finished_story(self):
        finished = "# Grown.\n$ echo a\na\n[exit 0]\n"
        _, _, after = golden(finished + "\n# And.\n$ echo b\n", "--update")
        self.assertEqual(after, finished + "\n# And.\n$ echo b\nb\n[exit 0]\n")

    def test_a_story_says_what_it_shows(self):
        code, output, _ = golden("$ echo a\na\n[exit 0]\n")
        self.assertEqual(code, 1)
        self.assertIn("says what it shows", output)

    def test_stray_text_is_refused(self):
        code, output, _ = golden("# Stray.\necho a\n")
        self.assertEqual(code, 1)
        self.assertIn("line 2", output)

    def test_what_a_story_leaves_running_neither_holds_it_up_nor_survives(self):
        with tempfile.TemporaryDirectory() as directory:
            alive = pathlib.Path(directory, "alive")
            started = time.monotonic()
            self.holds(f"# Left behind.\n$ (sleep 1; touch {alive}) &\n[exit 0]\n")
            self.assertLess(time.monotonic() - started, 1)
            time.sleep(1.2)
            self.assertFalse(alive.exists())


if __name__ == "__main__":
    unittest.main()
