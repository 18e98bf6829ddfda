//! Interpreters beside each other, one of which fails.

use std::process::Command;

use bench::python::Pythons;
use kit::python::Interpreter;

/// An interpreter that is a shell script, in a file that is removed with it.
struct Fake(Interpreter);

impl Fake {
    fn new(name: &str, script: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bench-{}-{name}", std::process::id()));
        // A child writes it: were the file open for writing here, another test that forks just then
        // would keep it from being run (ETXTBSY).
        let mut writes = Command::new("sh");
        writes.args(["-c", r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#, "sh"]);
        let written = writes.arg(&path).arg(script).status().expect("there is a shell");
        assert!(written.success(), "there is room in {}", path.display());
        Self(Interpreter {
            program: path.into(),
            name: name.to_owned(),
            version: [3, 99, 0],
            has_gil: true,
            has_interpreters: false,
            start_method: "fork".to_owned(),
        })
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        // It is a test's own; what is not there any more needs no removal.
        let _ = std::fs::remove_file(&self.0.program);
    }
}

#[test]
fn an_interpreter_that_ends_or_answers_nonsense_is_left_out_and_the_others_go_on() {
    let good = Fake::new("good", "while read asked; do echo 42; done");
    let dies = Fake::new("dies", "read asked; echo 42; read asked; exit 7");
    let talks = Fake::new("talks", "while read asked; do echo forty-two; done");
    let given = [&good, &dies, &talks].map(|fake| fake.0.clone());
    let mut pythons = Pythons::of(&given, "gil", &[]);
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let mut round = Vec::new();
        pythons.each(|python| {
            let [answer] = python.ask("anything");
            round.push((python.name().to_owned(), answer));
        });
        rounds.push(round);
    }
    let both = Vec::from([("good".to_owned(), 42), ("dies".to_owned(), 42)]);
    let one = both[..1].to_vec();
    assert_eq!(rounds, [both, one.clone(), one]);
}

#[test]
fn a_panic_of_a_benchs_own_is_not_taken_for_an_interpreters_end() {
    let good = Fake::new("fine", "while read asked; do echo 42; done");
    let mut pythons = Pythons::of(std::slice::from_ref(&good.0), "gil", &[]);
    let run = std::panic::AssertUnwindSafe(|| pythons.each(|_| panic!("a fault of the bench")));
    let panic = std::panic::catch_unwind(run).expect_err("it goes on up");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a fault of the bench"));
}
