//! Whether the aims are of what the benches time, which the benches themselves are asked. It is a
//! test, and times nothing: `cargo test -p bench --benches` runs it with the benches that it asks.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bench::aims::{Aim, Aims, filter};
use bench::ranking::is_python;

/// Cargo may have to build the benches first; what takes longer waits for something, such as
/// another Cargo's lock.
const DEADLINE: Duration = Duration::from_secs(600);

/// Asks the benches that the aims name which ids they have, of those that a check asks for.
fn ids(aims: &[Aim]) -> BTreeSet<String> {
    let benches: BTreeSet<_> = aims.iter().map(Aim::bench).collect();
    let mut command = Command::new(env!("CARGO"));
    // As a test, and of the whole workspace, with whose features `cargo test --workspace` has built what
    // the benches need; nothing is fetched that is not there.
    command.args(["test", "--quiet", "--frozen", "--workspace"]);
    command.args(benches.iter().flat_map(|bench| ["--bench", bench]));
    command.args(["--", "--list", &filter(aims)]);
    // What Cargo says on its way is seen at once, so that who waits sees for what.
    let command = command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    let cargo =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("Cargo runs this");
    let (id, (ended, end)) = (cargo.id(), channel());
    thread::spawn(move || ended.send(cargo.wait_with_output()));
    let output = end.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        // Its builds end with it; that it has just ended by itself is as good.
        let _ = Command::new("kill").arg(id.to_string()).status();
        panic!(
            "after {DEADLINE:?} Cargo has not listed the ids: it builds the benches, or waits for \
             another Cargo"
        )
    });
    let output = output.expect("it is ours to wait for");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "Cargo cannot list the benches' ids; above is why: {said}");
    said.lines().filter_map(|line| line.strip_suffix(": benchmark")).map(str::to_owned).collect()
}

#[test]
fn a_check_asks_the_benches_for_the_contenders_of_its_aims_and_for_no_others() {
    let aims = Aims::all().expect("it can be read").aim;
    let there = ids(&aims);
    let wanted: BTreeSet<_> = aims.into_iter().flat_map(|aim| [aim.of, aim.to]).collect();
    assert!(there.is_subset(&wanted), "{:#?}", there.difference(&wanted));
    // Where there is no Python, its contenders are left out.
    let python = there.iter().any(|id| is_python(id));
    let missing = |id: &&String| !there.contains(*id) && (python || !is_python(id));
    let missing: Vec<_> = wanted.iter().filter(missing).collect();
    assert!(missing.is_empty(), "no bench times {missing:#?}");
}
