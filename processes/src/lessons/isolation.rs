//! A child that crashes, beside a thread that panics.

use processes::exit::Exit;
use processes::isolation::{AfterCrash, Crash, child_crashes, run, thread_panics};
use stage::{Checked, Lesson, Variant, expect};

use super::with_child;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("isolation", "a child that crashes, beside a thread that panics")
        .story("Half a transfer is made when a thread panics, a thread aborts, or a child crashes.")
        .source("processes/src/isolation.rs")
        .variants(variants)
}

fn alone(crash: Crash, exit: Exit, line: &str) -> Checked {
    let wanted =
        AfterCrash { learns: Err(exit), theirs: (60, 0), balances: (100, 0), poisoned: false };
    expect(with_child(|program| child_crashes(program, crash))?, wanted, line)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("thread-panics", || {
            let learns = Ok("in the middle of a transfer".to_owned());
            let wanted = AfterCrash { learns, theirs: (60, 0), balances: (60, 0), poisoned: true };
            let out = thread_panics().map_err(|error| error.to_string())?;
            expect(out, wanted, "half a transfer (60, 0), a poisoned lock")
        })
        .story("A thread panics in a transfer: half of it is made, and the lock is poisoned."),
        Variant::breaks("thread-crashes", || {
            let wanted = (vec!["all work".to_owned()], Exit::Signal(6));
            let out = with_child(|program| run(program, Crash::AbortInAThread))?;
            expect(out, wanted, "signal 6 ends all its threads, main too")
        })
        .story("A thread calls abort: SIGABRT ends the whole process with all its threads."),
        Variant::holds("child-panics", || {
            let line = "code 101; half a transfer in its own copy only";
            alone(Crash::Panic, Exit::Code(101), line)
        })
        .story("A child panics in a transfer: exit code 101, the parent's memory is untouched."),
        Variant::holds("child-aborts", || {
            alone(Crash::Abort, Exit::Signal(6), "signal 6, SIGABRT; likewise")
        })
        .story("A child calls abort: SIGABRT ends it alone, the parent's memory is untouched."),
        Variant::holds("child-faults", || {
            alone(Crash::Fault, Exit::Signal(11), "signal 11, SIGSEGV; likewise")
        })
        .story("A child gets SIGSEGV: it ends alone, the parent's memory is untouched."),
    ]
}
