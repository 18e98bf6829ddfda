#!/usr/bin/env bash
# pynng 0.9.0 (nng), pyzmq 27.3.0 (ZeroMQ): a subscriber that is too slow has the last messages with nng, the first ones with ZeroMQ.
# Guess: nng has ZeroMQ's patterns and names: when the buffer is full, the message that comes is dropped, in both.
# Why: nng's `Sub0` drops the oldest message of its buffer for the new one (NNG_OPT_SUB_PREFNEW, on by default). ZeroMQ's PUB drops the message that it is about
#   to put into a full queue. Neither tells the publisher or the subscriber. So of prices or positions ZeroMQ's subscriber works off stale ones and misses
#   the latest, until it has caught up; of a log nng's has lost the beginning, which explains the rest.
# Source: nng's manual, nng_sub(7); libzmq's zmq_socket(3), ZMQ_PUB.
. "$(dirname "$0")/run.bash"
python pynng==0.9.0 pyzmq==27.3.0 <<'PYTHON'
import time

import pynng
import zmq


def received(receive, nothing):
    messages = []
    try:
        while True:
            messages.append(receive().decode())
    except nothing:
        return ' '.join(messages)


def pause():
    """A second for nng's threads, in pieces, lest one stop of the machine be all of it."""
    for _ in range(20):
        time.sleep(0.05)


with pynng.Pub0(listen='inproc://news') as publisher:
    with pynng.Sub0(recv_buffer_size=4, recv_timeout=500, topics=b'') as subscriber:
        subscriber.dial('inproc://news', block=True)
        pause()
        for number in range(10):
            publisher.send(b'%d' % number)
        pause()
        print('nng, ten messages, a buffer of four:', received(subscriber.recv, pynng.Timeout))

with zmq.Context() as context, context.socket(zmq.PUB) as publisher, context.socket(zmq.SUB) as subscriber:
    publisher.sndhwm = subscriber.rcvhwm = 2
    subscriber.rcvtimeo = 500
    subscriber.subscribe(b'')
    publisher.bind('inproc://news')
    subscriber.connect('inproc://news')
    for number in range(10):
        publisher.send(b'%d' % number)
    print('ZeroMQ, ten messages, two queues of two:', received(subscriber.recv, zmq.Again))
PYTHON
holds <<'END'
nng, ten messages, a buffer of four: 6 7 8 9
ZeroMQ, ten messages, two queues of two: 0 1 2 3
END
