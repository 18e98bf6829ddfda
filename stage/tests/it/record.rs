//! Spans become records: of the thread, or of the task that they belong to.

use std::sync::Arc;

use stage::Recording;
use stage::record::{Record, Recorder, State, What};
use tracing::{error, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

/// Records what `lesson` says on this thread.
fn recorded(lesson: impl FnOnce()) -> Vec<Record> {
    let memory = Arc::new(Recording::default());
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Arc::clone(&memory)));
    tracing::subscriber::with_default(subscriber, lesson);
    memory.drain().records
}

#[test]
fn a_span_lasts_from_its_making_to_its_end_entered_or_not() {
    let records = recorded(|| drop(info_span!("holds", what = "A")));
    let [opened, closed] = records.as_slice() else { panic!("{records:?}") };
    let What::Opened { id, state: State::Holds, label, from: None } = &opened.what else {
        panic!("{opened:?}")
    };
    assert_eq!((label.as_str(), &closed.what), ("A", &What::Closed { id: *id }));
    assert!(opened.at <= closed.at);
}

#[test]
fn a_lane_is_named_after_its_thread() {
    let thread = std::thread::Builder::new().name("t7".to_owned());
    let records = thread.spawn(|| recorded(|| drop(info_span!("runs", what = "x"))));
    let records = records.expect("there is room for a thread").join().expect("it does not panic");
    assert_eq!(records[0].lane, "t7");
}

#[test]
fn a_span_with_a_lane_makes_one_for_all_inside_it() {
    let records = recorded(|| {
        let task = info_span!("task", lane = "t1");
        task.in_scope(|| drop(info_span!("waits", what = "B", from = "t2")));
    });
    assert_eq!(records[0].lane, "t1");
    assert!(matches!(&records[0].what, What::Opened { from: Some(from), .. } if from == "t2"));
    assert_eq!(records.len(), 2, "the task itself is not drawn");
}

#[test]
fn an_error_is_a_mark_and_an_info_is_not() {
    let records = recorded(|| {
        info!("a step of {}", 1);
        error!("a mark");
    });
    let said: Vec<_> = records.into_iter().map(|record| record.what).collect();
    let said_as = |text: &str, mark| What::Said { text: text.to_owned(), mark };
    assert_eq!(said, [said_as("a step of 1", false), said_as("a mark", true)]);
}

#[test]
fn spans_of_other_names_are_not_drawn() {
    assert_eq!(recorded(|| drop(info_span!("connects", what = "x"))), []);
}

#[test]
fn a_thread_is_recorded_though_it_starts_where_one_that_was_left_behind_has_ended() {
    let memory = Arc::new(Recording::default());
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Arc::clone(&memory)));
    let subscriber = tracing::Dispatch::new(subscriber);
    let (drained, is_drained) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let theirs = subscriber.clone();
    let left_behind = std::thread::spawn(move || {
        tracing::dispatcher::with_default(&theirs, || {
            let _runs = info_span!("runs", what = "too long");
            begun.send(()).expect("its starter listens");
            is_drained.recv().expect("it is drained");
        });
    });
    has_begun.recv().expect("it begins");
    assert_eq!(memory.drain().records.len(), 1, "begun, and not ended");
    drained.send(()).expect("it waits");
    left_behind.join().expect("it does not panic");
    assert_eq!(memory.drain().records, [], "what it says after that belongs to no run");

    let next = std::thread::spawn(move || {
        tracing::dispatcher::with_default(&subscriber, || {
            drop(info_span!("runs", what = "in time"));
        });
    });
    next.join().expect("it does not panic");
    assert_eq!(memory.drain().records.len(), 2, "begun and ended");
}

#[test]
fn a_lane_may_be_another_processs() {
    let records = recorded(|| {
        let child = info_span!("lane", lane = "child", pid = 4711_u32);
        child.in_scope(|| drop(info_span!("runs", what = "x")));
        drop(info_span!("waits", what = "the child's end"));
    });
    let pids: Vec<_> =
        records.iter().map(|record| (record.pid, record.tid == u64::from(record.pid))).collect();
    let me = std::process::id();
    assert_eq!(pids[..2], [(4711, true), (4711, true)]);
    assert!(pids[2..].iter().all(|&(pid, _)| pid == me), "{records:?}");
}
