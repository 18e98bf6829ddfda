//! The claims that PYTHON.md makes of Python's pools: those of two scripts of the lesson `crash`.

fn prints(script: &str, wanted: &str) {
    if let Some(printed) = checks::python(script) {
        assert!(printed.contains(wanted), "{printed}");
    }
}

#[test]
fn pythons_executor_fails_what_is_not_done_when_one_worker_is_killed_and_takes_no_more() {
    prints(include_str!("../../python/executor.py"), "submit then raises BrokenProcessPool");
}

#[test]
fn pythons_pool_replaces_a_worker_that_was_killed_and_never_answers_its_task() {
    prints(include_str!("../../python/lost.py"), "task 4: no answer");
}
