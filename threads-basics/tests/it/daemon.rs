//! The children of `daemon` and `versus-process`, whatever becomes of their parent.

use std::process::Stdio;

use threads_basics::daemon::{DETACHED, JOINED, STOP_FLAG};
use threads_basics::versus_process::CHANGE;

checks::within_a_minute! {
    #[test]
    fn a_child_whose_output_nobody_reads_ends_all_the_same() {
        for entry in [DETACHED, JOINED, STOP_FLAG, CHANGE] {
            let mut command = entry.command(crate::program());
            command.arg("1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("the binary was built");
            drop(child.stdout.take());
            child.wait().expect("it is ours");
        }
    }
}
