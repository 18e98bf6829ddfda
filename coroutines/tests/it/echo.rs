//! What both echo servers promise beyond their variants.

use std::collections::{BTreeSet, HashMap};
use std::process::Command;
use std::time::Duration;

use coroutines::echo::{End, Served, Server, clients, tasks, threads};
use coroutines::tokio_runtime::block_on;

const PLENTY: Duration = Duration::from_secs(50);
const SHORT: Duration = Duration::from_millis(50);

/// Starts both servers.
fn both(connections: usize, idle: Duration) -> [Server; 2] {
    [tasks(connections, idle), threads(idle)].map(|server| server.expect("there is a port"))
}

checks::within_a_minute! {
    #[test]
    fn clients_that_are_idle_or_do_not_read_or_reset_harm_no_other() {
        for server in both(4, SHORT) {
            let (sent, served) =
                server.serve(clients::four_bad_and_eight_good).expect("all were accepted");
            assert!(sent > 0, "something fits into the kernel's buffers");
            // Those that do not read or write time out, and all were counted. A reset that comes too
            // late is a timeout.
            let [idle, broke] = [End::Idle, End::Broke].map(|end| served.ended(end));
            let [left, stopped] = [End::Left, End::Stopped].map(|end| served.ended(end));
            let all = left + idle + broke + stopped;
            assert!(idle >= 3 && idle + broke >= 4 && all >= 12, "{served:?}");
        }
    }

    #[test]
    fn a_server_that_is_told_to_stop_answers_what_has_arrived() {
        for server in both(20, PLENTY) {
            let seen = clients::in_mid_request(server, 20);
            let (answered, served) = seen.expect("all could connect");
            assert_eq!((answered, served.ended(End::Stopped)), (20, 20));
            assert_eq!(served.bytes(), 2 * 20 * clients::MESSAGE as u64);
        }
    }

    #[test]
    fn a_connection_beyond_the_limit_waits_until_a_permit_is_free() {
        let server = tasks(1, PLENTY).expect("there is a port");
        let address = server.address();
        block_on(async {
            let first = clients::connect(address).await.expect("there is a place");
            let mut second = tokio::spawn(clients::visit(address, 1));
            let in_vain = tokio::time::timeout(Duration::from_millis(100), &mut second).await;
            assert!(in_vain.is_err(), "it was served beside the first one");
            drop(first);
            second.await.expect("it does not panic").expect("it is served");
        });
        let served = server.stop();
        assert_eq!(served.ended(End::Left) + served.ended(End::Stopped), 2);
    }

    #[test]
    fn no_connection_is_served_after_the_end() {
        let server = tasks(4, PLENTY).expect("there is a port");
        let address = server.address();
        assert_eq!(server.stop(), Served::default());
        assert!(block_on(clients::connect(address)).is_err());
    }
}

/// Lets a server serve 40 connections, and returns the names of the lanes in which a wait was
/// recorded.
fn lanes_that_wait(variant: &str) -> BTreeSet<String> {
    let file = std::env::temp_dir().join(format!("echo-{variant}-{}.json", std::process::id()));
    let path = file.to_str().expect("the folder for temporary files has a readable name");
    let output = checks::run(
        env!("CARGO_BIN_EXE_coroutines"),
        &["echo", "--variant", variant, "--connections", "40", "--trace", path],
    );
    let trace = std::fs::read_to_string(&file);
    let _ = std::fs::remove_file(&file);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let trace: serde_json::Value =
        serde_json::from_str(&trace.expect("it was written")).expect("it is JSON");
    let events = trace["traceEvents"].as_array().expect("it has events");
    let names: HashMap<_, _> = events
        .iter()
        .filter(|event| event["name"] == "thread_name")
        .map(|event| (event["tid"].to_string(), event["args"]["name"].to_string()))
        .collect();
    let waits = events
        .iter()
        .filter(|event| event["name"].as_str().is_some_and(|name| name.contains("waits")));
    waits.map(|event| names[&event["tid"].to_string()].clone()).collect()
}

#[test]
fn connections_without_a_lane_record_nothing() {
    let lanes: BTreeSet<_> = (0..6).map(|number| format!("\"conn{number}\"")).collect();
    for variant in ["tasks", "threads"] {
        let waits = lanes_that_wait(variant);
        assert!(waits.is_subset(&lanes) && !waits.is_empty(), "{variant}: {waits:?}");
    }
}

checks::within_a_minute! {
    #[test]
    fn a_lesson_that_has_too_few_descriptors_for_its_connections_says_so_and_waits_for_none() {
        let mut shell = Command::new("sh");
        let script = "ulimit -n 20; exec \"$0\" echo --width 160";
        shell.args(["-c", script, env!("CARGO_BIN_EXE_coroutines")]);
        let output = shell.output().expect("there is a shell");
        let screen = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{screen}");
        assert!(screen.contains("ulimit -n"), "{screen}");
        assert!(!screen.contains("panicked") && !screen.contains("did not end"), "{screen}");
    }
}
