//! Every claim of the topic `coroutines`, as a test with a sentence for a name.

mod command_line;
mod executor;
mod future;
mod generator;
mod inbox_orderings;
mod readme;
mod tasks;
