//! The least that a pool has to do for a task that has a handle, and that no death of a worker
//! loses: the bare loop over the bare sockets, with nothing of a pool that can be done once for many
//! tasks.
//!
//! - A task is queued under a lock: `submit` never blocks, any thread may call it, and the task is
//!   run although its caller does nothing more. So one thread sends, all that is queued as a message.
//! - It is kept until its answer is here, for its worker may die.
//! - Its worker notes in shared memory that it begins the task, and, by a compare-and-swap, that it
//!   has finished it: a watchdog that dooms the task at that moment has to know which was first.
//! - Another thread receives the answers, for the tasks of a caller that does not wait are ended as
//!   well, and stores each result in a word, where its handle finds it.
//!
//! No task is serialized, and no handle or its memory counted: a handle is the place of a word.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use process_sharing::shared_memory::Shared;

use super::WORKERS;
use super::peer::Peer;

/// The most tasks of a message.
const MOST: usize = 2048;
/// The word of a task that has no result.
const OPEN: u64 = u64::MAX;

/// Tasks that were sent in a message: for which worker, what they are, and where their results go.
type Sent = (usize, Vec<u64>, Arc<[AtomicU64]>);

/// Two forked processes that return each number and note which one they are at, and the two
/// threads that send and receive.
pub(super) struct Least {
    state: Arc<State>,
    threads: Vec<JoinHandle<()>>,
    _peers: Vec<Peer>,
}

struct State {
    queue: Mutex<Queue>,
    /// Where the thread that sends waits.
    queued: Condvar,
    /// Where the caller waits.
    received: Condvar,
}

#[derive(Default)]
struct Queue {
    tasks: Vec<u64>,
    words: Arc<[AtomicU64]>,
    sender_waits: bool,
    is_closed: bool,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no panic")
    }

    fn submit(&self, number: u64) -> usize {
        let mut queue = self.lock();
        queue.tasks.push(number);
        if std::mem::take(&mut queue.sender_waits) {
            self.queued.notify_one();
        }
        number as usize
    }

    fn wait(&self, words: &[AtomicU64], place: usize) -> u64 {
        // Acquire: its partner is the Release in `receive`.
        let result = || Some(words[place].load(Acquire)).filter(|result| *result != OPEN);
        result().unwrap_or_else(|| {
            let is_open = |_: &mut Queue| result().is_none();
            drop(self.received.wait_while(self.lock(), is_open).expect("no panic"));
            result().expect("it is there")
        })
    }

    fn send(&self, mut workers: Vec<UnixStream>, sent: &Sender<Sent>) {
        for worker in (0..workers.len()).cycle() {
            let mut queue = self.lock();
            while queue.tasks.is_empty() && !queue.is_closed {
                queue.sender_waits = true;
                queue = self.queued.wait(queue).expect("no panic");
            }
            let rest = queue.tasks.len().min(MOST);
            let rest = queue.tasks.split_off(rest);
            let tasks = std::mem::replace(&mut queue.tasks, rest);
            let words = Arc::clone(&queue.words);
            drop(queue);
            if tasks.is_empty() {
                return;
            }
            let mut message = (tasks.len() as u64).to_ne_bytes().to_vec();
            message.extend(tasks.iter().flat_map(|task| task.to_ne_bytes()));
            let _ = sent.send((worker, tasks, words));
            workers[worker].write_all(&message).expect("it lives");
        }
    }

    fn receive(&self, mut workers: Vec<UnixStream>, sent: &Receiver<Sent>) {
        for (worker, tasks, words) in sent {
            let mut message = vec![0; tasks.len() * 8];
            workers[worker].read_exact(&mut message).expect("it lives");
            for (task, result) in tasks.iter().zip(message.chunks_exact(8)) {
                let result = u64::from_ne_bytes(result.try_into().expect("it is eight"));
                // Release: its partner is the Acquire in `wait`.
                words[*task as usize].store(result, Release);
            }
            // The caller may have seen that a word is open, and not wait yet.
            drop(self.lock());
            self.received.notify_one();
        }
    }
}

impl Least {
    pub(super) fn start() -> Self {
        let mut ends: Vec<UnixStream> = Vec::new();
        let peers = (0..WORKERS).map(|_| {
            let (end, other) = UnixStream::pair().expect("there is room for two sockets");
            let status = Shared::<AtomicU64>::new().expect("there is memory");
            let peer = Peer::start_anywhere(|| {
                // What it has of its sibling's socket would hide its end.
                ends.clear();
                run(other, &status);
            });
            ends.push(end);
            peer
        });
        let peers = peers.collect();
        let queue = Mutex::new(Queue::default());
        let state = Arc::new(State { queue, queued: Condvar::new(), received: Condvar::new() });
        let (sender, sent) = channel();
        let others = ends.iter().map(|end| end.try_clone().expect("there is room")).collect();
        let (sends, receives) = (Arc::clone(&state), Arc::clone(&state));
        let threads = vec![
            thread::spawn(move || sends.send(ends, &sender)),
            thread::spawn(move || receives.receive(others, &sent)),
        ];
        Self { state, threads, _peers: peers }
    }

    /// Submits the numbers below this, each for a handle, and waits for each; returns the sum.
    pub(super) fn echo(&mut self, tasks: u64) -> u64 {
        let words: Arc<[_]> = (0..tasks).map(|_| AtomicU64::new(OPEN)).collect();
        self.state.lock().words = Arc::clone(&words);
        let handles: Vec<_> = (0..tasks).map(|number| self.state.submit(number)).collect();
        handles.into_iter().map(|handle| self.state.wait(&words, handle)).sum()
    }
}

impl Drop for Least {
    fn drop(&mut self) {
        self.state.lock().is_closed = true;
        self.state.queued.notify_one();
        self.threads.drain(..).for_each(|thread| thread.join().expect("no panic"));
    }
}

/// The worker.
fn run(mut socket: UnixStream, status: &AtomicU64) {
    const RUNS: u64 = 1;
    const FINISHED: u64 = 2;
    let mut count = [0; 8];
    while socket.read_exact(&mut count).is_ok() {
        let mut message = vec![0; u64::from_ne_bytes(count) as usize * 8];
        socket.read_exact(&mut message).expect("it is sent");
        for place in message.chunks_exact_mut(8) {
            let number = u64::from_ne_bytes((&*place).try_into().expect("it is eight"));
            let (runs, finished) = (number << 2 | RUNS, number << 2 | FINISHED);
            status.store(runs, Release);
            // Here the task runs, which returns its number.
            let not_doomed = status.compare_exchange(runs, finished, AcqRel, Acquire);
            not_doomed.expect("nobody dooms it");
            place.copy_from_slice(&number.to_ne_bytes());
        }
        socket.write_all(&message).expect("it is read");
    }
}
