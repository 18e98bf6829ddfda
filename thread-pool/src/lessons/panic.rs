//! The lesson `panic`.

use kit::child::program;
use stage::{Lesson, Variant, expect};
use thread_pool::panic::{
    caught, handler, ignored, in_rayon, in_rayons_scope, passed_on, uncaught,
};

use super::text::{self, line};

/// The number of the signal, on every system that this is for.
const SIGABRT: i32 = 6;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("panic", "a task that panics, and where the panic is reported")
        .story("Four workers of a pool that catches nothing, four tasks that panic, and a fifth.")
        .source("thread-pool/src/panic.rs")
        .python("exception")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    let payload = Some("in the task");
    [
        Variant::breaks("uncaught", || {
            let said = "4 panics: 0 of 4 workers left, 1 job never run";
            expect(uncaught(), [0, 1], said)
        })
        .story("Nothing catches the panic of a task: the pool has one worker less."),
        Variant::holds("caught", || {
            let said = "each handle has its panic; all 4 workers live";
            text::expect(caught(), (vec![1, 2, 3, 4], 4), said)
        })
        .story("Each worker catches a task's panic, stores it for the handle, and lives on."),
        Variant::holds("passed-on", move || {
            text::expect(
                passed_on(),
                payload,
                "the thread that waits for the result resumes the panic",
            )
        })
        .story("The thread that waits resumes the panic, as if it had called the task itself."),
        Variant::breaks("ignored", move || {
            text::expect(ignored(), None, "the handle was dropped: it is reported nowhere")
        })
        .story("The handle was dropped, the pool has no panic handler: it is reported nowhere."),
        Variant::holds("handler", move || {
            let said = "the handle was dropped: the pool's panic handler is called";
            text::expect(handler(), payload, said)
        })
        .story("The handle was dropped; the pool's `on_panic` is called with the payload."),
        Variant::breaks("rayon-spawn", || {
            let signal = in_rayon(&program().map_err(line)?).map_err(line)?;
            expect(signal, Some(SIGABRT), "the whole process is ended, by SIGABRT")
        })
        .story("`rayon::spawn` has no caller to give a panic to, and aborts without a handler."),
        Variant::holds("rayon-scope", move || {
            expect(in_rayons_scope(), payload, "the thread that opened the scope resumes the panic")
        })
        .story("rayon's `scope` waits for its tasks, and resumes a panic on the waiting thread."),
    ]
}
