#!/usr/bin/env bash
# thespian 4.0.1: a message whose handler raises is handled again: twice in all by actors that are processes, three times by the system for tests.
# Guess: it is handled once; the sender hears of the error, or nobody does.
# Why: the failure is taken for one that passes, and the message is given again to the same actor, whose state is what the attempt has left. Then
#   the sender gets a PoisonMessage. So a handler that writes, sends or counts before it raises does so twice; it has to be idempotent, or to catch
#   what it raises.
# Source: thespian's documentation of `PoisonMessage`; actorManager.py and simpleSystemBase.py.
. "$(dirname "$0")/run.bash"
export THESPLOG_FILE=$work/thespian.log
python thespian==4.0.1 <<'PYTHON'
import logging
import tempfile
from datetime import timedelta

from thespian.actors import Actor, ActorSystem

logging.disable(logging.CRITICAL)


class Account(Actor):
    withdrawn = 0

    def receiveMessage(self, message, sender):
        if not isinstance(message, int):
            return
        self.withdrawn += message
        with open(ledger, 'a') as file:
            file.write(f'{self.withdrawn} ')
        raise ValueError('the receipt cannot be printed')


for base in 'simpleSystemBase', 'multiprocQueueBase':
    with tempfile.NamedTemporaryFile('r') as file:
        ledger = file.name
        system = ActorSystem(base, logDefs={'version': 1})
        try:
            answer = system.ask(system.createActor(Account), 100, timedelta(seconds=60))
        finally:
            system.shutdown()
        print(f'{base}: withdrawn {file.read()}and the sender gets a {type(answer).__name__}')
PYTHON
holds <<'END'
simpleSystemBase: withdrawn 100 200 300 and the sender gets a PoisonMessage
multiprocQueueBase: withdrawn 100 200 and the sender gets a PoisonMessage
END
