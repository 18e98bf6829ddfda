//! Two plain variables, a static and a value on the heap, changed by another: by a thread, and by a
//! child process.
//!
//! Both do it by the same function. A thread finds the variables of its process; a process has its
//! own, of the same names.

use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use tracing::{Span, info_span};

use crate::child::{DEADLINE, ask};
use crate::role::Role;

/// The static. It is 0 when a process begins: in each process that has it.
///
/// Relaxed is enough for it: whoever reads has joined the thread, or awaited the process, that
/// wrote.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Keeps two runs in one process apart: there is only one static.
static TURN: Mutex<()> = Mutex::new(());

/// What both variables of the parent are before anything happens.
pub const START: u32 = 10;

/// A variable as someone saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: u32,
    /// Where it is, in the memory of the process that looked.
    pub address: usize,
}

/// Both variables, as seen in one process at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The process.
    pub pid: u32,
    /// The static.
    pub counter: Variable,
    /// The value on the heap.
    pub heap: Variable,
}

/// What the one who changed the variables saw, and what their owner saw afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The thread or child, when it had added 1 to both.
    pub changer: Seen,
    /// The parent, after that thread or child had ended.
    pub parent: Seen,
}

fn look(heap: &AtomicU32) -> Seen {
    let at = |variable: &AtomicU32| Variable {
        value: variable.load(Relaxed),
        address: std::ptr::from_ref(variable).addr(),
    };
    Seen { pid: std::process::id(), counter: at(&COUNTER), heap: at(heap) }
}

/// Adds 1 to both variables: what the thread does, and what the child process does.
fn change(heap: &AtomicU32) -> Seen {
    COUNTER.fetch_add(1, Relaxed);
    heap.fetch_add(1, Relaxed);
    look(heap)
}

/// Sets both variables of this process, lets `change` run, and looks at them again.
fn run<E>(change: impl FnOnce(&AtomicU32) -> Result<Seen, E>) -> Result<Outcome, E> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let heap = Box::new(AtomicU32::new(START));
    COUNTER.store(START, Relaxed);
    let changer = change(&heap)?;
    Ok(Outcome { changer, parent: look(&heap) })
}

/// Opens a span in the lane of the parent or of the child, as the parent knows it. The thread has
/// its own, by its name.
fn lane(name: &str, what: impl FnOnce() -> Span) -> Span {
    info_span!("lane", lane = name).in_scope(what)
}

/// Lets a thread change them.
///
/// # Panics
/// If the system has no room for another thread.
pub fn by_a_thread() -> Outcome {
    let outcome = run(|heap| {
        let _parent =
            lane("parent", || info_span!("waits", what = "the thread's end", from = "thread"));
        let body = || {
            let _runs = info_span!("runs", what = "adds 1");
            change(heap)
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("thread".into()).spawn_scoped(scope, body);
            thread.expect("the system has room for another thread").join()
        })
    });
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Lets a child process change them: `program`, which has to be this topic's binary. The value on
/// the heap is handed over, for the child could not find it; the static is not, for the child has
/// it, or so it looks.
///
/// # Errors
/// The program cannot be started, fails, or reports something else.
pub fn by_a_process(program: &Path) -> io::Result<Outcome> {
    run(|_| {
        let _parent =
            lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
        let _child = lane("child", || info_span!("runs", what = "adds 1"));
        let report = ask(program, Role::Change(START), DEADLINE)?;
        report.parse().map_err(io::Error::other)
    })
}

/// Changes the variables of this process, which is the child, and has just begun. What was handed
/// over becomes a value on its heap.
pub(crate) fn in_a_child(handed_over: u32) -> Seen {
    change(&Box::new(AtomicU32::new(handed_over)))
}

/// One line: how a child reports.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, counter, heap } = self;
        write!(f, "{pid} {} {} {} {}", counter.value, counter.address, heap.value, heap.address)
    }
}

impl FromStr for Seen {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let numbers: Result<Vec<u64>, _> = line.split_whitespace().map(str::parse).collect();
        let wrong = || format!("{line:?} is no report");
        let [pid, counter, counter_at, heap, heap_at] = numbers
            .ok()
            .and_then(|numbers| <[u64; 5]>::try_from(numbers).ok())
            .ok_or_else(wrong)?;
        let small = |number| u32::try_from(number).map_err(|_| wrong());
        let variable = |value, address| {
            let address = usize::try_from(address).map_err(|_| wrong())?;
            Ok::<_, String>(Variable { value: small(value)?, address })
        };
        Ok(Self {
            pid: small(pid)?,
            counter: variable(counter, counter_at)?,
            heap: variable(heap, heap_at)?,
        })
    }
}
