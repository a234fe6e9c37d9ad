"""A newer program, made of the one that is there: the same in all but the version that it says."""

import os
import re
from pathlib import Path

MARK = re.compile(rb"bellhop version (\d+)(\.\d+\.\d+)")


def newer(program):
    """Puts a newer program in the place of this one, as a package does: the file is another one, and
    whoever runs the older goes on with that."""
    path = Path(program)
    text = path.read_bytes()
    major = MARK.search(text)[1]
    assert len(str(int(major) + 1)) == len(major), "the newer version is as long as the older"
    newer = str(int(major) + 1).encode()
    text = MARK.sub(lambda found: b"bellhop version " + newer + found[2], text)
    staged = path.with_name(f"{path.name}.dpkg-new")
    staged.write_bytes(text)
    staged.chmod(path.stat().st_mode)
    os.replace(staged, path)
