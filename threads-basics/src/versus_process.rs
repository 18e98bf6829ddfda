//! The same change, made by a thread and by a child process: who sees it, and what starting either
//! costs.
//!
//! What is changed: a static, a list on the heap, and a variable of the thread's own. The child is
//! this program once more. It has a static of that name as well, at an address of its own; the list
//! is sent to it as text, since an address would mean nothing there.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::real::lane::{self, finish};
use crate::role;

/// `Relaxed` everywhere: what is read after a thread's end is ordered by its join.
static STATIC: AtomicU32 = AtomicU32::new(0);

thread_local!(static LOCAL: Cell<u32> = const { Cell::new(0) });

/// There is but one static: one run at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Shows what someone sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// In which process.
    pub process: u32,
    /// The static, which is 0 at the start.
    pub in_static: u32,
    /// The list on the heap, which is `[20, 30, 10]` at the start.
    pub list: Vec<u32>,
    /// The thread-local variable, which is 0 at the start in every thread.
    pub local: u32,
}

/// Shows what both see after the change: the static and the local one more, the list one longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// What the one that made it sees.
    pub inside: View,
    /// What its starter sees, once that one has ended.
    pub starter: View,
}

/// Lets a thread make the change.
///
/// # Panics
/// If the system has no room for another thread.
///
/// # Blocking
/// Until the thread has ended, and while another run lasts: there is one static for all.
pub fn by_thread() -> Views {
    let _turn = begin();
    let list = Arc::new(Mutex::new(start()));
    let theirs = Arc::clone(&list);
    let inside = finish(lane::start("t1", move || change(&mut lock(&theirs))));
    Views { inside, starter: view(&lock(&list)) }
}

/// Lets a child process make the change: `program` once more, which has to call [`role::play`]
/// first.
///
/// # Errors
/// The child cannot be started, ends otherwise than well, or says something else than what it sees.
///
/// # Blocking
/// As [`by_thread`], and not longer than [`DEADLINE`](crate::child::DEADLINE) for the child.
pub fn by_process(program: &Path) -> io::Result<Views> {
    let _turn = begin();
    let list = start();
    let sent = list.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let said = role::started(program, &format!("change:{sent}"))?;
    let inside =
        View::read(&said).ok_or_else(|| io::Error::other(format!("the child said {said:?}")))?;
    Ok(Views { inside, starter: view(&list) })
}

/// What the child does: makes the change in its own memory, and says what it sees, the only way in
/// which anybody will learn of it.
///
/// # Errors
/// The list that it was sent is none, or nobody reads what is written.
pub fn change_and_tell(list: &str) -> io::Result<()> {
    let mut list = numbers(list).ok_or(io::ErrorKind::InvalidInput)?;
    let View { process, in_static, list, local } = change(&mut list);
    let list = list.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    writeln!(io::stdout(), "{process} {in_static} {list} {local}")
}

/// Shows what starting and waiting for the end costs: the medians of so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Of a thread that does nothing.
    pub thread: Duration,
    /// Of this program, which does nothing.
    pub process: Duration,
}

/// Starts a thread and a process that do nothing, by turns, `times` times each.
///
/// # Errors
/// A child cannot be started, or ends otherwise than well.
///
/// # Panics
/// If `times` is 0.
pub fn cost(program: &Path, times: usize) -> io::Result<Cost> {
    let (mut threads, mut processes) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let began = Instant::now();
        finish(thread::spawn(|| {}));
        threads.push(began.elapsed());
        let began = Instant::now();
        role::started(program, "nothing")?;
        processes.push(began.elapsed());
    }
    Ok(Cost { thread: median(threads), process: median(processes) })
}

impl View {
    fn read(line: &str) -> Option<Self> {
        let [process, in_static, list, local] = *line.split_whitespace().collect::<Vec<_>>() else {
            return None;
        };
        let (process, in_static) = (process.parse().ok()?, in_static.parse().ok()?);
        Some(Self { process, in_static, list: numbers(list)?, local: local.parse().ok()? })
    }
}

fn begin() -> MutexGuard<'static, ()> {
    let turn = lock(&TURN);
    STATIC.store(0, Relaxed);
    LOCAL.set(0);
    turn
}

fn start() -> Vec<u32> {
    vec![20, 30, 10]
}

/// The change, wherever it is made.
fn change(list: &mut Vec<u32>) -> View {
    STATIC.fetch_add(1, Relaxed);
    LOCAL.set(LOCAL.get() + 1);
    list.push(5);
    view(list)
}

fn view(list: &[u32]) -> View {
    let (in_static, local) = (STATIC.load(Relaxed), LOCAL.get());
    View { process: std::process::id(), in_static, list: list.to_vec(), local }
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split(',').map(|number| number.parse().ok()).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn lock<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
