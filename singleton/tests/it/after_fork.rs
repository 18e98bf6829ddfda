//! A program that is started anew and does not answer.

use std::path::Path;
use std::time::Duration;

use checks::Program;
use singleton::after_fork::{LIMIT, started_anew};

checks::within_a_minute! {
    #[test]
    fn a_program_that_is_stopped_is_ended_and_an_error_and_so_is_one_that_is_not_there() {
        let script = Program::new("stops-itself", "kill -STOP $$");
        let ended = started_anew(script.as_ref(), Duration::from_millis(200));
        assert_eq!(ended.expect_err("it is stopped").kind(), std::io::ErrorKind::TimedOut);
        assert!(started_anew(Path::new("/no/such/program"), LIMIT).is_err());
    }
}
