//! What each thread has for itself beside its thread-locals: a stack and registers, the stack pointer
//! and the program counter among them. Two threads are looked at from outside, while both are
//! blocked.

use std::fs;
use std::io::{Read, pipe};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::yield_now;
use std::time::Duration;

use kit::deadline::Deadline;

use crate::procfs::{Registers, Task};
use crate::real::lane::{finish, start};

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

/// Looks at two threads, of which one waits for a message and one for input; `None` where the system
/// does not tell.
pub fn of_two_threads() -> Option<[Blocked; 2]> {
    let (message, messages) = channel::<()>();
    let (mut input, output) = pipe().ok()?;
    let (said, says) = channel();
    let theirs = said.clone();
    let t1 = start("t1", move || {
        let local = 1_u8;
        tell(&said, &local);
        messages.recv().is_err()
    });
    let first = look(&says);
    let t2 = start("t2", move || {
        let mut local = [2_u8];
        tell(&theirs, &local[0]);
        input.read(&mut local).is_ok()
    });
    let second = look(&says);
    drop((message, output));
    finish(t1);
    finish(t2);
    Some([first?, second?])
}

/// Sends the thread's ID, and the address of one of its variables.
fn tell(to: &Sender<(Option<u32>, usize)>, local: &u8) {
    let _ = to.send((Task::me().tid(), std::ptr::from_ref(local).addr()));
}

/// Waits until the thread that has told of itself is blocked, and reads its registers.
fn look(says: &Receiver<(Option<u32>, usize)>) -> Option<Blocked> {
    let (tid, local) = says.recv().ok()?;
    let task = Task::thread(tid?);
    task.wait_for(Some('S'), Duration::from_secs(20));
    let by = Deadline::after(Duration::from_secs(20));
    let registers = loop {
        match task.registers() {
            None if !by.is_over() => yield_now(),
            registers => break registers?,
        }
    };
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
