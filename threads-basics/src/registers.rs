//! What each thread has for itself beside its thread-locals: a stack and registers. Two threads are
//! looked at from outside, while both are blocked.

use std::fs;
use std::io::{Read, pipe};
use std::ops::Range;
use std::sync::mpsc::channel;

use crate::procfs::Task;
use kit::real::lane::finish;

/// A thread that is blocked in a system call, as seen from outside.
#[derive(Debug)]
pub struct Blocked {
    /// Its stack: the memory that its stack pointer is in.
    pub stack: Range<u64>,
    /// The address of a local variable of its function, as the thread itself has it.
    pub local: u64,
    /// The number of the system call.
    pub call: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
    /// The program counter: the address of the next instruction.
    pub program_counter: u64,
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

fn look(task: &Task, local: usize) -> Option<Blocked> {
    task.wait_for(Some('S'));
    let hex = |number: &str| u64::from_str_radix(number, 16).ok();
    // The call's number, its arguments, and these two; while it runs, one word.
    let registers = task.read("syscall")?;
    let (call, rest) = registers.trim_end().split_once(' ')?;
    let (rest, program_counter) = rest.rsplit_once(" 0x")?;
    let [program_counter, stack_pointer] =
        [hex(program_counter)?, hex(rest.rsplit_once(" 0x")?.1)?];
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let range = |line: &str| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some(hex(from)?..hex(to)?)
    };
    let stack = maps.lines().filter_map(range).find(|range| range.contains(&stack_pointer))?;
    let call = call.parse().ok()?;
    Some(Blocked { stack, local: local as u64, call, stack_pointer, program_counter })
}
