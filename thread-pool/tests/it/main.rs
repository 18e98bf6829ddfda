//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod back_pressure;
mod channel;
mod command_line;
mod readme;
mod stealing;
mod unbounded;
