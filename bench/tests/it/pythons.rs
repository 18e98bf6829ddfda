//! Interpreters beside each other, one of which fails.

use std::ffi::OsStr;

use bench::python::Pythons;
use checks::Program;
use kit::python::Interpreter;

/// Returns an interpreter that is a shell script.
fn interpreter(name: &str, script: &Program) -> Interpreter {
    Interpreter {
        program: AsRef::<OsStr>::as_ref(script).into(),
        name: name.to_owned(),
        version: [3, 99, 0],
        has_gil: true,
        has_interpreters: false,
        start_method: "fork".to_owned(),
    }
}

#[test]
fn an_interpreter_that_ends_or_answers_nonsense_is_left_out_and_the_others_go_on() {
    let scripts = [
        ("good", "while read asked; do echo 42; done"),
        ("dies", "read asked; echo 42; read asked; exit 7"),
        ("talks", "while read asked; do echo forty-two; done"),
    ];
    let programs = scripts.map(|(name, script)| (name, Program::new(name, script)));
    let given = programs.each_ref().map(|(name, program)| interpreter(name, program));
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
    let good = Program::new("fine", "while read asked; do echo 42; done");
    let mut pythons = Pythons::of(&[interpreter("fine", &good)], "gil", &[]);
    let run = std::panic::AssertUnwindSafe(|| pythons.each(|_| panic!("a fault of the bench")));
    let panic = std::panic::catch_unwind(run).expect_err("it goes on up");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a fault of the bench"));
}
