//! Models of what processes do through the kernel or a server: threads stand for processes, a mutex
//! for the kernel's or the server's own lock.

use std::collections::VecDeque;

use super::models::{join, start};
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync::{Arc, Condvar, Mutex, MutexGuard};

#[track_caller]
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics")
}

/// One direction of a pair of sockets that keep message boundaries, for any number of receivers. A
/// counting semaphore is one, too: each message is a permit.
#[derive(Default)]
struct Socket {
    /// The messages, and whether it is shut down.
    state: Mutex<(VecDeque<u32>, bool)>,
    changed: Condvar,
}

impl Socket {
    #[track_caller]
    fn send(&self, message: u32) {
        locked(&self.state).0.push_back(message);
        self.changed.notify_one();
    }

    #[track_caller]
    fn shut_down(&self) {
        locked(&self.state).1 = true;
        self.changed.notify_all();
    }

    /// Receives a message, which stands for `what`; `None` if there is none and the socket is shut
    /// down.
    #[track_caller]
    fn receive(&self, what: &str) -> Option<u32> {
        let mut state = locked(&self.state);
        while state.0.is_empty() && !state.1 {
            tracing::info!("waits for {what}");
            state = self.changed.wait(state).expect("no thread panics");
        }
        state.0.pop_front()
    }
}

/// The protocol of `queue/channel.rs`: a producer receives a permit before it sends, and a consumer
/// sends it back.
#[derive(Default)]
struct Queue {
    permits: Socket,
    values: Socket,
}

impl Queue {
    /// Makes a queue with room for one value.
    fn new() -> Arc<Self> {
        let queue = Self::default();
        queue.permits.send(0);
        Arc::new(queue)
    }

    fn send(&self, value: u32) {
        if self.permits.receive("room").is_some() {
            self.values.send(value);
            tracing::info!("sends {value}");
        }
    }

    fn receive(&self) -> Option<u32> {
        let value = self.values.receive("a number")?;
        tracing::info!("receives {value}");
        self.permits.send(0);
        Some(value)
    }

    fn drain(&self) -> Vec<u32> {
        std::iter::from_fn(|| self.receive()).collect()
    }
}

/// Lets a producer send two values through a queue with room for one; the parent joins it before it
/// receives, or after. Returns what it receives.
pub fn ten_numbers(join_first: bool) -> Vec<u32> {
    let queue = Queue::new();
    let queue2 = Arc::clone(&queue);
    let child = start("child", move || {
        [1, 2].into_iter().for_each(|value| queue2.send(value));
        // Its exit closes the producers' end.
        queue2.values.shut_down();
    });
    if join_first {
        tracing::info!("joins the child");
        join(child);
        return queue.drain();
    }
    let received = queue.drain();
    join(child);
    received
}

/// Lets two producers send a value each through a queue with room for one, to two consumers. Returns
/// what they receive, in order of the values.
pub fn many() -> Vec<u32> {
    let queue = Queue::new();
    let producers = [1, 2].map(|value| {
        let queue = Arc::clone(&queue);
        start(&format!("producer{value}"), move || queue.send(value))
    });
    let queue2 = Arc::clone(&queue);
    let consumer = start("consumer", move || queue2.receive());
    let mut received = vec![queue.receive(), join(consumer)];
    producers.into_iter().for_each(join);
    received.sort_unstable();
    received.into_iter().flatten().collect()
}

/// Closes a queue at which two consumers wait, or are about to; returns how many are told.
pub fn closed() -> usize {
    let queue = Queue::new();
    let consumers = ["consumer0", "consumer1"].map(|name| {
        let queue = Arc::clone(&queue);
        start(name, move || queue.receive())
    });
    queue.values.shut_down();
    consumers.map(join).iter().filter(|value| value.is_none()).count()
}

/// How a client appends to a list in a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Append {
    /// It gets the list, and puts it back.
    GetAndPut,
    /// It does so under a lock in the server.
    UnderALock,
    /// It asks the server to append.
    OneRequest,
}

/// Lets two clients append to a list in a server, which serves each request under a lock of its
/// own. Returns the length of the list.
pub fn two_append(how: Append) -> usize {
    let server = Arc::new((Mutex::new(Vec::new()), Socket::default()));
    server.1.send(0);
    let clients = [1, 2].map(|client| {
        let server = Arc::clone(&server);
        start(&format!("client{client}"), move || {
            let (list, lock) = &*server;
            if how == Append::OneRequest {
                locked(list).push(client);
                tracing::info!("appends");
                return;
            }
            if how == Append::UnderALock {
                lock.receive("the lock");
            }
            let mut copy = locked(list).clone();
            tracing::info!("gets {copy:?}");
            copy.push(client);
            tracing::info!("puts {copy:?}");
            *locked(list) = copy;
            if how == Append::UnderALock {
                lock.send(0);
            }
        })
    });
    clients.into_iter().for_each(join);
    locked(&server.0).len()
}

/// Lets three processes go into a critical section, by a semaphore with a number of permits or
/// without one. Returns the greatest number of them that were in it at once.
pub fn crowd(permits: Option<u32>) -> u32 {
    let shared = Arc::new((Socket::default(), AtomicU32::new(0)));
    (0..permits.unwrap_or(0)).for_each(|_| shared.0.send(0));
    let processes = ["p0", "p1", "p2"].map(|name| {
        let shared = Arc::clone(&shared);
        start(name, move || {
            let (semaphore, inside) = &*shared;
            if permits.is_some() {
                semaphore.receive("a permit");
            }
            let most = inside.fetch_add(1, Relaxed) + 1;
            tracing::info!("is in");
            inside.fetch_sub(1, Relaxed);
            tracing::info!("is out");
            if permits.is_some() {
                semaphore.send(0);
            }
            most
        })
    });
    processes.map(join).into_iter().max().unwrap_or(0)
}

/// Lets a process exit with the only permit; tells whether another one gets a permit then.
pub fn killed_inside() -> bool {
    let semaphore = Arc::new(Socket::default());
    semaphore.send(0);
    let semaphore2 = Arc::clone(&semaphore);
    join(start("killed", move || {
        semaphore2.receive("a permit");
        tracing::info!("is killed");
    }));
    locked(&semaphore.state).0.pop_front().is_some()
}
