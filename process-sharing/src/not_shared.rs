//! Two plain variables, a static and a value on the heap, changed by a thread and by a child
//! process.
//!
//! Both run the same function. A thread finds the variables of its process; a process has variables
//! of its own, under the same names.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use kit::child::Entry;
use kit::process_lane::PARENT;
use tracing::info_span;

use crate::child::TalkingChild;
use crate::parent::{Parent, number, words};

/// The static, which is 0 when a process begins, in each process.
///
/// Relaxed is enough: the process that reads has joined the thread, or reaped the child, that
/// wrote.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Keeps two runs in one process apart: there is only one static.
static TURN: Mutex<()> = Mutex::new(());

/// The value of both variables in the parent before anything happens.
pub const START: u32 = 10;

/// A variable, as one process has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: u32,
    /// Its virtual address in that process.
    pub address: usize,
}

/// Both variables, as one process has them: the static, and the value on the heap.
pub type Variables = [Variable; 2];

/// The result of a run: the variables as the thread or child has them that changed them, and as
/// the parent has them afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotShared {
    /// In the thread or child, when it has added 1 to both.
    pub changer: Variables,
    /// In the parent, after that thread or child has ended.
    pub parent: Variables,
}

fn read(heap: &AtomicU32) -> Variables {
    [&COUNTER, heap].map(|variable| Variable {
        value: variable.load(Relaxed),
        address: std::ptr::from_ref(variable).addr(),
    })
}

/// Adds 1 to both variables, in the thread and in the child process alike.
fn change(heap: &AtomicU32) -> Variables {
    COUNTER.fetch_add(1, Relaxed);
    heap.fetch_add(1, Relaxed);
    read(heap)
}

/// Sets both variables of this process, runs `change`, and reads them again.
fn run(change: impl FnOnce(&AtomicU32) -> io::Result<Variables>) -> io::Result<NotShared> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let heap = Box::new(AtomicU32::new(START));
    COUNTER.store(START, Relaxed);
    let changer = change(&heap)?;
    Ok(NotShared { changer, parent: read(&heap) })
}

/// Lets a thread change the variables.
pub fn by_a_thread(_: &Path) -> io::Result<NotShared> {
    run(|heap| {
        let _parent = PARENT.waits("the thread's end", "thread");
        let body = || {
            let _runs = info_span!("runs", what = "adds 1");
            change(heap)
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("thread".into()).spawn_scoped(scope, body)?;
            Ok(thread.join().expect("it does not panic"))
        })
    })
}

/// Lets a child process change the variables. It is given the value on the heap as an argument, for
/// it could not find it; the static it has, or so it looks.
pub fn by_a_process(program: &Path) -> io::Result<NotShared> {
    run(|_| {
        let mut child = TalkingChild::start(program, &CHILD, "child", &[], &[&START.to_string()])?;
        let _runs = child.lane().runs("adds 1");
        let _waits = PARENT.waits("the child's exit", "child");
        let mut variable = || {
            let line = child.recv_line()?;
            let (value, address) = line.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
            Ok::<_, io::Error>(Variable { value: number(value)?, address: number(address)? })
        };
        let report = [variable()?, variable()?];
        child.succeeds().map(|()| report)
    })
}

/// The child: puts the value that it was given on its heap, changes both variables of its own, and
/// reports them.
pub const CHILD: Entry = Entry { name: "not-shared", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [value] = words(arguments)?;
    let heap = Box::new(AtomicU32::new(number(value)?));
    let parent = Parent::listen()?;
    change(&heap)
        .iter()
        .try_for_each(|Variable { value, address }| parent.send_line(format!("{value} {address}")))
}
