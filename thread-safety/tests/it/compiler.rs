//! What rustc refuses, it refuses for the reason given; the documentation tests compile the same
//! programs, but only a nightly toolchain looks at their codes.

use std::collections::HashSet;

use thread_safety::compiler::{ALL, Program};

fn asked(program: &Program) -> thread_safety::compiler::Verdict {
    program.ask().expect("whoever has built this test has rustc")
}

#[test]
fn rustc_refuses_each_program_with_its_code_alone_and_takes_its_mended_twin_without_a_word() {
    assert_eq!(ALL.len(), 12);
    for program in ALL {
        let verdict = asked(program);
        assert_eq!(verdict.refused, [program.code], "{}", program.name);
        assert_eq!(verdict.mended, "", "{}", program.name);
    }
}

#[test]
fn a_program_that_rustc_takes_is_not_called_refused_nor_one_that_it_refuses_mended() {
    let twins = Program { refused: ALL[0].mended, mended: ALL[0].refused, ..ALL[0] };
    let verdict = asked(&twins);
    assert_eq!(verdict.refused, [""; 0]);
    assert!(verdict.mended.contains("E0277"), "{}", verdict.mended);
}

#[test]
fn asking_rustc_leaves_no_file() {
    let files = || std::fs::read_dir(".").expect("it is this package's folder").count();
    let before = files();
    asked(&ALL[0]);
    assert_eq!(files(), before);
}

#[test]
fn each_program_has_a_name_of_its_own() {
    let names: HashSet<_> = ALL.iter().map(|program| program.name).collect();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn send_and_sync_are_as_the_readme_says() {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::sync::{Arc, Mutex, MutexGuard};

    /// Asks whether a type has a trait: the constant of the impl for those that have it goes before
    /// the one that all have.
    macro_rules! has {
        ($type:ty: $trait:ident) => {{
            #[allow(dead_code)]
            trait Not {
                const HAS: bool = false;
            }
            impl<T: ?Sized> Not for T {}
            struct Asked<T: ?Sized>(std::marker::PhantomData<T>);
            #[allow(dead_code)]
            impl<T: ?Sized + $trait> Asked<T> {
                const HAS: bool = true;
            }
            <Asked<$type>>::HAS
        }};
    }
    assert_eq!((has!(Rc<i32>: Send), has!(Rc<i32>: Sync)), (false, false));
    assert_eq!((has!(Cell<i32>: Send), has!(Cell<i32>: Sync)), (true, false));
    assert_eq!((has!(RefCell<i32>: Send), has!(RefCell<i32>: Sync)), (true, false));
    assert_eq!(
        (has!(MutexGuard<'static, i32>: Send), has!(MutexGuard<'static, i32>: Sync)),
        (false, true)
    );
    assert_eq!((has!(Arc<Mutex<i32>>: Send), has!(Arc<Mutex<i32>>: Sync)), (true, true));
}

#[cfg(target_os = "linux")]
#[test]
fn a_rustc_that_says_nothing_and_reads_nothing_is_reaped_and_refuses_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let rustc = std::env::temp_dir().join(format!("thread-safety-rustc-{}", std::process::id()));
    // It has closed its end before the program is written to it.
    std::fs::write(&rustc, "#!/bin/sh\nexec <&-\nexit 0\n").expect("the folder can be written to");
    std::fs::set_permissions(&rustc, PermissionsExt::from_mode(0o755)).expect("the file is ours");
    let outputs: Vec<_> = (0..20)
        .map(|_| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thread-safety"));
            let output =
                command.args(["compiler", "--variant", "rc"]).env("RUSTC", &rustc).output();
            String::from_utf8(output.expect("the tests have built it").stdout).expect("it is text")
        })
        .collect();
    std::fs::remove_file(&rustc).expect("the file is ours");
    for said in outputs {
        assert!(said.contains("rustc said [], not E0277"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_rustc_that_never_answers_is_given_up_and_killed() {
    use std::os::unix::fs::PermissionsExt;
    let rustc = std::env::temp_dir().join(format!("thread-safety-sleeps-{}", std::process::id()));
    let told = rustc.with_extension("pid");
    let script = format!("#!/bin/sh\necho $$ > {}\nexec sleep 600\n", told.display());
    std::fs::write(&rustc, script).expect("the folder can be written to");
    std::fs::set_permissions(&rustc, PermissionsExt::from_mode(0o755)).expect("the file is ours");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thread-safety"));
    let output = command.args(["compiler", "--variant", "rc"]).env("RUSTC", &rustc).output();
    let pid = std::fs::read_to_string(&told).expect("it was started");
    for file in [&rustc, &told] {
        std::fs::remove_file(file).expect("the file is ours");
    }
    let said =
        String::from_utf8(output.expect("the tests have built it").stdout).expect("it is text");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it did not answer within 14s"), "{said}");
    assert!(!std::path::Path::new(&format!("/proc/{}", pid.trim())).exists(), "it was left behind");
}
