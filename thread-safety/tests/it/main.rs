//! Every claim of the topic `thread-safety`, as a test with a sentence for a name.

mod check_then_act;
mod command_line;
mod compiler;
mod lost_update;
mod mends;
mod operations;
mod orderings;
mod python;
mod readme;
mod schedules;

// What the sources that `orderings` compiles once more take from their crate.
use thread_safety::Window;
