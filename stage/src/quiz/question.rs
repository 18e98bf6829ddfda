//! How a question of each kind is made.

use crate::explore::{self, Position, Thread, Why, written};
use crate::terminal::grouped;

use super::Kind;
use super::claim::{Claim, Then, Verdict};
use super::draw::Draw;
use super::subject::{Subject, alive, movers, moves};

/// The number of choices, where there are that many.
const CHOICES: usize = 4;
/// How often a question is drawn again that cannot be asked as it was drawn.
const DRAWN: usize = 6;

/// A question: exactly one of its claims is true.
pub(super) struct Question<'a> {
    pub(super) subject: &'a Subject<'a>,
    /// The steps before the position that it is about.
    pub(super) steps: String,
    /// Where the threads stand there.
    pub(super) threads: Vec<Thread>,
    pub(super) asks: String,
    pub(super) claims: Vec<Claim>,
    /// The options of the command that shows the truth.
    pub(super) proof: String,
}

/// What is asked, before it is known whether one choice is true.
struct Draft {
    at: Option<Position>,
    asks: String,
    claims: Vec<Claim>,
    proof: String,
}

/// Makes a question; `None` if none of this kind can be asked about the subject.
pub(super) fn make<'a>(
    kind: Kind,
    subject: &'a Subject<'a>,
    all: &[Subject<'_>],
    draw: &mut Draw,
) -> Option<Question<'a>> {
    let siblings: Vec<_> = all.iter().filter(|other| other.is_sibling(subject)).collect();
    let draft = |draw: &mut Draw| match kind {
        Kind::Ends => ends(subject),
        Kind::Count => count(subject, &siblings, draw),
        Kind::Moves => can_move(subject, draw),
        Kind::After => after(subject, draw),
        Kind::Fails => fails(subject, draw),
        Kind::Values => values(subject, &siblings, draw),
    };
    let Draft { at, asks, claims, proof } = (0..DRAWN).find_map(|_| draft(draw))?;
    // Whatever made the choices: a question has one true answer, or it is not asked.
    let truth = claims.iter().filter(|claim| claim.is_true(subject)).count();
    if truth != 1 || claims.len() < 2 {
        return None;
    }
    let steps = at.as_ref().map(steps).unwrap_or_default();
    // Of a question about the whole variant, it shows where its threads begin.
    let at = at.or_else(|| subject.position(&[]))?;
    Some(Question { subject, steps, threads: at.threads, asks, claims, proof })
}

/// Tells the last steps before a position; a thread that waits has not taken the step yet.
fn steps(at: &Position) -> String {
    let stands_before = |index: usize| {
        let step = &at.steps[index];
        let later = at.steps[index + 1..].iter().any(|later| later.lane == step.lane);
        step.did.starts_with("waits for ") && !later
    };
    let taken = (0..at.steps.len()).filter(|&index| !stands_before(index));
    let told: Vec<_> =
        taken.map(|index| format!("{} {}", at.steps[index].lane, at.steps[index].did)).collect();
    let (skipped, last) = told.split_at(told.len().saturating_sub(8));
    let dots = if skipped.is_empty() { "" } else { "… · " };
    if last.is_empty() { "nothing".to_owned() } else { format!("{dots}{}", last.join(" · ")) }
}

/// Returns the true claim among `CHOICES`, with the first of the others that are not the same.
fn among(truth: Claim, others: impl IntoIterator<Item = Claim>) -> Vec<Claim> {
    let mut claims = vec![truth];
    for other in others {
        if claims.len() < CHOICES && !claims.contains(&other) {
            claims.push(other);
        }
    }
    claims
}

fn ends(subject: &Subject<'_>) -> Option<Draft> {
    subject.verdict()?;
    let claims = [Verdict::Holds, Verdict::FailsInSome, Verdict::FailsInAll].map(Claim::Ends);
    Some(Draft {
        at: None,
        asks: "Does it hold, whatever the scheduler does?".to_owned(),
        claims: claims.to_vec(),
        proof: "--explore".to_owned(),
    })
}

fn count(subject: &Subject<'_>, siblings: &[&Subject<'_>], draw: &mut Draw) -> Option<Draft> {
    let differ = subject.differ()?;
    let mut known: Vec<_> = siblings.iter().filter_map(|other| other.differ()).collect();
    draw.shuffle(&mut known);
    known.truncate(2);
    let near = [differ / 2, differ.saturating_sub(1), differ + 1, differ + 2, differ * 2];
    let mut near: Vec<_> = near.into_iter().chain([differ * 2 + 1, differ * 3]).collect();
    draw.shuffle(&mut near);
    let others = known.into_iter().chain(near).filter(|&number| number > 0);
    let mut claims = among(Claim::Differ(differ), others.map(Claim::Differ));
    claims.sort_by_key(|claim| if let Claim::Differ(number) = claim { *number } else { 0 });
    Some(Draft {
        at: None,
        asks: "How many of its schedules differ in more than the order of independent steps?"
            .to_owned(),
        claims,
        proof: "--explore".to_owned(),
    })
}

fn can_move(subject: &Subject<'_>, draw: &mut Draw) -> Option<Draft> {
    let stuck = (draw.below(3) == 0).then(|| subject.deadlock(draw)).flatten();
    let at = stuck.or_else(|| subject.somewhere(draw))?;
    let alive = alive(&at).filter(|alive| alive.len() > 1)?;
    let claim = |names| Claim::CanMove(at.choices.clone(), names);
    let none = at.threads.iter().all(|thread| thread.next.is_some()).then(Vec::new);
    let mut others: Vec<_> = subsets(&alive).into_iter().chain(none).map(claim).collect();
    draw.shuffle(&mut others);
    let mut claims = among(claim(movers(&at)), others);
    draw.shuffle(&mut claims);
    let proof = format!("--play --schedule {}", at.schedule());
    Some(Draft { at: Some(at), asks: "Which threads can move now?".to_owned(), claims, proof })
}

fn after(subject: &Subject<'_>, draw: &mut Draw) -> Option<Draft> {
    let at = subject.somewhere(draw)?;
    let alive = alive(&at).filter(|alive| alive.len() > 1)?;
    let could: Vec<_> = at.can_move().collect();
    let mover = (*draw.one_of(&could)?).clone();
    let mut choices = at.choices.clone();
    choices.push(mover.task);
    let claim = |then| Claim::After(choices.clone(), then);
    let truth = subject.then(&choices)?;
    let sets = subsets(&alive).into_iter().map(Then::CanMove);
    let mut others: Vec<_> = sets.map(claim).collect();
    draw.shuffle(&mut others);
    let ends = [Then::Fails, Then::Finishes].map(claim);
    let mut claims = among(claim(truth), ends.into_iter().chain(others));
    draw.shuffle(&mut claims);
    let asks = format!("What comes next if {} moves now?", mover.name);
    let proof = format!("--play --schedule {}", written(&choices));
    Some(Draft { at: Some(at), asks, claims, proof })
}

/// Returns the sets of some names that are not empty: all of them, or, of many names, those of one
/// and of all but one.
fn subsets(names: &[String]) -> Vec<Vec<String>> {
    let count = names.len();
    if count > 4 {
        let one = names.iter().map(|name| vec![name.clone()]);
        let but = names.iter().map(|name| names.iter().filter(move |&other| other != name));
        return one.chain(but.map(|names| names.cloned().collect())).collect();
    }
    let set = |bits: usize| (0..count).filter(move |index| bits >> index & 1 == 1);
    (1..1 << count).map(|bits| set(bits).map(|index| names[index].clone()).collect()).collect()
}

fn fails(subject: &Subject<'_>, draw: &mut Draw) -> Option<Draft> {
    let failing = subject.failure(draw)?;
    alive(&failing).filter(|_| failing.moves.len() > 1)?;
    let claim = |end: &Position| Claim::Fails(end.choices.clone(), moves(end));
    // Of as many moves as the one that fails, or, where these are few, of one move less.
    let length = failing.moves.len();
    let lengths = std::iter::repeat_n(length, 40).chain(std::iter::repeat_n(length - 1, 20));
    let others: Vec<_> =
        lengths.filter_map(|moves| subject.as_far(moves, draw)).map(|end| claim(&end)).collect();
    let mut claims = among(claim(&failing), others);
    if claims.len() < CHOICES {
        return None;
    }
    draw.shuffle(&mut claims);
    Some(Draft {
        at: None,
        asks: "Which schedule has failed by its last move? Each name is a thread's move."
            .to_owned(),
        claims,
        proof: format!("--schedule {}", failing.schedule()),
    })
}

fn values(subject: &Subject<'_>, siblings: &[&Subject<'_>], draw: &mut Draw) -> Option<Draft> {
    let (least, greatest) = subject.values()?;
    let mut known: Vec<_> = siblings.iter().filter_map(|other| other.values()).collect();
    draw.shuffle(&mut known);
    let wide = (greatest - least).max(1);
    let mut near = [
        (least, least),
        (greatest, greatest),
        (least - wide, greatest),
        (least, greatest + wide),
        (least - wide, greatest + wide),
    ];
    draw.shuffle(&mut near);
    let others = known.into_iter().chain(near).map(|(least, most)| Claim::Values(least, most));
    let mut claims = among(Claim::Values(least, greatest), others);
    draw.shuffle(&mut claims);
    let what = match subject.outcome {
        "" => String::new(),
        outcome => format!(" ({outcome})"),
    };
    Some(Draft {
        at: None,
        asks: format!("Which are the least and the greatest value that come out{what}?"),
        claims,
        proof: "--explore".to_owned(),
    })
}

impl Question<'_> {
    /// Tells in a sentence why the true claim is true, from what the model did.
    pub(super) fn why(&self) -> String {
        let subject = self.subject;
        let truth = self.claims.iter().find(|claim| claim.is_true(subject));
        match truth {
            Some(Claim::CanMove(choices, _) | Claim::After(choices, _)) => {
                subject.position(choices).map(|at| standing(subject, &at))
            }
            Some(Claim::Fails(choices, moves)) => {
                let why = subject.position(choices).and_then(|at| at.end);
                why.and_then(Result::err).map(|why| format!("after {moves}, {}", failure(&why)))
            }
            Some(Claim::Ends(_) | Claim::Differ(_)) => Some(ways(subject)),
            Some(Claim::Values(..)) => Some(came_out(subject)),
            None => None,
        }
        .unwrap_or_else(|| "the model is not the same in each run".to_owned())
    }
}

fn failure(why: &Why) -> String {
    match why {
        Why::Deadlock => "nobody can move: deadlock".to_owned(),
        Why::Panic(_) => format!("it fails: {why}"),
    }
}

/// Tells which value comes out of how many schedules.
fn came_out(subject: &Subject<'_>) -> String {
    let ends: Vec<_> = subject.ahead().ends.iter().collect();
    if let [(value, (_, count))] = ends.as_slice() {
        let of = if *count == 1 { "schedule" } else { "schedules that differ" };
        return format!("{value} comes out of {} {of}, which are all", grouped(*count));
    }
    let told = ends.iter().map(|(value, (_, count))| format!("{value} in {}", grouped(*count)));
    let told: Vec<_> = told.collect();
    let differ: usize = ends.iter().map(|(_, (_, count))| count).sum();
    format!("what comes out of the {} schedules that differ: {}", grouped(differ), told.join(", "))
}

/// Tells how the schedules end that differ.
fn ways(subject: &Subject<'_>) -> String {
    let count = subject.ahead().count;
    let (finish, fail) = (count.finished(), count.failed());
    let [all, good, bad] = [finish + fail, finish, fail].map(grouped);
    let of = if count.whole() { "of" } else { "of the first" };
    match (finish, fail) {
        (1, 0) => "there is one schedule, and it finishes".to_owned(),
        (0, 1) => "there is one schedule, and it fails".to_owned(),
        (2, 0) => "both schedules that differ finish".to_owned(),
        (0, 2) => "both schedules that differ fail".to_owned(),
        (_, 0) => format!("all {good} schedules that differ finish"),
        (0, _) => format!("all {bad} schedules that differ fail"),
        _ => format!("{of} {all} schedules that differ, {good} end well and {bad} fail"),
    }
}

/// Tells what each thread can do at a position, or how the run ended there.
fn standing(subject: &Subject<'_>, at: &Position) -> String {
    match &at.end {
        Some(Err(why)) => return failure(why),
        Some(Ok(out)) if out.is_empty() => return "all threads have finished".to_owned(),
        Some(Ok(out)) => {
            let told = explore::came_out(subject.outcome, out);
            return format!("all threads have finished: {told}");
        }
        None => {}
    }
    let told = at.threads.iter().filter_map(|thread| {
        let next = thread.next.as_ref()?;
        Some(match &thread.waits {
            _ if thread.can_move => format!("{} next: {next}", thread.name),
            Some(waits) => format!("{} {waits}", thread.name),
            None => format!("{} is blocked", thread.name),
        })
    });
    told.collect::<Vec<_>>().join("; ")
}
