#!/usr/bin/env python3
"""tools/cached keeps what the compiler made, and never gives an old precompiled header."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CACHED = pathlib.Path(__file__).resolve().parent.parent / "tools" / "cached"


@unittest.skipUnless(shutil.which("ccache"), "needs ccache")
class Cached(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        own = {name: value for name, value in os.environ.items() if not name.startswith("CCACHE_")}
        self.environment = dict(own, CCACHE_DIR=str(self.folder / "cache"))

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def compile(self, *words):
        subprocess.run([CACHED, "g++", *words], cwd=self.folder, env=self.environment, check=True)

    def build(self, comment, value):
        """What CMake does with a precompiled header, in a folder without an earlier result."""
        self.write("ground.h", f"#pragma once\n// {comment}\nstruct Ground {{ int value; }};\n")
        self.write("first.hxx", f'#include "{self.folder}/ground.h"\n')
        self.write("user.cpp", f'#include "ground.h"\nGround ground{{{value}}};\n')
        for result in self.folder.glob("*.gch"):
            result.unlink()
        self.compile("-x", "c++-header", "-MD", "-MF", "first.d", "-o", "first.hxx.gch",
                     "-c", "first.hxx")
        self.compile("-Winvalid-pch", "-include", f"{self.folder}/first.hxx", "-MD",
                     "-MF", "user.d", "-o", "user.o", "-c", "user.cpp")

    def hits(self):
        printed = subprocess.run(["ccache", "--print-stats"], env=self.environment, check=True,
                                 capture_output=True, text=True).stdout
        counts = dict(line.split("\t") for line in printed.splitlines())
        return int(counts["direct_cache_hit"]) + int(counts["preprocessed_cache_hit"])

    def test_another_comment_is_another_precompiled_header(self):
        self.build("One.", 1)
        self.build("Two.", 2)

    def test_the_same_again_comes_from_the_cache(self):
        self.build("One.", 1)
        self.assertEqual(self.hits(), 0)
        self.build("One.", 1)
        self.assertEqual(self.hits(), 2)


if __name__ == "__main__":
    unittest.main()
