//! Every claim of the topic `threads-basics`, as a test with a sentence for a name.

mod command_line;
mod python;
mod readme;
mod spawn;
