//! A worker that may be killed at each step of its protocol.

use kit::model::lane::{finish, start};
use kit::model::notes::named;
use kit::model::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use kit::model::sync::mpsc::{Receiver, Sender, channel};
use kit::model::sync::{Arc, Mutex};
use tracing::{error, info_span};

const TASKS: u32 = 2;

/// The ends of the tasks, and how often one was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tasks {
    /// The number of tasks with an answer.
    pub answered: u32,
    /// The number of tasks whose caller is told that a worker died with them.
    pub reported: u32,
    /// How often a task was run to its end.
    pub runs: u32,
}

/// The naive pool: two workers read one pipe and write another, and one of them may be killed.
pub fn naive() -> u32 {
    let (submit, tasks) = channel();
    let (answer, answers) = channel();
    let tasks = Arc::new(Mutex::new(tasks));
    let killed = Arc::new(AtomicBool::new(false));
    (1..=TASKS).for_each(|task| submit.send(task).expect("it is read"));
    for (lane, may_be_killed) in [("w1", true), ("w2", false)] {
        let (tasks, killed) = (Arc::clone(&tasks), Arc::clone(&killed));
        let answer: Sender<u32> = answer.clone();
        start(lane, move || {
            loop {
                let Ok(task) = tasks.lock().expect("no panic").recv() else { return };
                let _runs = info_span!("runs", what = %format_args!("task {task}")).entered();
                if may_be_killed && killed.load(SeqCst) {
                    return error!("dead");
                }
                let _ = answer.send(task);
            }
        });
    }
    let killer = start("killer", move || killed.store(true, SeqCst));
    named("caller");
    let answer = |_: &u32| {
        let _waits = info_span!("waits", what = "an answer").entered();
        answers.recv().is_ok()
    };
    let came = (0..TASKS).filter(answer).count();
    drop(submit);
    finish(killer);
    u32::try_from(came).unwrap_or(0)
}

/// What a worker shares with its supervisor.
struct Worker {
    /// The last task that was begun: the status word.
    begun: AtomicU32,
    killed: AtomicBool,
    runs: Arc<AtomicU32>,
}

impl Worker {
    fn new(runs: &Arc<AtomicU32>) -> Arc<Self> {
        let (begun, killed) = (AtomicU32::new(0), AtomicBool::new(false));
        Arc::new(Self { begun, killed, runs: Arc::clone(runs) })
    }

    /// The worker's loop. Where it is killed, it returns: its end of the channel is closed.
    fn work(&self, tasks: &Receiver<u32>, answer: &Sender<u32>) {
        for task in tasks.iter() {
            if self.killed.load(SeqCst) {
                return;
            }
            self.begun.store(task, SeqCst);
            let _runs = info_span!("runs", what = %format_args!("task {task}")).entered();
            if self.killed.load(SeqCst) {
                return;
            }
            self.runs.fetch_add(1, SeqCst);
            if self.killed.load(SeqCst) || answer.send(task).is_err() {
                return;
            }
        }
    }
}

/// Sends tasks to a worker, and reads its answers until its channel ends; returns the unanswered.
fn supervise(lane: &str, worker: &Arc<Worker>, mut tasks: Vec<u32>) -> Vec<u32> {
    let (send, receive) = channel();
    let (answer, answers) = channel();
    tasks.iter().for_each(|task| send.send(*task).expect("the worker has not begun"));
    drop(send);
    let its = Arc::clone(worker);
    let process = start(lane, move || its.work(&receive, &answer));
    answers.iter().for_each(|answered| tasks.retain(|task| *task != answered));
    finish(process);
    tasks
}

/// The pool of this topic: when the worker dies, its supervisor reads the status word; a task that
/// was begun is reported, or run again, and one that was not begun goes to the next worker.
pub fn supervised(runs_again: bool) -> Tasks {
    let runs = Arc::new(AtomicU32::new(0));
    let (first, second) = (Worker::new(&runs), Worker::new(&runs));
    let victim = Arc::clone(&first);
    named("supervisor");
    let killer = start("killer", move || victim.killed.store(true, SeqCst));
    let unanswered = supervise("w1", &first, (1..=TASKS).collect());
    let begun = first.begun.load(SeqCst);
    let (lost, queued): (Vec<_>, Vec<_>) =
        unanswered.into_iter().partition(|task| *task <= begun && !runs_again);
    let left = if queued.is_empty() { queued } else { supervise("w2", &second, queued) };
    finish(killer);
    let reported = u32::try_from(lost.len()).unwrap_or(0);
    let answered = TASKS - reported - u32::try_from(left.len()).unwrap_or(0);
    Tasks { answered, reported, runs: runs.load(SeqCst) }
}
