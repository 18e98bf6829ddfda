//! Every claim of the topic `threads-basics`, as a test with a sentence for a name.

mod command_line;
mod jobs;
mod join;
mod python;
mod readme;
mod schedules;
mod spawn;
