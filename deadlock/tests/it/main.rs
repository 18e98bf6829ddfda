//! Every claim of the topic `deadlock`, as a test with a sentence for a name.

/// Makes tests of code that would hang, if it were wrong, in this very process: each runs on a thread of its own, and has
/// failed if it has not ended after a minute.
macro_rules! within_a_minute {
    ($(#[test] fn $name:ident() $body:block)*) => {$(
        #[test]
        fn $name() {
            let (done, ended) = std::sync::mpsc::channel();
            let run = std::thread::Builder::new().name(stringify!($name).to_owned());
            let run = run.spawn(move || { $body; drop(done); }).expect("there is room for a thread");
            match ended.recv_timeout(std::time::Duration::from_secs(60)) {
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
                Ok(()) | Err(_) => run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            }
        }
    )*};
}

mod banker;
mod broken;
mod checked_mutex;
mod command_line;
mod end_of_a_run;
mod mended;
mod ordered_mutex;
mod python;
mod readme;
mod schedules;
