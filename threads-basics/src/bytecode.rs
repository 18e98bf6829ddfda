//! The programs of the small interpreter in [`real::gil`](crate::real::gil): a few opcodes for a
//! stack machine, with the names of `CPython`'s. A program that is to repeat something less than once
//! panics.

/// An opcode: one step of a program. What the interpreter does between two, it does between any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Puts a number on the stack.
    LoadConst(i64),
    /// Puts one of the thread's own variables on the stack.
    LoadFast(usize),
    /// Takes a number from the stack into one of the thread's own variables.
    StoreFast(usize),
    /// Puts `count`, which all threads share, on the stack.
    LoadGlobal,
    /// Takes a number from the stack into `count`.
    StoreGlobal,
    /// Replaces the two numbers on top of the stack by their sum.
    Add,
    /// Takes a number from the stack; goes back to the opcode of that index unless it is 0.
    JumpBackIf(usize),
    /// Waits for input, with the interpreter's lock released, and puts the number that came, 1, on the
    /// stack.
    Read,
    /// The same, but keeps the interpreter's lock: an extension in C whose author forgot to release it.
    ReadHolding,
    /// Acquires the program's own lock, `threading.Lock` in Python.
    Acquire,
    /// Releases the program's own lock.
    Release,
    /// Ends the program with the number on top of the stack.
    Return,
}

/// The number of variables that each thread has.
pub const VARIABLES: usize = 2;

/// Counts down in a loop; what is added up stands in the other one.
const LEFT: usize = 0;
const SUM: usize = 1;

/// `count += 1` as opcodes: between any two of them the lock may go to another thread.
pub const COUNT: [Op; 4] = [Op::LoadGlobal, Op::LoadConst(1), Op::Add, Op::StoreGlobal];

/// Returns a program that adds up the numbers from 1 to `last`.
pub fn add_up(last: i64) -> Vec<Op> {
    summed(last, Op::LoadFast(LEFT))
}

/// Returns a program of `times` times `count += 1`.
pub fn count(times: i64) -> Vec<Op> {
    ended(repeat(times, &COUNT))
}

/// Returns a program of `times` times `with lock: count += 1`.
pub fn count_locked(times: i64) -> Vec<Op> {
    let [load, one, add, store] = COUNT;
    ended(repeat(times, &[Op::Acquire, load, one, add, store, Op::Release]))
}

/// Returns the program `count += read()`: the value is loaded before the lock is released, and stored
/// after it was acquired again.
pub fn count_read() -> Vec<Op> {
    ended(vec![Op::LoadGlobal, Op::Read, Op::Add, Op::StoreGlobal])
}

/// Returns a program that reads `times` times, by [`Op::Read`] or by [`Op::ReadHolding`], and adds up
/// what came.
pub fn read(times: i64, read: Op) -> Vec<Op> {
    summed(times, read)
}

/// Returns a program that adds up what an opcode puts on the stack in each of `times` rounds.
fn summed(times: i64, addend: Op) -> Vec<Op> {
    let mut program = repeat(times, &[Op::LoadFast(SUM), addend, Op::Add, Op::StoreFast(SUM)]);
    program.extend([Op::LoadFast(SUM), Op::Return]);
    program
}

/// Returns a loop of `times` rounds; one round needs no loop.
fn repeat(times: i64, body: &[Op]) -> Vec<Op> {
    assert!(times >= 1, "a loop that counts down from {times} does not end");
    if times == 1 && !body.contains(&Op::LoadFast(LEFT)) {
        return body.to_vec();
    }
    let mut program = vec![Op::LoadConst(times), Op::StoreFast(LEFT)];
    let start = program.len();
    program.extend_from_slice(body);
    program.extend([Op::LoadFast(LEFT), Op::LoadConst(-1), Op::Add, Op::StoreFast(LEFT)]);
    program.extend([Op::LoadFast(LEFT), Op::JumpBackIf(start)]);
    program
}

fn ended(mut program: Vec<Op>) -> Vec<Op> {
    program.extend([Op::LoadConst(0), Op::Return]);
    program
}
