//! Every claim of the topic `singleton`, as a test with a sentence for a name.

mod command_line;
mod plain;
mod python;
mod readme;
