//! The same change, made by a thread and by a child process: where it is visible, and what starting
//! either costs.
//!
//! A static, a list on the heap, and a thread-local are changed. The child is this program once more.
//! It has a static of that name as well, in an address space of its own; the list is sent to it as
//! text, since an address would mean nothing there.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry, stdout};
use kit::real::lane::{finish, lock, start};

use crate::together::numbers;

/// `Relaxed` everywhere: what is read after a thread's end is ordered by its join.
static STATIC: AtomicU64 = AtomicU64::new(0);

thread_local!(static LOCAL: Cell<u64> = const { Cell::new(0) });

/// The state that a thread or a process sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The process ID (PID).
    pub process: u64,
    /// The static, which is 0 at the start.
    pub in_static: u64,
    /// The list on the heap, which is `[20, 30, 10]` at the start.
    pub list: Vec<u64>,
    /// The thread-local variable, which is 0 at the start in every thread.
    pub local: u64,
}

/// Lets a thread make the change: the static and the local one more, the list one longer. Returns what
/// that one sees, and what its parent sees once it has ended. There is one static for all runs.
pub fn by_thread() -> [View; 2] {
    let list = Arc::new(Mutex::new(begin()));
    let theirs = Arc::clone(&list);
    let inside = finish(start("t1", move || change(&mut lock(&theirs))));
    [inside, view(&lock(&list))]
}

/// Lets a child process make the change, entered at [`CHANGE`].
pub fn by_process(program: &Path) -> io::Result<[View; 2]> {
    let list = begin();
    let said = stdout(CHANGE.command(program).args(list.iter().map(u64::to_string)), DEADLINE)?;
    let [process, in_static, local, changed @ ..] = &numbers(said.split_whitespace())?[..] else {
        return Err(io::Error::other(format!("the child said {said:?}")));
    };
    let (process, in_static, local) = (*process, *in_static, *local);
    Ok([View { process, in_static, list: changed.to_vec(), local }, view(&list)])
}

/// The child makes the change in its own memory, and writes its state to the pipe, which is all that
/// its parent learns of it.
pub const CHANGE: Entry = Entry { name: "change", run: change_and_write };

/// The child does nothing: what starting it costs.
pub const NOTHING: Entry = Entry { name: "nothing", run: |_| Ok(()) };

fn change_and_write(arguments: &[String]) -> io::Result<()> {
    let View { process, in_static, list, local } = change(&mut numbers(arguments)?);
    let list = list.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    writeln!(io::stdout(), "{process} {in_static} {local} {list}")
}

/// Starts a thread that does nothing, and a process, by turns, `times` times each, and waits for its
/// end; returns the medians of what that cost.
pub fn cost(program: &Path, times: usize) -> io::Result<[Duration; 2]> {
    let (mut threads, mut processes) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let began = Instant::now();
        finish(thread::spawn(|| {}));
        threads.push(began.elapsed());
        let began = Instant::now();
        stdout(&mut NOTHING.command(program), DEADLINE)?;
        processes.push(began.elapsed());
    }
    Ok([threads, processes].map(median))
}

/// Makes everything as it is at the start; returns the list.
fn begin() -> Vec<u64> {
    STATIC.store(0, Relaxed);
    LOCAL.set(0);
    vec![20, 30, 10]
}

fn change(list: &mut Vec<u64>) -> View {
    STATIC.fetch_add(1, Relaxed);
    LOCAL.set(LOCAL.get() + 1);
    list.push(5);
    view(list)
}

fn view(list: &[u64]) -> View {
    let (in_static, local) = (STATIC.load(Relaxed), LOCAL.get());
    View { process: std::process::id().into(), in_static, list: list.to_vec(), local }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
