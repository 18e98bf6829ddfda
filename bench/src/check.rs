//! The aims, one by one, on the terminal.

use std::io;

use bench::aims::{Aim, Aims, Verdict};
use bench::figures;
use bench::results::{Timed, topic};
use stage::{Ink, Page};

use crate::show;

/// Prints each aim and what became of it; returns the exit code: 1 if one is missed, 3 if none is,
/// and some are not measured.
pub(crate) fn check(page: &mut Page, aims: &Aims, timed: &[Timed]) -> io::Result<u8> {
    let mut last = "";
    let (mut held, mut missed) = (0, 0);
    for aim in &aims.aim {
        if aim.topic != last {
            if !last.is_empty() {
                page.gap();
            }
            heading(page, aim, timed)?;
            last = &aim.topic;
        }
        let verdict = aim.verdict(timed);
        held += usize::from(matches!(verdict, Verdict::Holds(..)));
        missed += usize::from(matches!(verdict, Verdict::Missed(..)));
        show_one(page, aim, verdict)?;
    }
    if !aims.tested.is_empty() {
        page.gap();
        page.wrap("", Ink::Title, "what no bench can tell")?;
    }
    for tested in &aims.tested {
        page.wrap("  tested  ", Ink::Quiet, &format!("{}: {}", tested.topic, tested.aim))?;
        page.wrap("          ", Ink::Plain, &tested.by)?;
    }
    page.gap();
    let all = aims.aim.len();
    let unknown = all - held - missed;
    let told =
        format!("{held} of {all} aims hold, {missed} are missed, {unknown} are not measured");
    page.wrap("", if held == all { Ink::Good } else { Ink::Bad }, &told)?;
    Ok(match (missed, unknown) {
        (0, 0) => 0,
        (0, _) => crate::NOT_MEASURED,
        _ => 1,
    })
}

/// Names the topic, and what its results are of.
fn heading(page: &mut Page, aim: &Aim, timed: &[Timed]) -> io::Result<()> {
    page.wrap("", Ink::Title, &aim.topic)?;
    let of_the_bench = timed.iter().filter(|timed| topic(&timed.workload) == aim.bench());
    let runs = of_the_bench.map(|timed| timed.run.as_ref());
    match runs.max_by_key(|run| run.map(|run| run.started)) {
        Some(run) => show::sources(page, run),
        None => Ok(()),
    }
}

fn show_one(page: &mut Page, aim: &Aim, verdict: Verdict) -> io::Result<()> {
    let again = format!("run cargo bench --bench {}", aim.bench());
    let figure =
        |value: f64| if aim.to.is_some() { figures::ratio(value) } else { figures::time(value) };
    let bound = |(word, bound): (&str, Option<f64>)| {
        bound.map(|bound| format!(", {word} {}", figure(bound)))
    };
    let bounds: String = [("at most", aim.at_most), ("at least", aim.at_least)]
        .into_iter()
        .filter_map(bound)
        .collect();
    let (word, ink, told) = match verdict {
        Verdict::Holds(value, spread) | Verdict::Missed(value, spread) => {
            let told = format!("{} ({}){bounds}", figure(value), figures::spread(spread));
            if matches!(verdict, Verdict::Holds(..)) {
                ("holds ", Ink::Good, told)
            } else {
                ("MISSED", Ink::Bad, told)
            }
        }
        Verdict::NotMeasured => ("?     ", Ink::Note, format!("not measured: {again}")),
        Verdict::NotOneRun => {
            ("?     ", Ink::Note, format!("not measured in one recorded run: {again}"))
        }
    };
    page.wrap(&format!("  {word}  "), ink, &aim.aim)?;
    let compared = aim.to.as_ref().map_or(aim.of.clone(), |to| format!("{} : {to}", aim.of));
    page.wrap("          ", Ink::Plain, &told)?;
    page.wrap("          ", Ink::Quiet, &compared)?;
    match (&aim.found, verdict) {
        (Some(found), Verdict::Missed(..)) => page.wrap("          why: ", Ink::Note, found),
        _ => Ok(()),
    }
}
