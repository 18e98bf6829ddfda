//! Every claim of the topic `coroutines`, as a test with a sentence for a name.

mod command_line;
mod generator;
mod readme;
