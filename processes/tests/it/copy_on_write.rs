//! Memory that parent and child share until one of them writes to it.

use processes::copy_on_write::{MIB, Shown, Writes, run};

use crate::program;

/// Tells whether so many KiB are so many MiB, and a little that is not the block.
fn about(kib: usize, mib: usize) -> bool {
    (mib << 10..(mib + 8) << 10).contains(&kib)
}

fn shown(writes: Writes) -> Option<Shown> {
    match run(program(), writes) {
        Err(error) if error.kind() == std::io::ErrorKind::Unsupported => {
            eprintln!("nothing is asked of it: {error}");
            None
        }
        shown => Some(shown.expect("it can be started")),
    }
}

#[test]
fn a_fork_copies_none_of_the_memory_and_reading_it_neither() {
    let Some(Shown { before, after, byte, .. }) = shown(Writes::Nobody) else { return };
    for memory in [before, after].as_flattened() {
        assert!(about(memory.shared, MIB) && about(memory.private, 0), "{memory:?}");
    }
    assert_eq!(byte, [1, 1]);
}

#[test]
fn a_byte_written_by_either_copies_its_page_and_the_other_does_not_see_it() {
    for (writes, sees) in [(Writes::Child, [1, 2]), (Writes::Parent, [2, 1])] {
        let Some(Shown { before, after, byte, written, .. }) = shown(writes) else { return };
        for memory in before {
            assert!(about(memory.shared, MIB) && about(memory.private, 0), "{memory:?}");
        }
        for memory in after {
            assert!(about(memory.shared, MIB / 2) && about(memory.private, MIB / 2), "{memory:?}");
        }
        assert_eq!((byte, written), (sees, 8192));
    }
}

#[test]
fn rss_counts_shared_pages_for_each_and_pss_once() {
    let Some(Shown { after: [parent, child], .. }) = shown(Writes::Nobody) else { return };
    assert!(parent.rss + child.rss >= (2 * MIB) << 10, "{parent:?}, {child:?}");
    assert!(about(parent.pss + child.pss, MIB), "{parent:?}, {child:?}");
}
