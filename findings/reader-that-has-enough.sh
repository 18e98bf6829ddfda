#!/usr/bin/env bash
# plumbum 2.0.2, shellous 0.42.0, execa 9.6.1: `yes | head -n 1` fails, although `head` has printed its line and ended with 0; in sh 2.4.0 and in a shell it
# succeeds. A shell with `pipefail` fails, too.
# Guess: a pipeline written with a library's operator is the shell's: its status is that of the last command, and a reader that has enough is no error.
# Why: `head` ends, and the next write of `yes` meets a pipe that nobody reads: SIGPIPE ends it, or, in execa, which copies between the two by sockets, an
#   error of the write. The three check every command, and take that end for a failure. So a pipeline with `head` or `grep -q` raises as soon as
#   the source has more than fits into the pipe: not with the short input of a test. sh takes SIGPIPE for the success of a piped command, and
#   reports every other failure of it. (zx 8.8.5 is not in this script: there an uncaught EPIPE ended the Node process.)
# Source: plumbum's commands/base.py, `Pipeline`; sh's `get_exc_exit_code_would_raise` (`sigpipe_ok`); execa's docs/pipe.md, whose example is a pipeline
#   into `head -n 2`, and its "Errors"; bash(1), `pipefail`.
. "$(dirname "$0")/run.bash"
python plumbum==2.0.2 sh==2.4.0 shellous==0.42.0 <<'PYTHON'
import asyncio
import subprocess

import sh
from plumbum import local
from shellous import sh as shellous


async def by_shellous(first, second):
    return await (shellous(*first) | shellous(*second))


ways = {
    'bash': lambda first, second: subprocess.run(['bash', '-c', ' '.join([*first, '|', *second])], check=True, capture_output=True),
    'bash, pipefail': lambda first, second: subprocess.run(
        ['bash', '-o', 'pipefail', '-c', ' '.join([*first, '|', *second])], check=True, capture_output=True),
    'sh': lambda first, second: sh.Command(second[0])(*second[1:], _in=sh.Command(first[0])(*first[1:], _piped=True)),
    'plumbum': lambda first, second: (local[first[0]][first[1:]] | local[second[0]][second[1:]])(),
    'shellous': lambda first, second: asyncio.run(by_shellous(first, second)),
}
for name, way in ways.items():
    for first in ['seq', '9'], ['yes']:
        try:
            way(first, ['head', '-n', '1'])
            end = 'succeeds'
        except Exception:
            end = 'fails'
        print(f"{name}: {' '.join(first)} | head -n 1 {end}")
PYTHON
mv "$work/output" "$work/of-python"
node execa@9.6.1 <<'NODE'
import { execa } from 'execa'

for (const first of [['seq', ['9']], ['yes', []]]) {
  const end = await execa(...first).pipe('head', ['-n', '1']).then(() => 'succeeds', () => 'fails')
  console.log(`execa: ${[first[0], ...first[1]].join(' ')} | head -n 1 ${end}`)
}
NODE
cat "$work/of-python" "$work/output" >"$work/both"
mv "$work/both" "$work/output"
holds <<'END'
bash: seq 9 | head -n 1 succeeds
bash: yes | head -n 1 succeeds
bash, pipefail: seq 9 | head -n 1 succeeds
bash, pipefail: yes | head -n 1 fails
sh: seq 9 | head -n 1 succeeds
sh: yes | head -n 1 succeeds
plumbum: seq 9 | head -n 1 succeeds
plumbum: yes | head -n 1 fails
shellous: seq 9 | head -n 1 succeeds
shellous: yes | head -n 1 fails
execa: seq 9 | head -n 1 succeeds
execa: yes | head -n 1 fails
END
