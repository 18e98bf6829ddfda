//! The least that a pool has to do for a task that has a handle, and that no death of a worker
//! loses: the bare loop over the bare sockets, with nothing of a pool that can be done once for
//! many tasks.
//!
//! - A task is queued under a lock: `submit` never blocks, any thread may call it, and the task is
//!   run although its caller does nothing more. So one thread sends, all that is queued as a
//!   message.
//! - It is kept until its answer is here, for its worker may die.
//! - Its worker notes in shared memory, by one compare-and-swap, that it has finished a task and
//!   begins the next: a watchdog that dooms the task at that moment has to know which was first.
//! - Another thread receives the answers, for the tasks of a caller that does not wait are ended as
//!   well, and stores each result in a word, where its handle finds it.
//!
//! No handle or its memory is counted: a handle is the place of a word. The tasks are plain
//! numbers, which are copied, or [`Bytes`]: a pool whose tasks are of any type cannot leave out
//! that a task becomes bytes and is read from them, and its result likewise.
//!
//! Tasks that compute go one to a message, two under way to each worker, as over the bare sockets.

use std::io::{BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use process_sharing::shared_memory::Shared;

use super::carried::{Bytes, Carried, Message};
use super::peer::Peer;
use super::{Echo, WORKERS, work};

/// The most tasks of a message.
pub(super) const MOST: usize = 2048;
/// The word of a task that has no result.
const OPEN: u64 = u64::MAX;

/// A task, which can be told apart by its number.
pub(super) trait Task: Carried {
    type Output: Carried + Into<u64>;

    fn of(number: u64, steps: u32) -> Self;
    fn number(&self) -> u64;
    fn run(self) -> Self::Output;
}

/// A number is its own result.
impl Task for u64 {
    type Output = Self;

    fn of(number: u64, _: u32) -> Self {
        number
    }

    fn number(&self) -> u64 {
        *self
    }

    fn run(self) -> Self {
        self
    }
}

impl Task for Bytes<Echo> {
    type Output = Bytes<u64>;

    fn of(number: u64, steps: u32) -> Self {
        Self(Echo { number, steps })
    }

    fn number(&self) -> u64 {
        self.0.number
    }

    fn run(self) -> Bytes<u64> {
        work(self.0.steps);
        Bytes(self.0.number)
    }
}

impl From<Bytes<u64>> for u64 {
    fn from(bytes: Bytes<u64>) -> Self {
        bytes.0
    }
}

/// How much goes to a worker at a time.
#[derive(Clone, Copy)]
pub(super) struct Share {
    /// The most tasks of a message.
    pub(super) tasks: usize,
    /// The most messages under way to a worker.
    pub(super) messages: usize,
}

/// Tasks that were sent in a message: for which worker, what they are, and where their results go.
type Sent<T> = (usize, Vec<T>, Arc<[AtomicU64]>);

/// Two forked processes that return each number and note which one they are at, and the two
/// threads that send and receive.
pub(super) struct Least<T: Task> {
    state: Arc<State<T>>,
    threads: Vec<JoinHandle<()>>,
    _peers: Vec<Peer>,
}

struct State<T> {
    queue: Mutex<Queue<T>>,
    /// Where the thread that sends waits.
    queued: Condvar,
    /// Where the caller waits.
    received: Condvar,
    share: Share,
}

struct Queue<T> {
    tasks: Vec<T>,
    words: Arc<[AtomicU64]>,
    /// The messages that each worker has been sent and not answered.
    under_way: [usize; WORKERS],
    sender_waits: bool,
    is_closed: bool,
}

impl<T: Task> State<T> {
    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().expect("no panic")
    }

    fn submit(&self, number: u64, steps: u32) -> usize {
        let mut queue = self.lock();
        queue.tasks.push(T::of(number, steps));
        if std::mem::take(&mut queue.sender_waits) {
            self.queued.notify_one();
        }
        number as usize
    }

    fn wait(&self, words: &[AtomicU64], place: usize) -> u64 {
        // Acquire: its partner is the Release in `receive`.
        let result = || Some(words[place].load(Acquire)).filter(|result| *result != OPEN);
        result().unwrap_or_else(|| {
            let is_open = |_: &mut Queue<T>| result().is_none();
            drop(self.received.wait_while(self.lock(), is_open).expect("no panic"));
            result().expect("it is there")
        })
    }

    fn send(&self, mut workers: Vec<UnixStream>, sent: &Sender<Sent<T>>) {
        let mut message = Message::new();
        // What was queued is taken as a whole: to move the rest of it for each message takes longer
        // than all else.
        let mut taken = Vec::new().into_iter();
        for worker in (0..workers.len()).cycle() {
            let mut queue = self.lock();
            while queue.under_way[worker] == self.share.messages
                || taken.as_slice().is_empty() && queue.tasks.is_empty() && !queue.is_closed
            {
                queue.sender_waits = true;
                queue = self.queued.wait(queue).expect("no panic");
            }
            queue.under_way[worker] += 1;
            if taken.as_slice().is_empty() {
                taken = std::mem::take(&mut queue.tasks).into_iter();
            }
            let words = Arc::clone(&queue.words);
            drop(queue);
            let tasks: Vec<_> = taken.by_ref().take(self.share.tasks).collect();
            if tasks.is_empty() {
                return;
            }
            let message = message.write::<T, _>(tasks.iter());
            let _ = sent.send((worker, tasks, words));
            workers[worker].write_all(message).expect("it lives");
        }
    }

    fn receive(&self, mut workers: Vec<BufReader<UnixStream>>, sent: &Receiver<Sent<T>>) {
        let mut message = Message::new();
        for (worker, tasks, words) in sent {
            let mut results = message.receive(&mut workers[worker]).expect("it lives");
            for task in tasks {
                let result = T::Output::take(&mut results).into();
                // Release: its partner is the Acquire in `wait`.
                words[task.number() as usize].store(result, Release);
            }
            // With the lock: the caller may have seen that a word is open, and not wait yet.
            let mut queue = self.lock();
            queue.under_way[worker] -= 1;
            let sender_waits = std::mem::take(&mut queue.sender_waits);
            drop(queue);
            if sender_waits {
                self.queued.notify_one();
            }
            self.received.notify_one();
        }
    }
}

impl<T: Task> Least<T> {
    pub(super) fn start(share: Share) -> Self {
        let mut ends: Vec<UnixStream> = Vec::new();
        let peers = (0..WORKERS).map(|_| {
            let (end, other) = UnixStream::pair().expect("there is room for two sockets");
            let status = Shared::<AtomicU64>::new().expect("there is memory");
            let peer = Peer::start_anywhere(|| {
                // What it has of its sibling's socket would hide its end.
                ends.clear();
                run::<T>(other, &status);
            });
            ends.push(end);
            peer
        });
        let peers = peers.collect();
        let (tasks, words) = (Vec::new(), Arc::new([]));
        let under_way = [0; WORKERS];
        let queue = Queue { tasks, words, under_way, sender_waits: false, is_closed: false };
        let state = Arc::new(State {
            queue: Mutex::new(queue),
            queued: Condvar::new(),
            received: Condvar::new(),
            share,
        });
        let (sender, sent) = channel();
        let others = ends.iter().map(|end| end.try_clone().expect("there is room"));
        let others = others.map(BufReader::new).collect();
        let (sends, receives) = (Arc::clone(&state), Arc::clone(&state));
        let threads = vec![
            thread::spawn(move || sends.send(ends, &sender)),
            thread::spawn(move || receives.receive(others, &sent)),
        ];
        Self { state, threads, _peers: peers }
    }

    /// Submits the numbers below this, each for a handle, and waits for each; returns the sum.
    pub(super) fn echo(&mut self, tasks: u64, steps: u32) -> u64 {
        let words: Arc<[_]> = (0..tasks).map(|_| AtomicU64::new(OPEN)).collect();
        self.state.lock().words = Arc::clone(&words);
        let handles: Vec<_> = (0..tasks).map(|number| self.state.submit(number, steps)).collect();
        handles.into_iter().map(|handle| self.state.wait(&words, handle)).sum()
    }
}

impl<T: Task> Drop for Least<T> {
    fn drop(&mut self) {
        self.state.lock().is_closed = true;
        self.state.queued.notify_one();
        self.threads.drain(..).for_each(|thread| thread.join().expect("no panic"));
    }
}

/// The worker.
fn run<T: Task>(socket: UnixStream, status: &AtomicU64) {
    const RUNS: u64 = 1;
    const FINISHED: u64 = 2;
    let (mut tasks, mut results) = (Message::new(), Message::new());
    let mut number = 0;
    let mut socket = BufReader::new(socket);
    while let Ok(mut tasks) = tasks.receive(&mut socket) {
        status.store(number << 2 | RUNS, Relaxed);
        let each = std::iter::from_fn(|| {
            let result = (!tasks.is_empty()).then(|| T::take(&mut tasks).run())?;
            let runs = number << 2 | RUNS;
            let next = if tasks.is_empty() { number << 2 | FINISHED } else { runs + 4 };
            // Relaxed: nobody reads other memory because of what it says.
            let not_doomed = status.compare_exchange(runs, next, Relaxed, Relaxed);
            not_doomed.expect("nobody dooms it");
            number += 1;
            Some(result)
        });
        let message = results.write::<T::Output, _>(each);
        socket.get_mut().write_all(message).expect("it is read");
    }
}
