#!/usr/bin/env bash
# plumbum 2.0.2, execa 9.6.1, tinyexec 1.3.1: a command that runs over its time limit is reported when its grandchildren have ended, however long that
# takes; subprocess of Python 3.11, sh 2.4.0 and `exec` of Node 20 report it at the limit.
# Guess: all report at the limit; whether a grandchild lives on is another question.
# Why: at the limit the command, here a shell, is killed, and not what the shell has started. That has inherited the pipe of the output, and the three
#   read the pipe to its end before they say anything. So `timeout` bounds the life of one process, not the wait: a script that leaves a server behind
#   keeps its caller. Output to a file, or a process group that is killed as a whole, makes an end of both.
# Source: plumbum's processes.py, `run_proc`, which calls `communicate` without a limit; execa's documentation of `timeout`, and its issue 96; Node's
#   documentation of the events 'exit' and 'close'.
. "$(dirname "$0")/run.bash"

# A shell, the command, and its child, which holds the pipe of the output until there is a file, the gate.
cat >"$work/command" <<'SHELL'
sh -c 'until [ -e "$1" ]; do sleep 0.05; done' child "$1"
true
SHELL

python plumbum==2.0.2 sh==2.4.0 <<PYTHON
import os
import subprocess
import threading

import plumbum
import sh


def report(name, run, limited, seconds):
    """Says whether the limit is reported before the gate is opened, which is done that many seconds after the start, or after the report."""
    gate = '$work/gate of ' + name
    timer = threading.Timer(seconds, open, [gate, 'w'])
    timer.start()
    try:
        run(['$work/command', gate])
        print(name, 'reports nothing')
    except limited:
        print(f'{name}:', 'after the grandchild' if os.path.exists(gate) else 'at the limit')
    timer.cancel()
    open(gate, 'w').close()


report('subprocess', lambda args: subprocess.run(['sh', *args], capture_output=True, timeout=1), subprocess.TimeoutExpired, 20)
report('sh', lambda args: sh.sh(*args, _timeout=1), sh.TimeoutException, 20)
report('plumbum', lambda args: plumbum.local['sh'][args].run(timeout=1), plumbum.ProcessTimedOut, 5)
PYTHON
mv "$work/output" "$work/of-python"
node execa@9.6.1 tinyexec@1.3.1 <<NODE
import { exec } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { execa } from 'execa'
import { x } from 'tinyexec'

async function report(name, run, seconds) {
  const gate = '$work/gate of ' + name
  const timer = setTimeout(() => writeFileSync(gate, ''), seconds * 1000)
  await run(['$work/command', gate]).then(
    () => console.log(name, 'reports nothing'),
    () => console.log(name + ':', existsSync(gate) ? 'after the grandchild' : 'at the limit'))
  clearTimeout(timer)
  writeFileSync(gate, '')
}

await report('exec', args => promisify(exec)('sh "' + args.join('" "') + '"', { timeout: 1000 }), 20)
await report('tinyexec', async args => x('sh', args, { timeout: 1000, throwOnError: true }), 5)
await report('execa', args => execa('sh', args, { timeout: 1000 }), 5)
NODE
cat "$work/of-python" "$work/output" >"$work/both"
mv "$work/both" "$work/output"
holds <<'END'
subprocess: at the limit
sh: at the limit
plumbum: after the grandchild
exec: at the limit
tinyexec: after the grandchild
execa: after the grandchild
END
