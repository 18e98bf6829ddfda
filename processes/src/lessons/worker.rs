//! The process class: a struct that stands for a process.

use processes::exit::Exit;
use processes::worker::{Worker, WorkerFailed};
use stage::{Lesson, Variant, expect};

use super::with_child;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("worker", "the process class: a struct that stands for a process")
        .story("It has a state of its own and takes tasks. Its memory is not its parent's.")
        .source("processes/src/worker.rs")
        .python("process_class")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("field", || {
            let (field, result) = with_child(|program| {
                let mut worker = Worker::start(program, 0)?;
                (1..=10).for_each(|number| worker.add(number));
                Ok((worker.total, worker.stop()?))
            })?;
            let line = "the parent's is 0: the child has changed its copy";
            Ok(expect((field, result), (0, Ok(55)), line)?.fact("sent back", "55, at its end"))
        })
        .story("The child adds to a field of its own copy of the struct: the parent's stays 0."),
        Variant::holds("asked", || {
            let (totals, last) = with_child(|program| {
                let mut worker = Worker::start(program, 100)?;
                let mut totals = Vec::new();
                for number in 1..=3 {
                    worker.add(number);
                    totals.push(worker.ask()?.unwrap_or(0));
                }
                Ok((totals, worker.stop()?))
            })?;
            let line = "it starts with the 100 it is sent, and keeps its total";
            expect((totals, last), (vec![101, 103, 106], Ok(106)), line)
        })
        .story("The parent sends numbers over a pipe and asks for the total; the child answers."),
        Variant::holds("panics", || {
            let failed = with_child(|program| {
                let mut worker = Worker::start(program, 0)?;
                worker.add("ten");
                worker.stop()
            })?;
            let message = "ten is no number".to_owned();
            let wanted = WorkerFailed { exit: Exit::Code(101), message: message.clone() };
            let line = "its parent gets an error: code 101, and the message";
            Ok(expect(failed, Err(wanted), line)?.fact("message", message))
        })
        .story("The child panics at a task: its parent gets exit code 101 and the message."),
    ]
}
