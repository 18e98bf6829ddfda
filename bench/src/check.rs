//! The aims, one by one, on the terminal.

use std::io;

use bench::aims::{Aim, Aims, Ratios, Verdict};
use bench::figures;
use stage::{Line, Style, Terminal};

use crate::turns::{ROUNDS, Told};

/// Prints each aim and what became of it; returns the exit code: 1 if one is missed, 3 if none is,
/// and some are not measured.
pub(crate) fn check(terminal: &mut Terminal, aims: &Aims, told: Told) -> io::Result<u8> {
    let heads = format!("{:>17}  {:<13}  bound", "ratio", "half within");
    terminal.gap();
    terminal.line(Line::new().styled(heads, Style::Quiet))?;
    let mut last = "";
    let (mut missed, mut within, mut unknown) = (0, 0, 0);
    for (aim, rounds) in aims.aim.iter().zip(told.ratios) {
        if aim.topic != last {
            terminal.gap();
            terminal.wrap("", Style::Title, &aim.topic)?;
            last = &aim.topic;
        }
        let ratios = rounds.and_then(|rounds| {
            let few = format!("{} of at least {} rounds", rounds.len(), Ratios::LEAST);
            Ratios::of(rounds).ok_or(few)
        });
        match ratios {
            Ok(ratios) => {
                let verdict = aim.verdict(ratios);
                missed += usize::from(verdict == Verdict::Missed);
                within += usize::from(verdict == Verdict::Within);
                measured(terminal, aim, ratios, verdict)?;
            }
            Err(why) => {
                unknown += 1;
                terminal.wrap("  ?       ", Style::Note, &aim.aim)?;
                terminal.wrap("          not measured: ", Style::Note, &why)?;
            }
        }
    }
    if !aims.tested.is_empty() {
        terminal.gap();
        terminal.wrap("", Style::Title, "what no bench can tell")?;
    }
    for tested in &aims.tested {
        terminal.wrap("  tested  ", Style::Quiet, &format!("{}: {}", tested.topic, tested.aim))?;
        terminal.wrap("          ", Style::Plain, &tested.by)?;
    }
    terminal.gap();
    let all = aims.aim.len();
    let held = all - missed - within - unknown;
    let rounds = if told.rounds < ROUNDS { format!(" of {ROUNDS}") } else { String::new() };
    let told = format!(
        "{held} of {all} aims hold; missed {missed}, within the spread {within}, not measured \
         {unknown}; {}{rounds} rounds",
        told.rounds
    );
    terminal.wrap("", if missed == 0 { Style::Good } else { Style::Bad }, &told)?;
    Ok(match (missed, unknown) {
        (0, 0) => 0,
        (0, _) => crate::NOT_MEASURED,
        _ => 1,
    })
}

fn measured(
    terminal: &mut Terminal,
    aim: &Aim,
    ratios: Ratios,
    verdict: Verdict,
) -> io::Result<()> {
    let (word, ink) = match verdict {
        Verdict::Holds => ("holds", Style::Good),
        Verdict::Within => ("within", Style::Note),
        Verdict::Missed => ("MISSED", Style::Bad),
    };
    let [median, low, high] = [ratios.median, ratios.low, ratios.high].map(figures::ratio);
    let bound = match (aim.at_most, aim.at_least) {
        (Some(most), _) => format!("max {}", figures::ratio(most)),
        (None, least) => format!("min {}", least.map(figures::ratio).unwrap_or_default()),
    };
    let quarters = format!("{low}–{high}");
    let first = format!("  {word:<8}{median:>7}  {quarters:<13}  {bound:<10}  ");
    terminal.wrap(&first, ink, &aim.aim)?;
    match &aim.found {
        Some(found) if verdict != Verdict::Holds => {
            terminal.wrap("          why: ", Style::Note, found)
        }
        _ => Ok(()),
    }
}
