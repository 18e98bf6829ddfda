//! Which open files a child gets.

use std::io;

use processes::inherited_files::{Shown, Way, run};

use crate::program;

fn shown(way: Way) -> Option<Shown> {
    match run(program(), way) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            eprintln!("nothing is asked of it: {error}");
            None
        }
        shown => Some(shown.expect("it can be started")),
    }
}

/// Tells whether the next child has the file, which was not handed to it.
fn leaks(shown: &Shown) -> bool {
    shown.next.iter().any(|open| open.target == shown.file.target)
}

#[test]
fn a_file_that_is_not_marked_goes_to_every_program_that_is_started() {
    let Some(shown) = shown(Way::Unmarked) else { return };
    assert!(!shown.file.closes);
    assert_eq!(shown.in_the_child(), [shown.file.number]);
    assert!(leaks(&shown));
}

#[test]
fn a_file_as_std_opens_it_is_marked_and_goes_to_none() {
    let Some(shown) = shown(Way::AsOpened) else { return };
    assert!(shown.file.closes);
    assert!(shown.in_the_child().is_empty());
    assert!(!leaks(&shown));
    // Whatever this test was itself started with goes on, and the three standard streams are
    // replaced.
    let unmarked = |open: &&processes::inherited_files::Open| !open.closes && open.number > 2;
    let kept: Vec<_> = shown.parent.iter().filter(unmarked).map(|open| open.number).collect();
    let got: Vec<_> =
        shown.child.iter().map(|open| open.number).filter(|number| *number > 2).collect();
    assert_eq!(got, kept);
}

#[test]
fn a_file_handed_over_as_standard_input_is_there_under_0() {
    let Some(shown) = shown(Way::AsInput) else { return };
    assert!(shown.file.closes);
    assert_eq!(shown.in_the_child(), [0]);
    assert!(!leaks(&shown));
}

#[test]
fn a_mark_that_is_taken_off_after_the_fork_is_off_for_that_child_only() {
    let Some(shown) = shown(Way::UnmarkedInTheChild) else { return };
    assert!(shown.file.closes, "in the parent, it is still on");
    assert_eq!(shown.in_the_child(), [shown.file.number]);
    assert!(!leaks(&shown));
}

#[test]
fn a_fork_has_what_is_marked_too_and_shares_the_place_in_the_file() {
    let Some(shown) = shown(Way::Forked) else { return };
    assert!(shown.file.closes);
    assert_eq!(shown.in_the_child(), [shown.file.number]);
    assert!(shown.parent.iter().all(|open| shown.child.contains(open)), "{shown:?}");
    assert_eq!(shown.place, 4, "the child has read 4 bytes");
    assert!(!leaks(&shown));
}
