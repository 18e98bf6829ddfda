#!/usr/bin/env bash
# Two threads ask at once for a singleton that nobody has asked for yet: dependency-injector 4.49.1 (`Singleton`), punq 0.9.0, kink 0.9.0 and
# lazy-object-proxy 1.13.0 construct it twice; injector 0.24.0, lagom 2.7.7, wrapt 2.5.2 and dependency-injector's `ThreadSafeSingleton` once.
# Guess: a container that promises one object constructs one, in all of them.
# Why: the four check their table, construct, and store, with no lock around the three. The thread that stores last wins, or each thread keeps its
#   own: an object with a connection, a counter or a lock of its own is then there twice, and what is locked in one is not locked in the other. It
#   takes two first requests at once, which a test has never and a server has at its start. Ask once before the threads begin, or take the class that
#   locks.
# Source: dependency-injector's page on its Singleton provider, which says that it is not thread-safe; the others say nothing. The packages' code:
#   punq's `_resolve_impl`, kink's `Container.__getitem__`, lazy-object-proxy's `__wrapped__`, injector's `SingletonScope.get`, which is
#   `@synchronized`.
. "$(dirname "$0")/run.bash"
python dependency-injector==4.49.1 injector==0.24.0 lagom==2.7.7 punq==0.9.0 kink==0.9.0 lazy-object-proxy==1.13.0 wrapt==2.5.2 <<'PYTHON'
import threading

import injector
import kink
import lagom
import lazy_object_proxy
import punq
import wrapt
from dependency_injector import providers


def made(name, declare, seconds):
    """How many objects two threads make that ask at once. The first constructor waits for a second one, no longer than that."""
    count = 0
    second = threading.Event()

    class Service:
        def __init__(self):
            nonlocal count
            count += 1
            if count == 2:
                second.set()
            self.met = second.wait(seconds)

    ask = declare(Service)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f'{name}: {count}')


def with_injector(service):
    container = injector.Injector(lambda binder: binder.bind(service, scope=injector.singleton))
    return lambda: container.get(service)


def with_lagom(service):
    container = lagom.Container()
    container[service] = lagom.Singleton(service)
    return lambda: container[service]


def with_punq(service):
    container = punq.Container()
    container.register(service, scope=punq.Scope.singleton)
    return lambda: container.resolve(service)


def with_kink(service):
    container = kink.Container()
    container[service] = lambda _: service()
    return lambda: container[service]


def with_proxy(proxy):
    def declare(service):
        lazy = proxy(service)
        return lambda: lazy.met
    return declare


made('dependency-injector, Singleton', providers.Singleton, 20)
made('punq', with_punq, 20)
made('kink', with_kink, 20)
made('lazy-object-proxy', with_proxy(lazy_object_proxy.Proxy), 20)
made('dependency-injector, ThreadSafeSingleton', providers.ThreadSafeSingleton, 1)
made('injector', with_injector, 1)
made('lagom', with_lagom, 1)
made('wrapt', with_proxy(wrapt.LazyObjectProxy), 1)
PYTHON
holds <<'END'
dependency-injector, Singleton: 2
punq: 2
kink: 2
lazy-object-proxy: 2
dependency-injector, ThreadSafeSingleton: 1
injector: 1
lagom: 1
wrapt: 1
END
