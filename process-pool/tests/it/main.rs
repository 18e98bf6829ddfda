//! Every claim of the topic `process-pool`, as a test with a sentence for a name.

mod awaiting;
mod command_line;
mod death;
mod end_of_a_run;
mod ends;
mod failures;
mod many;
mod no_worker;
mod promises;
mod python;
mod readme;
mod submit;
mod traffic;
mod workers;

use std::path::Path;

use process_pool::job::Job;
use process_pool::{Builder, Pool};

/// This topic's binary: what the pools start as their workers.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-pool"))
}

fn builder(workers: usize) -> Builder {
    Builder::new().workers(workers).program(program())
}

fn pool(workers: usize) -> Pool<Job> {
    builder(workers).build().expect("the binary was built")
}
