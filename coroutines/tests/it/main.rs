//! Every claim of the topic `coroutines`, as a test with a sentence for a name.

mod at_once;
mod command_line;
mod echo;
mod generator;
mod lost;
mod python;
mod readme;
mod thread_kept;
