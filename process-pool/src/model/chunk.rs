//! Tasks that were sent ahead to a worker, and the request to return them.

use std::collections::VecDeque;

use kit::model::lane::{finish, start};
use kit::model::notes::named;
use kit::model::sync::mpsc::channel;
use kit::model::sync::{Arc, Mutex};
use tracing::info_span;

/// Which worker ran how many of the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunBy {
    /// The worker that they were sent to.
    pub first: usize,
    /// The worker that was idle.
    pub second: usize,
}

/// A chunk that is cut beforehand: it belongs to the worker that has it. Returns how many short
/// tasks are behind the long one when all other tasks are over.
pub fn cut() -> usize {
    // Task 1 is long: it waits at the gate.
    let (chunks, (answer, answers)) = ([[1, 2], [3, 4]], channel());
    let (open, gate) = channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let workers = chunks.map(|chunk| {
        let (answer, gate) = (answer.clone(), Arc::clone(&gate));
        start(if chunk[0] == 1 { "w1" } else { "w2" }, move || {
            for task in chunk {
                let _runs = info_span!("runs", what = %format_args!("task {task}")).entered();
                if task == 1 {
                    let _ = gate.lock().expect("no panic").recv();
                }
                let _ = answer.send(task);
            }
        })
    });
    let over = (0..2).filter(|_| answers.recv().is_ok()).count();
    drop(open);
    workers.into_iter().for_each(finish);
    3 - over
}

/// Tasks that are sent one by one, ahead: what the first worker has not begun is returned when the
/// pool requests it, at any time, and run by the second. Each is run by one of the two, once.
pub fn uncut() -> RunBy {
    let batch = Arc::new(Mutex::new(VecDeque::from([1, 2, 3])));
    let (answer, answers) = channel();
    let (returned, queue) = channel();
    let (left, by_first) = (Arc::clone(&batch), answer.clone());
    let first = start("w1", move || {
        loop {
            // To begin a task and to return it exclude each other.
            let task = left.lock().expect("no panic").pop_front();
            let Some(task) = task else { return };
            let _runs = info_span!("runs", what = %format_args!("task {task}")).entered();
            let _ = by_first.send((1, task));
        }
    });
    let listener = start("listener", move || {
        let back = std::mem::take(&mut *batch.lock().expect("no panic"));
        let _ = returned.send(back);
    });
    named("w2");
    for task in queue.recv().expect("the listener answers") {
        let _runs = info_span!("runs", what = %format_args!("task {task}")).entered();
        let _ = answer.send((2, task));
    }
    drop(answer);
    finish(first);
    finish(listener);
    let ran: Vec<(u32, u32)> = answers.iter().collect();
    let by = |worker| ran.iter().filter(|(of, _)| *of == worker).count();
    RunBy { first: by(1), second: by(2) }
}
