//! Messages of many senders to one receiver. All channels have the same bound: a sender that is
//! ahead waits.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use bench::curve::{Curve, Unit};

use super::{Plan, Round};

pub(super) const NAME: &str = "scale/channels";
const ROOM: usize = 1024;

/// Makes a contender of a channel whose ends have the methods of std's.
macro_rules! channel {
    ($test:expr, $channel:expr) => {{
        let messages = if $test { 100 } else { 100_000 };
        Box::new(move |senders: u64| {
            let (sender, receiver) = $channel;
            let (each, together) = (messages / senders, Barrier::new(senders as usize + 1));
            let together = &together;
            let took = thread::scope(|scope| {
                for _ in 0..senders {
                    let sender = sender.clone();
                    scope.spawn(move || {
                        together.wait();
                        (0..each).for_each(|word| sender.send(word).expect("it is received"));
                    });
                }
                drop(sender);
                together.wait();
                let begun = Instant::now();
                let mut sum = 0;
                while let Ok(word) = receiver.recv() {
                    sum += word;
                }
                assert_eq!(sum, senders * each * each.saturating_sub(1) / 2, "a message is lost");
                begun.elapsed()
            });
            Ok((each * senders) as f64 / took.as_secs_f64())
        }) as Round<'static>
    }};
}

pub(super) fn curves(plan: &Plan, curves: &mut Vec<Curve>) {
    let test = plan.test;
    let contenders = vec![
        ("std sync_channel", channel!(test, std::sync::mpsc::sync_channel::<u64>(ROOM))),
        ("crossbeam-channel", channel!(test, crossbeam_channel::bounded::<u64>(ROOM))),
        ("kanal", channel!(test, kanal::bounded::<u64>(ROOM))),
    ];
    let axis = (NAME, "messages", "senders", Unit::PerSecond);
    plan.curve(curves, axis, &plan.threads, contenders);
}
