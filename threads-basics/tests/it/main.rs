//! Every claim of the topic `threads-basics`, as a test with a sentence for a name.

mod command_line;
mod daemon;
mod gil;
mod oversubscription;
mod python;
mod readme;
mod schedules;
mod spawn;
mod versus_process;

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// This topic's binary: what the lessons start as their child. The README's test calls Cargo, which may put another build
/// of it in its place meanwhile; so the file is kept open, and started by its descriptor where the system has paths for these.
fn program() -> &'static Path {
    static PROGRAM: LazyLock<(File, PathBuf)> = LazyLock::new(|| {
        let path = PathBuf::from(env!("CARGO_BIN_EXE_threads-basics"));
        let file = File::open(&path).expect("the binary was built");
        let open = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
        let path = if open.exists() { open } else { path };
        (file, path)
    });
    &PROGRAM.1
}
