"""Runs a command and writes the most memory that it held, in kilobytes, into a file.

A process begins with the peak of the one that started it, so what is measured is started by this small one.
"""

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    process = subprocess.Popen(sys.argv[2:])
    _, status, usage = os.wait4(process.pid, 0)
    Path(sys.argv[1]).write_text(str(usage.ru_maxrss), encoding="utf-8")
    sys.exit(os.waitstatus_to_exitcode(status))
