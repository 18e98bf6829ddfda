//! Memory that is copied when it is written to.

use processes::copy_on_write::{CopyOnWrite, MIB, Memory, PAGE, Writer, run};
use stage::{Checked, Lesson, Report, Variant, duration, grouped};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("copy-on-write", "memory that is copied when it is written to")
        .story("A parent with 64 MiB forks, and one of the two writes to half. The kernel counts.")
        .source("processes/src/copy_on_write.rs")
        .python("fork_copies")
        .variants(variants)
}

fn mib(kib: usize) -> usize {
    kib.div_ceil(1024)
}

/// Returns whether some KiB are `mib` MiB, and a little for what is not the block.
fn about(kib: usize, mib: usize) -> bool {
    (mib << 10..(mib + 8) << 10).contains(&kib)
}

fn added_up() -> Checked {
    let CopyOnWrite { before, after, .. } = with_child(|program| run(program, Writer::Nobody))?;
    let [parent, child] = after;
    let (rss, pss) = (parent.rss + child.rss, parent.pss + child.pss);
    let shared = [before, after].as_flattened().iter().all(|memory| about(memory.shared, MIB));
    if !shared || mib(rss) < 2 * MIB || !about(pss, MIB) {
        return Err(format!("{before:?}, {after:?}"));
    }
    let line = format!("{} MiB by RSS, which counts {MIB} twice", mib(rss));
    let by_pss = format!("{} MiB: both can read all of it, nothing is copied", mib(pss));
    Ok(Report::new(line).fact("by PSS", by_pss))
}

fn written(writer: Writer, byte: [u8; 2], line: &'static str) -> Checked {
    let out = with_child(|program| run(program, writer))?;
    let is = |memory: &Memory, shared, private| {
        about(memory.shared, shared) && about(memory.private, private)
    };
    let before = out.before.iter().all(|memory| is(memory, MIB, 0));
    let after = out.after.iter().all(|memory| is(memory, MIB / 2, MIB / 2));
    if !before || !after || out.byte != byte {
        return Err(format!("{out:?}"));
    }
    let figures = |both: [Memory; 2]| {
        let [parent, child] = both
            .map(|memory| format!("{} shared, {} own", mib(memory.shared), mib(memory.private)));
        format!("parent {parent}; child {child}")
    };
    let [first, again] = out.took.map(|time| duration(time.as_nanos() as u64));
    let bytes = grouped((MIB << 20) / 2 / PAGE);
    Ok(Report::new(line)
        .fact("MiB before", figures(out.before))
        .fact("MiB after", figures(out.after))
        .fact("writing", format!("{bytes} bytes, one a page: {first}; again: {again}")))
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("rss-added-up", || on_linux(added_up))
            .story("RSS counts a shared page for each process: the sum is too high. PSS divides."),
        Variant::holds("child-writes", || {
            let line = "a byte copies its page; the parent sees none of it";
            on_linux(|| written(Writer::Child, [1, 2], line))
        })
        .story("The child writes to half of the pages: the kernel copies those alone."),
        Variant::holds("parent-writes", || {
            let line = "the child keeps what was there at the fork: a snapshot";
            on_linux(|| written(Writer::Parent, [2, 1], line))
        })
        .story("The parent writes after the fork: the child keeps a snapshot of that instant."),
    ]
}
