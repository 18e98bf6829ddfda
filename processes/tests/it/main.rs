//! Every claim of the topic `processes`, as a test with a sentence for a name.

mod command_line;
mod end_of_a_run;
mod readme;
mod spawn_and_wait;

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// This topic's binary: what the lessons start as their child. The README's test calls Cargo, which may put another build
/// of it in its place meanwhile; so the file is kept open, and started by its descriptor where the system has paths for these.
fn program() -> &'static Path {
    static PROGRAM: LazyLock<(File, PathBuf)> = LazyLock::new(|| {
        let path = PathBuf::from(env!("CARGO_BIN_EXE_processes"));
        let file = File::open(&path).expect("the binary was built");
        let open = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
        let path = if open.exists() { open } else { path };
        (file, path)
    });
    &PROGRAM.1
}

/// Waits until the condition holds; a minute without it is a failure.
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
