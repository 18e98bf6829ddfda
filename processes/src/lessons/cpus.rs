//! How many processors there are, and how many may be used.

use processes::cpus::{Processors, Throttled, count, pinned, quota};
use stage::{Checked, Lesson, Report, Variant, duration, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cpus", "how many processors there are, and how many may be used")
        .story("A child is kept to one processor, or to a tenth of one, as in a container.")
        .source("processes/src/cpus.rs")
        .python("cpu_count")
        .variants(variants)
}

fn told(seen: &Processors) -> String {
    format!("{} online, {} allowed, {} available", seen.online, seen.allowed, seen.available)
}

fn online() -> Checked {
    let seen = with_child(pinned)?;
    if seen.online == 1 {
        let why = "this machine has one processor: there is nothing to count wrongly";
        return Ok(Report::not_here(why));
    }
    let line = format!("the child sees {}, and may use 1 of them", seen.online);
    expect(seen.allowed, 1, line)
}

fn available() -> Checked {
    let here = count().map_err(|error| error.to_string())?;
    let seen = with_child(pinned)?;
    let line = "kept to one processor, available_parallelism returns 1";
    let report = expect((seen.available, seen.online), (1, here.online), line)?;
    Ok(report.fact("here", told(&here)).fact("in the child", told(&seen)))
}

fn under_a_quota() -> Checked {
    let Throttled { seen, periods, took, used } = match with_child(quota)? {
        Err(why) => return Ok(Report::not_here(format!("this system allows no cgroup ({why})"))),
        Ok(throttled) => throttled,
    };
    let line = "a tenth of one, as by docker --cpus 0.1: it returns 1 as well";
    let report = expect((seen.available, periods >= 3, used < took), (1, true, true), line)?;
    let [used, took] = [used, took].map(|time| duration(time.as_nanos() as u64));
    let busy = format!("{used} of processor time in {took}, throttled {periods} times");
    Ok(report.fact("in the child", told(&seen)).fact("kept busy", busy))
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("online", || on_linux(online))
            .story("A pinned child counts all processors: it would start too many threads."),
        Variant::holds("available", || on_linux(available))
            .story("available_parallelism reads the affinity mask: the pinned child counts 1."),
        Variant::holds("quota", || on_linux(under_a_quota))
            .story("available_parallelism reads a cgroup's CPU quota, too: a tenth counts as 1."),
    ]
}
