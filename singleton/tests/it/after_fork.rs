//! A program that is started anew and does not answer.

use std::path::Path;
use std::process::Command;

use singleton::after_fork::started_anew;

checks::within_a_minute! {
    #[test]
    fn a_program_that_is_stopped_is_ended_and_an_error_and_so_is_one_that_is_not_there() {
        let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stops-itself");
        // Another process writes it: a child that a test forks meanwhile would keep a file of this
        // process open for writing, and such a file cannot be executed.
        let write = "printf '#!/bin/sh\\nkill -STOP $$\\n' > \"$0\" && chmod +x \"$0\"";
        let written = Command::new("sh").args(["-c", write]).arg(&script).status();
        assert!(written.is_ok_and(|status| status.success()), "the folder can be written to");
        let ended = started_anew(&script);
        std::fs::remove_file(&script).expect("the file is ours");
        assert_eq!(ended.expect_err("it is stopped").kind(), std::io::ErrorKind::TimedOut);
        assert!(started_anew(Path::new("/no/such/program")).is_err());
    }
}
