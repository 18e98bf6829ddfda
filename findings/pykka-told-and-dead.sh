#!/usr/bin/env bash
# pykka 4.5.0: an actor whose handler raises lives on if the message was asked, and is dead if it was told; `sys.exit` in one actor ends all.
# Guess: in both cases the exception is reported and the actor takes its next message; `sys.exit` ends the thread that calls it, one actor.
# Why: somebody who asked gets the exception, and it is dealt with. Nobody gets that of a told message, so the actor is stopped (`on_failure` is its last
#   call); pykka has no supervisor that would start it again. What is no `Exception` (SystemExit, KeyboardInterrupt) stops every actor, so that the
#   program can end, and leaves whoever asked without an answer. Changing `ask` to `tell` for speed changes what one bad message costs.
# Source: pykka's documentation of `Actor.on_failure`; _actor.py, `_actor_loop_running`.
. "$(dirname "$0")/run.bash"
python pykka==4.5.0 <<'PYTHON'
import logging
import sys

import pykka

logging.disable(logging.CRITICAL)


class Reader(pykka.ThreadingActor):
    def on_receive(self, message):
        if message == 'leave':
            sys.exit()
        return int(message)


asked = Reader.start()
try:
    asked.ask('one')
except ValueError as error:
    print('asked:', error)
print('asked again:', asked.ask('2'))

told = Reader.start()
told.tell('one')
told.actor_stopped.wait(20)
try:
    print('told, then asked:', told.ask('2'))
except pykka.ActorDeadError:
    print('told, then asked: it is dead')

actors = [asked, Reader.start(), Reader.start()]
actors[1].tell('leave')
print('ended when one has left:', [actor.actor_stopped.wait(20) for actor in actors])
pykka.ActorRegistry.stop_all()
PYTHON
holds <<'END'
asked: invalid literal for int() with base 10: 'one'
asked again: 2
told, then asked: it is dead
ended when one has left: [True, True, True]
END
