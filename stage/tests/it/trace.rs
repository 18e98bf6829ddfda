//! A trace is a file of the Trace Event Format, as long as what was said, with each lane in its
//! process.

use std::path::PathBuf;

use serde_json::Value;
use stage::Trace;
use stage::record::{Record, State::*, What};

use super::{opened, run};

/// A file that is removed again.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("stage-trace-{}-{name}.json", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // A test in which it was not written has nothing to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes a run of process 1 and reads its events again; returns them with the length of the file.
fn written(name: &str, records: &[Record]) -> (Vec<Value>, usize) {
    let file = Temporary::new(name);
    let mut trace = Trace::open(&file.0).expect("the folder is there");
    let end = records.last().map_or(0, |record| record.at);
    trace.add("lesson variant", ("topic", 1), records, 0..end);
    trace.write().expect("the file can be written");
    let text = std::fs::read_to_string(&file.0).expect("it was written");
    let json: Value = serde_json::from_str(&text).expect("a trace is JSON");
    (json["traceEvents"].as_array().expect("a trace has events").clone(), text.len())
}

fn of_phase<'a>(events: &'a [Value], phase: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["ph"] == phase).collect()
}

#[test]
fn spans_that_nest_lie_in_their_lanes_row_with_their_times() {
    let (events, _) = written(
        "nest",
        &run(&[
            (1, "t1", opened(1, Holds, "A")),
            (2, "t1", opened(2, Waits, "B")),
            (3, "t1", What::Closed { id: 2 }),
            (5, "t1", What::Closed { id: 1 }),
        ]),
    );
    let spans = of_phase(&events, "X");
    let of =
        |name: &str| spans.iter().find(|span| span["name"] == name).expect("each span is there");
    assert_eq!(
        (of("holds A")["ts"].as_f64(), of("holds A")["dur"].as_f64()),
        (Some(1e3), Some(4e3))
    );
    assert_eq!(
        (of("waits B")["ts"].as_f64(), of("waits B")["dur"].as_f64()),
        (Some(2e3), Some(1e3))
    );
    assert_eq!(of("holds A")["tid"], of("waits B")["tid"]);
}

#[test]
fn of_spans_that_overlap_the_first_is_asynchronous_and_the_others_still_nest() {
    let (events, _) = written(
        "overlap",
        &run(&[
            (1, "t1", opened(1, Holds, "A")),
            (2, "t1", opened(2, Holds, "B")),
            (3, "t1", What::Closed { id: 1 }),
            (5, "t1", What::Closed { id: 2 }),
            (6, "t1", opened(3, Runs, "on")),
        ]),
    );
    let [begins, ends] = [of_phase(&events, "b"), of_phase(&events, "e")];
    assert_eq!((begins.len(), ends.len()), (1, 1));
    assert_eq!(
        (&begins[0]["name"], begins[0]["ts"].as_f64()),
        (&Value::from("t1 holds A"), Some(1e3))
    );
    assert_eq!((&ends[0]["id"], ends[0]["ts"].as_f64()), (&begins[0]["id"], Some(3e3)));
    assert!(
        of_phase(&events, "X").iter().any(|span| span["name"] == "holds B" && span["dur"] == 3e3)
    );
}

#[test]
fn a_thousand_spans_at_once_in_one_lane_take_no_more_than_a_thousand_one_after_another() {
    let mut at_once = Vec::new();
    for id in 0..1000 {
        at_once.push((id, "t", opened(id, Runs, "connection")));
    }
    for id in 0..1000 {
        at_once.push((1000 + id, "t", What::Closed { id }));
    }
    let (events, length) = written("linear", &run(&at_once));
    assert!(events.len() < 2100 && length < 300 * 1000, "{} events, {length} bytes", events.len());
}

#[test]
fn each_process_has_its_own_lanes_under_its_own_number() {
    let mut records = run(&[
        (1, "parent", opened(1, Waits, "the child")),
        (2, "child", opened(2, Runs, "")),
        (3, "child", What::Closed { id: 2 }),
        (4, "parent", What::Closed { id: 1 }),
    ]);
    for record in records.iter_mut().filter(|record| record.lane == "child") {
        (record.pid, record.tid) = (7, 7);
    }
    let (events, _) = written("processes", &records);
    let spans = of_phase(&events, "X");
    let pid =
        |name: &str| spans.iter().find(|span| span["name"] == name).map(|span| span["pid"].clone());
    assert_eq!((pid("waits the child"), pid("runs")), (Some(1.into()), Some(7.into())));
    let processes: Vec<_> = events.iter().filter(|event| event["name"] == "process_name").collect();
    let name = |pid: u32| {
        processes.iter().find(|one| one["pid"] == pid).map(|one| one["args"]["name"].clone())
    };
    assert_eq!((name(1), name(7)), (Some("topic".into()), Some("topic: child".into())));
}

#[test]
fn a_run_that_said_nothing_leaves_no_file_and_a_file_that_was_there_as_it_was() {
    let file = Temporary::new("empty");
    let mut trace = Trace::open(&file.0).expect("the folder is there");
    trace.add("lesson variant", ("topic", 1), &[], 0..1);
    assert!(trace.is_empty());
    trace.write().expect("there is nothing to write");
    assert!(!file.0.exists());

    std::fs::write(&file.0, "before").expect("the folder is there");
    Trace::open(&file.0).expect("it is a file").write().expect("there is nothing to write");
    assert_eq!(std::fs::read_to_string(&file.0).expect("it is still there"), "before");
}

#[test]
fn a_run_that_is_ended_before_its_end_leaves_no_file() {
    let file = Temporary::new("ended");
    let _trace = Trace::open(&file.0).expect("the folder is there");
    assert!(!file.0.exists());
}
