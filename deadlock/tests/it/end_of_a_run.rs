//! Whatever the end of a run, nothing is left behind.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use checks::eventually;
use rustix::process::{Pid, Signal, kill_process};

/// Lists the processes whose parent is `parent`.
fn children_of(parent: u32) -> Vec<i32> {
    let stat = |entry: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
        let (id, rest) = (stat.split(' ').next()?.parse().ok()?, stat.rsplit_once(')')?.1);
        (rest.split_whitespace().nth(1)?.parse() == Ok(parent)).then_some(id)
    };
    std::fs::read_dir("/proc").into_iter().flatten().filter_map(stat).collect()
}

/// Tells whether it has ended. What is left until the system's first process reaps it runs nothing.
fn has_ended(process: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    stat.map_or(true, |stat| stat.rsplit_once(')').is_none_or(|(_, rest)| rest.starts_with(" Z")))
}

/// Starts a lesson, again and again until its child is seen alive, and returns both.
fn in_the_middle_of(lesson: &str) -> (Child, Vec<i32>) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadlock"));
        let mut parent =
            command.arg(lesson).stdout(Stdio::null()).spawn().expect("the binary was built");
        while parent.try_wait().expect("it was started").is_none() {
            let children = children_of(parent.id());
            if !children.is_empty() {
                return (parent, children);
            }
        }
    }
    panic!("{lesson} was never seen with a child");
}

/// Ends a lesson in its middle by a signal; its child has to be gone with it.
fn ended_by(signal: Signal, lessons: &[&str]) {
    if !cfg!(target_os = "linux") {
        // Without /proc there is nothing to look at from outside.
        return;
    }
    for lesson in lessons {
        let (mut parent, children) = in_the_middle_of(lesson);
        let pid = Pid::from_child(&parent);
        kill_process(pid, signal).expect("it runs");
        parent.wait().expect("it was started");
        eventually("the child's end", || children.iter().all(|&child| has_ended(child)));
    }
}

#[test]
fn a_lesson_that_is_interrupted_or_killed_takes_its_child_with_it() {
    let lessons =
        ["self-lock", "lock-order", "philosophers", "upgrade", "channels", "pool", "async-guard"];
    ended_by(Signal::INT, &lessons);
    ended_by(Signal::KILL, &["self-lock", "lock-order", "async-guard"]);
}

#[test]
fn a_trace_has_the_processes_and_threads_of_the_run() {
    let folder = std::env::temp_dir().join(format!("deadlock-trace-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    let file = folder.join("trace.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    let output =
        command.arg("lock-order").arg("--trace").arg(&file).output().expect("the binary was built");
    let text = std::fs::read_to_string(&file).expect("the trace was written");
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    assert!(output.status.success());
    let trace: serde_json::Value = serde_json::from_str(&text).expect("a trace is JSON");
    let events = trace["traceEvents"].as_array().expect("a trace has events");
    let pids: std::collections::BTreeSet<_> =
        events.iter().map(|event| event["pid"].as_u64()).collect();
    assert_eq!(pids.len(), 2, "the lesson's process and its child's: {pids:?}");
    let named = |name: &str| events.iter().any(|event| event["args"]["name"] == name);
    assert!(named("t1") && named("t2"));
    let spans: Vec<_> = events.iter().filter(|event| event["ph"] == "X").collect();
    let lasts = |span: &&serde_json::Value| span["dur"].as_f64().is_some_and(|lasts| lasts >= 0.0);
    assert!(!spans.is_empty() && spans.iter().all(lasts), "what begins ends");
    assert!(events.iter().any(|event| event["name"] == "waits B"));
}
