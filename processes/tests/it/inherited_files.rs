//! Which open files a child has.

use std::io;

use processes::inherited_files::{Way, run};
use processes::procfs::OpenFile;

use crate::program;

#[test]
fn a_program_has_what_close_on_exec_leaves_and_a_fork_has_everything() {
    let shown = |way| match run(program(), way) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            eprintln!("not tried: {error}");
            None
        }
        shown => Some(shown.expect("it can be started")),
    };
    let Some(spawned) = shown(Way::AsOpened) else { return };
    // The three standard streams are replaced.
    let inherited = |open: &&OpenFile| !open.close_on_exec && open.descriptor > 2;
    let kept: Vec<_> =
        spawned.parent.iter().filter(inherited).map(|open| open.descriptor).collect();
    let got = spawned.child.iter().map(|open| open.descriptor).filter(|number| *number > 2);
    assert_eq!(got.collect::<Vec<_>>(), kept);
    let Some(forked) = shown(Way::Forked) else { return };
    assert!(forked.parent.iter().all(|open| forked.child.contains(open)), "{forked:?}");
}
