//! The claims of the topic `deadlock` that no variant asserts by itself.

mod banker;
mod broken;
mod checked_mutex;
mod command_line;
mod end_of_a_run;
mod fixed;
mod ordered_mutex;
mod promises;
mod readme;
mod schedules;

// The longest, mostly of waits: by its name, the first one, so that all others run beside it.
#[test]
fn a_tour_leaves_no_process_behind() {
    let said = checks::the_narrow_tour(env!("CARGO_BIN_EXE_deadlock"));
    assert!(said.contains("15 of 15 lessons"), "{said}");
    let sign = format!("TOUR_OF={}", std::process::id());
    let ours = |environment: Vec<u8>| {
        environment.split(|&byte| byte == 0).any(|one| one == sign.as_bytes())
    };
    let left = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let left: Vec<_> =
        left.filter(|one| std::fs::read(one.path().join("environ")).is_ok_and(ours)).collect();
    assert!(left.is_empty(), "{left:?}");
}
