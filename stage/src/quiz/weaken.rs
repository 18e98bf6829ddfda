//! Mutants: a line of a primitive is weakened, and the reader says who will notice.

use std::io;

use crate::mutant::{Diff, Mutant, Witness};
use crate::options::SITTING;
use crate::progress::with_spinner;
use crate::terminal::{Style, Terminal};
use crate::typed::typed;

use super::Request;
use super::draw::Draw;
use super::sitting::{Card, Judged, Sitting};

/// Asks about the mutants of some lessons, and prints the score.
pub(crate) fn weaken(terminal: &mut Terminal, request: &Request<'_>) -> io::Result<()> {
    let mutants = request
        .lessons
        .iter()
        .flat_map(|chosen| chosen.lesson.mutants.iter().map(|mutant| (chosen.lesson.name, mutant)));
    let mut mutants: Vec<_> = mutants.collect();
    Draw::new(request.seed).shuffle(&mut mutants);
    let mut sitting = Sitting::new(terminal, request.answers);
    let count = format!(", {} of {} weakened lines", mutants.len().min(SITTING), mutants.len());
    sitting
        .title(&format!("weakened · {}", request.of), &format!("{count}, seed {}", request.seed))?;
    for (lesson, mutant) in mutants.into_iter().take(SITTING) {
        let card = card(request.topic, lesson, mutant, request.seed);
        if sitting.ask(&card, || judged(mutant))?.is_none() {
            break;
        }
    }
    sitting.score()?;
    request.ask_others(terminal)
}

fn card(topic: &str, lesson: &str, mutant: &Mutant, seed: u64) -> Card {
    let mut told = vec![("  the test: ".to_owned(), Style::Quiet, mutant.test.to_owned())];
    if let Some(Diff { place, written, weakened }) = mutant.diff() {
        told.push(("  read  ".to_owned(), Style::Quiet, place));
        told.push(("  - ".to_owned(), Style::Good, written));
        told.push(("  + ".to_owned(), Style::Bad, weakened));
    }
    Card {
        of: lesson.to_owned(),
        rest: format!(", {}", mutant.name),
        told,
        asks: "Who is the first to notice?".to_owned(),
        choices: Witness::ALL.map(Witness::choice).to_vec(),
        proof: format!("{} {lesson} --weaken --seed {seed}", typed(topic)),
    }
}

/// Runs the test in each of the three ways: the truth of a choice is what came out.
fn judged(mutant: &Mutant) -> Judged {
    let noticed = with_spinner("the test, in three ways", || mutant.noticed());
    let truth = Witness::ALL.map(|witness| noticed.is_first(witness));
    Judged { truth: truth.to_vec(), why: mutant.why.to_owned(), told: noticed.told }
}
