//! What the topic `thread-pool` promises, as tests with a sentence for a name; what a variant asserts
//! is a test in `tests/variants.rs`.

mod command_line;
mod contract;
mod job;
mod join;
mod lessons;
mod readme;
mod stealing;
mod stealing_orderings;
mod stealing_schedules;
mod stress;
mod task_orderings;

/// Runs the test that this model is in once more, in a child, where `check` runs the model under Loom,
/// which must find a schedule in which it fails, and how. A failure may abort the process.
///
/// The model is a closure: its type has the test's name in it.
fn fails<M: Fn() + Send + Sync + 'static>(how: &str, check: impl FnOnce(M), model: M) {
    const CHILD: &str = "THREAD_POOL_LOOM_MODEL";
    let name = std::any::type_name::<M>();
    if let Some(meant) = std::env::var_os(CHILD) {
        if meant.to_str() == Some(name) {
            check(model);
        }
        return;
    }
    let test: Vec<_> = name.split("::").skip(1).take_while(|part| *part != "{{closure}}").collect();
    let mut child = std::process::Command::new(std::env::current_exe().expect("it runs"));
    child.args(["--exact", &test.join("::"), "--nocapture"]).env(CHILD, name);
    let output = child.env("RUST_BACKTRACE", "0").output().expect("it has been started before");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "Loom found no schedule in which {name} fails");
    assert!(said.contains(how), "{said}");
}
