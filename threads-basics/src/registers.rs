//! What each thread has for itself beside its thread-locals: a stack and registers, the stack
//! pointer and the program counter among them. Two threads are looked at from outside, while both
//! are blocked.

use std::fs;
use std::io::{Read, pipe};
use std::ops::Range;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::procfs::{Registers, Task};
use crate::real::lane::finish;

/// A blocked thread, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Its stack: the memory that its stack pointer is in.
    pub stack: Range<u64>,
    /// The address of a local variable of its function, as the thread itself has it.
    pub local: u64,
    /// Its registers.
    pub registers: Registers,
}

/// Looks at two threads, of which one waits for a message and one for input; `None` where the
/// system does not tell.
pub fn of_two_threads() -> Option<[Blocked; 2]> {
    let (message, messages) = channel::<()>();
    let (mut input, output) = pipe().ok()?;
    let (said, locals) = channel();
    let theirs = said.clone();
    let (t1, task1) = Task::start("t1", move || {
        let local = 1_u8;
        let _ = said.send((&raw const local).addr());
        messages.recv().is_err()
    });
    let first = look(&task1, locals.recv().ok()?);
    let (t2, task2) = Task::start("t2", move || {
        let mut local = [2_u8];
        let _ = theirs.send((&raw const local).addr());
        input.read(&mut local).is_ok()
    });
    let second = look(&task2, locals.recv().ok()?);
    drop((message, output));
    finish(t1);
    finish(t2);
    Some([first?, second?])
}

/// Waits until a thread is blocked, and reads its registers.
fn look(task: &Task, local: usize) -> Option<Blocked> {
    task.wait_for(Some('S'), Duration::from_secs(20));
    let registers = task.registers()?;
    let stack = mapping(registers.stack_pointer)?;
    Some(Blocked { stack, local: local as u64, registers })
}

/// Returns the range of this process's memory that an address is in.
fn mapping(address: u64) -> Option<Range<u64>> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let range = |line: &str| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some(u64::from_str_radix(from, 16).ok()?..u64::from_str_radix(to, 16).ok()?)
    };
    maps.lines().filter_map(range).find(|range| range.contains(&address))
}
