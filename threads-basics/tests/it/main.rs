//! Every claim of the topic `threads-basics`, as a test with a sentence for a name.

mod broken;
mod command_line;
mod jobs;
mod join;
mod local;
mod names;
mod orderings;
mod park;
mod python;
mod readme;
mod schedules;
mod scope;
mod spawn;
mod worker;

/// For the lessons' own files, which `orderings` compiles once more.
use threads_basics::Meeting;
