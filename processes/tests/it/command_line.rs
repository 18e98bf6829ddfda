//! The command line: a wrong request gets one clear line and exit code 2, and a screen is as wide as
//! it is told to be.

use std::process::Command;

use checks::refused;

use crate::program;

#[test]
fn a_wrong_request_is_refused_with_what_would_be_right() {
    let table: [(&[&str], &str); 4] = [
        (&["spawn-and-wit"], "spawn-and-wait"),
        (&["fork-count", "--forks", "7"], "7 is not in 2..=6"),
        (&["--child-entry", "sing"], "no child entry is called 'sing'; there are exit, wait, "),
        (&["--child-entry"], "no child entry is called ''"),
    ];
    for (arguments, right) in table {
        let output = Command::new(program()).args(arguments).output();
        refused(&output.expect("the binary was built"), right);
    }
}

#[test]
fn an_exploration_whose_failure_has_long_words_fits_the_narrowest_screen() {
    let mut explores = Command::new(program());
    explores.args(["fork-with-threads", "--explore", "--width", "40"]);
    let screen = checks::fits(&explores.output().expect("the binary was built"), "40");
    assert!(screen.contains("\n         40 leave the child"), "{screen}");
}
